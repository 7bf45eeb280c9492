"""Demand for products month by month: trend, class, and how long ago they were sold."""

from collections.abc import Mapping

import polars as pl

from saleslake_processor.contracts.columns import MONEY
from saleslake_processor.contracts.products import DEMAND, ENDED, NEW, STEEP, STRAIGHT, WINDOW
from saleslake_processor.marts.as_of import business_dates
from saleslake_processor.marts.ratios import of
from saleslake_processor.marts.sales import abc_class
from saleslake_processor.money import ticks

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
    rows = _months(given).with_columns(ticks=ticks(pl.col("units")))
    looked_back = (
        rows.sort(*_PRODUCT, "months_since_first")
        .rolling("months_since_first", period=f"{WINDOW}i", group_by=_PRODUCT)
        .agg(*_trend(), trailing_net_amount=pl.col("net_amount").sum().cast(MONEY))
    )
    last_sale = pl.when(pl.col("units") > 0).then("months_since_first").forward_fill()
    within = ["company", "month"]
    best_first = pl.struct(-pl.col("trailing_net_amount"), "product_id", "product_key")
    return (
        rows.join(looked_back, on=[*_PRODUCT, "months_since_first"], how="left")
        .join(products, on="product_key", how="left")
        .with_columns(
            # A month that is not over has sold less than it will, and says nothing of the trend.
            *(
                pl.when("is_complete").then(name).forward_fill().over(_PRODUCT, order_by="month").alias(name)
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


def _trend() -> tuple[pl.Expr, pl.Expr]:
    """Slope of the units of a window by least squares, as part of their mean, and what part of their scatter
    it explains. Whole numbers until the division, so that they do not depend on an order."""
    count = pl.len().cast(pl.Int128)
    month = (pl.col("months_since_first") - pl.col("months_since_first").min()).cast(pl.Int128)
    units = pl.col("ticks")
    together = count * (month * units).sum() - month.sum() * units.sum()
    of_months = count * (month * month).sum() - month.sum() * month.sum()
    of_units = count * (units * units).sum() - units.sum() * units.sum()
    long_enough = pl.len() >= _SHORTEST
    return (
        pl.when(long_enough).then(of(together * count, of_months * units.sum())).alias("trend_rate"),
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
