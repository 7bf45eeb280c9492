"""Everything that the log knows of the touched orders: whole orders, so that they can be derived anew."""

from collections.abc import Mapping

import polars as pl

from saleslake_processor.contracts.entities import ENTITIES
from saleslake_processor.derive.touched import TOUCH
from saleslake_processor.versions import current


def lines(log: pl.LazyFrame, touched: pl.LazyFrame) -> pl.LazyFrame:
    """Current lines of the touched orders. A line may have left its order, so all its versions are asked."""
    of_orders = (
        log.join(touched, left_on="order_key", right_on=TOUCH, how="semi").select("order_line_key").unique()
    )
    versions = log.join(of_orders, on="order_line_key", how="semi")
    return current(versions, ENTITIES["order_line"]).join(
        touched, left_on="order_key", right_on=TOUCH, how="semi"
    )


def orders(log: pl.LazyFrame, touched: pl.LazyFrame) -> pl.LazyFrame:
    """Current headers of the touched orders."""
    return current(log.join(touched, left_on="order_key", right_on=TOUCH, how="semi"), ENTITIES["order"])


def returns(
    log: pl.LazyFrame, touched: pl.LazyFrame, lines: pl.LazyFrame, log_of_lines: pl.LazyFrame
) -> pl.LazyFrame:
    """Current returns of the touched orders or their lines, and touched ones without a sale.

    A return's order is the one that its line is in now, whatever the return says.
    """
    named = ["order_key", "return_key"]
    found = [log.join(touched, left_on=key, right_on=TOUCH, how="semi").select("return_key") for key in named]
    found.append(log.join(lines, on="order_line_key", how="semi").select("return_key"))
    versions = log.join(pl.concat(found).unique(), on="return_key", how="semi")
    rows = current(versions, ENTITIES["return"]).collect().lazy()
    theirs = current(log_of_lines.join(rows, on="order_line_key", how="semi"), ENTITIES["order_line"])
    return (
        rows.join(theirs.select("order_line_key", line_order="order_key"), on="order_line_key", how="left")
        .with_columns(order_key=pl.coalesce("line_order", "order_key"))
        .drop("line_order")
        .with_columns(touch_key=pl.coalesce("order_key", "return_key"))
        .join(touched, on=TOUCH, how="semi")
        .drop(TOUCH)
    )


def whole(
    log: Mapping[str, pl.LazyFrame], touched: pl.DataFrame
) -> tuple[pl.LazyFrame, pl.LazyFrame, pl.LazyFrame]:
    """Lines, headers and returns of the touched orders."""
    keys = touched.lazy()
    of_orders = lines(log["order_line"], keys).collect().lazy()
    back = returns(log["return"], keys, of_orders, log["order_line"])
    return of_orders, orders(log["order"], keys), back.collect().lazy()
