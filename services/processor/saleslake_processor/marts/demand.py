"""Demand for products month by month: trend, class, and how long ago they were sold."""

from collections.abc import Mapping

import polars as pl

from saleslake_processor.contracts.columns import MONEY
from saleslake_processor.contracts.products import DEMAND, ENDED, NEW, STEEP, STRAIGHT, WINDOW
from saleslake_processor.marts.as_of import business_dates
from saleslake_processor.marts.ratios import of
from saleslake_processor.marts.sales import abc_class
from saleslake_processor.money import amount, ticks

Frames = Mapping[str, pl.LazyFrame]

_PRODUCT = ["company", "product_key"]
_SUMMED = ["units", "returned_units", "net_amount", "cost_amount", "margin_amount", "uncosted_amount"]
_TRENDS = ("trend_rate", "trend_fit_rate")
_SHORTEST = 3
"""Months that make a trend."""
_DIGITS = 9
"""Decimal places of a trend that decide on its class: a float's last ones are chance."""


def product_demand(given: Frames) -> pl.LazyFrame:
    """Every product in every month since its first sale or return, months without any among them."""
    products = given["dim_product"].select("product_key", "product_id", "category", product="name")
    rows = _looked_back(_months(given)).with_columns(_trend())
    last_sale = pl.when(pl.col("units") > 0).then("months_since_first").forward_fill()
    within = ["company", "month"]
    best_first = pl.struct(-pl.col("trailing_net_amount"), "product_id", "product_key")
    return (
        rows.join(products, on="product_key", how="left")
        .with_columns(
            # A month that is not over has sold less than it will, and says nothing of the trend.
            *(
                pl.when("is_complete")
                .then(name)
                .otherwise(pl.col(name).shift(1).over(_PRODUCT, order_by="month"))
                .alias(name)
                for name in _TRENDS
            ),
            return_rate=of(pl.col("returned_units"), pl.col("units")),
            months_since_sale=pl.col("months_since_first") - last_sale.over(_PRODUCT, order_by="month"),
            rank=best_first.rank("ordinal").over(within),
        )
        .with_columns(abc_class=abc_class("trailing_net_amount", within), demand_class=_demand_class())
    )


def _months(given: Frames) -> pl.LazyFrame:
    """The sums of each product by month, from its first one to the company's last, numbered from 0."""
    sold = given["sums/month_product"].filter(pl.col("counted") > 0)
    until = business_dates(given).select("company", as_of=pl.col("last_date").dt.offset_by("1d"))
    last = pl.col("as_of").dt.offset_by("-1d").dt.truncate("1mo")
    month = pl.date_ranges("first", last, "1mo")
    return (
        sold.group_by(_PRODUCT)
        .agg(first=pl.col("month").min())
        .join(until, on="company")
        .with_columns(month=month, months_since_first=pl.int_ranges(month.list.len()))
        .explode("month", "months_since_first")
        .join(sold.select(*_PRODUCT, "month", *_SUMMED), on=[*_PRODUCT, "month"], how="left")
        .with_columns(
            pl.col(_SUMMED).fill_null(0).cast(MONEY),
            is_complete=pl.col("month").dt.offset_by("1mo") <= pl.col("as_of"),
        )
    )


def _looked_back(rows: pl.LazyFrame) -> pl.LazyFrame:
    """The rows with `window`, the months up to theirs that count, and sums over these: of x, the number of
    the month, of y, the units in ticks, and of their squares and products; and `trailing_net_amount`."""
    month, units = pl.col("months_since_first").cast(pl.Int128), ticks(pl.col("units"))
    summed = {
        "x": month,
        "y": units,
        "xx": month * month,
        "xy": month * units,
        "yy": units * units,
        "net": ticks(pl.col("net_amount")),
    }
    so_far = [value.cum_sum().over(_PRODUCT, order_by="month").alias(name) for name, value in summed.items()]
    before = pl.col(*summed).shift(WINDOW, fill_value=0).over(_PRODUCT, order_by="month")
    return (
        rows.with_columns(so_far)
        .with_columns(pl.col(*summed) - before)
        .with_columns(
            window=pl.min_horizontal("months_since_first", WINDOW - 1).cast(pl.Int128) + 1,
            trailing_net_amount=amount(pl.col("net")),
        )
    )


def _trend() -> tuple[pl.Expr, pl.Expr]:
    """Slope of the units of a window by least squares, as part of their mean, and what part of their scatter
    it explains. Whole numbers until the division, so that no figure hangs on what was added first."""
    count, x, y, xx, xy, yy = (pl.col(name) for name in ("window", "x", "y", "xx", "xy", "yy"))
    together, of_months, of_units = count * xy - x * y, count * xx - x * x, count * yy - y * y
    long_enough = count >= _SHORTEST
    return (
        pl.when(long_enough).then(of(together * count, of_months * y)).alias("trend_rate"),
        pl.when(long_enough)
        .then(of(together.cast(pl.Float64) ** 2, of_months.cast(pl.Float64) * of_units.cast(pl.Float64)))
        .alias("trend_fit_rate"),
    )


def _demand_class() -> pl.Expr:
    new, rising, steady, falling, ended = (pl.lit(name) for name in DEMAND)
    trend, fit = (pl.col(name).round(_DIGITS) for name in _TRENDS)
    straight = fit >= round(STRAIGHT, _DIGITS)
    return (
        pl.when(pl.col("months_since_first") < NEW)
        .then(new)
        .when(pl.col("months_since_sale").is_null() | (pl.col("months_since_sale") >= ENDED))
        .then(ended)
        .when(straight & (trend >= STEEP))
        .then(rising)
        .when(straight & (trend <= -STEEP))
        .then(falling)
        .otherwise(steady)
    )
