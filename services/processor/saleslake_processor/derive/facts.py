"""Facts of some orders and returns, from everything that is known of them."""

from dataclasses import dataclass

import polars as pl

from saleslake_processor import keys
from saleslake_processor.contracts.facts import FactReturns, FactSales
from saleslake_processor.derive import at_sale, rates, returned, sold
from saleslake_processor.derive.terms import Terms, placed
from saleslake_processor.money import amount, rounded, ticks

INTERNAL = ["category_key", "region_key", "touch_key"]
"""Columns that the state keeps beside a fact's contract: where its amounts are added up, and the order
(or return without a sale) with which the row is derived anew."""

_KEYS = ["customer_key", "product_key", "store_key", "place_key", "salesperson_key"]

_ORIGINAL = ["original_gross", "original_discount", "original_sales", "original_tax", "original_freight"]

WAITING: dict[str, pl.DataType] = {
    "entity": pl.String(),
    "source": pl.String(),
    "batch": pl.String(),
    "raw_table": pl.String(),
    "outcome": pl.String(),
    "key": pl.Int64(),
    "touch_key": pl.Int64(),
    "product_key": pl.Int64(),
}
"""One row per order line or return that has no business date yet, or lacks an exchange rate, and where it
came from."""


@dataclass(frozen=True)
class Derived:
    """Facts with `INTERNAL`, the rows that give none yet, and the exchange rates that both ask for."""

    sales: pl.DataFrame
    returns: pl.DataFrame
    waiting: pl.DataFrame
    asked: pl.DataFrame


def facts(lines: pl.LazyFrame, orders: pl.LazyFrame, returns: pl.LazyFrame, terms: Terms) -> Derived:
    """`fact_sales` and `fact_returns` of the given current rows.

    Whole orders go in: their lines, their headers, and all returns of them. What has no business date
    yet, or lacks a rate, waits: it gives no row. All lines of an order share the waiting for a rate, and its
    returns do, which would else pass for returns of something unknown.
    """
    dated = sold.dated(lines, orders, terms).collect().lazy()
    rated, of_lines = rates.rated(dated, terms.rates, sold.ASKS)
    priced = sold.sold(rated.filter(~pl.col("lacking").any().over("order_key"))).collect().lazy()
    sales = at_sale.kept(priced, terms.past).collect().lazy()
    held = dated.join(sales, on="order_line_key", how="anti").select("order_key")
    free = returned.said(returns).join(held, on="order_key", how="anti").collect().lazy()
    found = returned.found(free, sales).collect().lazy()
    pairs, of_pairs = rates.rated(found, terms.rates, returned.ASKS)
    linked = returned.linked(pairs).collect().lazy()
    others = placed(returned.others(free, found, terms.products), terms).collect().lazy()
    unlinked, of_others = rates.rated(others, terms.rates, returned.ASKS_ALONE)
    alone = returned.unlinked(unlinked).collect().lazy()
    valued = pl.concat([linked.select("return_key"), alone.select("return_key")])
    line_waits = lines.join(sales, on="order_line_key", how="anti").with_columns(
        touch_key=pl.col("order_key")
    )
    return_waits = returns.join(valued, on="return_key", how="anti").with_columns(
        touch_key=pl.coalesce("order_key", "return_key")
    )
    return Derived(
        sales=_sales(sales, linked).collect(),
        returns=_returns(sales, linked, returns, alone).collect(),
        waiting=pl.concat([_waiting(line_waits, "order_line"), _waiting(return_waits, "return")]).collect(),
        asked=pl.concat([of_lines, of_pairs, of_others]).unique(),
    )


def _waiting(rows: pl.LazyFrame, entity: str) -> pl.LazyFrame:
    named = rows.with_columns(entity=pl.lit(entity), key=pl.col(f"{entity}_key"))
    return named.select(*WAITING)


def _sales(sold: pl.LazyFrame, pairs: pl.LazyFrame) -> pl.LazyFrame:
    back = pairs.group_by("order_line_key").agg(
        pl.col("back").sum(), pl.col("refunded").sum(), cost_back=pl.col("cost_back").sum()
    )
    nothing = pl.lit(0, pl.Int128)
    rows = sold.join(back, on="order_line_key", how="left").with_columns(
        pl.col("back", "refunded", "cost_back").fill_null(0)
    )
    by_sale = rounded(pl.col("gross") * 10_000, ticks(pl.col("quantity")), pl.lit(4))
    measured = rows.with_columns(
        unit=by_sale,
        net=pl.col("sales") - pl.col("refunded"),
        kept_cost=pl.col("cost") - pl.col("cost_back"),
        q=ticks(pl.col("quantity")),
    )

    def counts(of: pl.Expr) -> pl.Expr:
        return amount(pl.when("counted").then(of).otherwise(nothing))

    known = pl.col("cost").is_not_null()
    columns = {
        "status": pl.col("status").fill_null("completed"),
        "ship_days": (pl.col("ship_date") - pl.col("order_date")).dt.total_days(),
        "unit_price": amount(pl.col("unit")),
        "quantity": counts(pl.col("q")),
        "gross_amount": counts(pl.col("gross")),
        "discount_amount": counts(pl.col("discount")),
        "sales_amount": counts(pl.col("sales")),
        "returned_quantity": amount(pl.col("back")),
        "returned_amount": amount(pl.col("refunded")),
        "net_amount": counts(pl.col("net")),
        "sales_cost_amount": counts(pl.col("cost")),
        "cost_amount": counts(pl.col("kept_cost")),
        "margin_amount": counts(pl.col("net") - pl.col("kept_cost")),
        "uncosted_amount": amount(pl.when(pl.col("counted") & ~known).then("net").otherwise(nothing)),
        "exchange_rate": rates.ratio("own"),
        **{f"{name}_amount": counts(pl.col(name)) for name in _ORIGINAL},
        "original_total_amount": counts(
            pl.col("original_sales") + pl.col("original_tax") + pl.col("original_freight")
        ),
        "tax_amount": counts(pl.col("tax")),
        "freight_amount": counts(pl.col("freight")),
        "total_amount": counts(pl.col("sales") + pl.col("tax") + pl.col("freight")),
        "cancelled_quantity": amount(pl.when("counted").then(nothing).otherwise("q")),
        "cancelled_amount": amount(pl.when("counted").then(nothing).otherwise("sales")),
    }
    named = measured.select(
        *(
            columns.get(name, pl.col(name)).alias(name)
            for name in FactSales.column_names()
            if name not in _KEYS
        ),
        *(pl.col(name).fill_null(keys.UNKNOWN) for name in [*_KEYS, "category_key", "region_key"]),
        touch_key=pl.col("order_key"),
    )
    return named.select(*FactSales.column_names(), *INTERNAL)


def _returns(
    sold: pl.LazyFrame, pairs: pl.LazyFrame, returns: pl.LazyFrame, alone: pl.LazyFrame
) -> pl.LazyFrame:
    said = returns.select("company", "return_key", "return_id", "reason")
    sale = sold.select(
        "order_line_key", "order_key", "order_id", "order_date", "currency", *_KEYS, *INTERNAL[:2]
    )
    known = (
        pairs.join(said, on="return_key")
        .join(sale, on="order_line_key")
        .with_columns(
            return_date=pl.coalesce("return_date", "order_date"),
            sale_known=True,
            touch_key=pl.col("order_key"),
        )
    )
    unknown = alone.with_columns(
        order_date=pl.lit(None, pl.Date),
        sale_known=False,
        touch_key=pl.coalesce("order_key", "return_key"),
        order_line_key=pl.lit(None, pl.Int64),
        order_key=pl.lit(None, pl.Int64),
        salesperson_key=pl.lit(None, pl.Int64),
    )
    measured = {
        "quantity": amount(pl.col("back")),
        "refunded_amount": amount(pl.col("refunded")),
        "original_refunded_amount": amount(pl.col("original_refunded")),
        "original_currency": pl.col("refund_currency"),
        "cost_amount": amount(pl.col("cost_back")),
        "order_line_key": pl.col("order_line_key").fill_null(keys.UNKNOWN),
        "order_key": pl.col("order_key").fill_null(keys.UNKNOWN),
    }

    def named(rows: pl.LazyFrame) -> pl.LazyFrame:
        filled = {name: pl.col(name).fill_null(keys.UNKNOWN) for name in [*_KEYS, *INTERNAL[:2]]}
        columns = {**filled, **measured}
        return rows.select(
            columns.get(name, pl.col(name)).alias(name) for name in [*FactReturns.column_names(), *INTERNAL]
        )

    return pl.concat([named(known), named(unknown)])
