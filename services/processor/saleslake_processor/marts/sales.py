"""Facts and the marts that add them up."""

from collections.abc import Mapping

import polars as pl

from saleslake_processor import keys
from saleslake_processor.contracts.facts import FactReturns, FactSales
from saleslake_processor.derive.terms import region_key
from saleslake_processor.marts.members import UNKNOWN, category_names

Frames = Mapping[str, pl.LazyFrame]

_COUNTS = pl.col("counted") > 0


def fact_sales(given: Frames) -> pl.LazyFrame:
    """Order lines, without the state's own columns."""
    return given["fact_sales"].select(FactSales.column_names())


def fact_returns(given: Frames) -> pl.LazyFrame:
    """Returns, without the state's own columns."""
    return given["fact_returns"].select(FactReturns.column_names())


def sales_daily(given: Frames) -> pl.LazyFrame:
    """Sums by day, store and category."""
    return (
        given["sums/date_store_category"]
        .filter(_COUNTS)
        .join(category_names(given), on="category_key", how="left")
        .with_columns(pl.col("category").fill_null(UNKNOWN))
    )


def sales_by_product(given: Frames) -> pl.LazyFrame:
    """Sums by month and product, ranked by net within the company's month."""
    within = ["company", "month"]
    products = given["dim_product"].select("product_key", "product_id", "category", product="name")
    best_first = pl.struct(-pl.col("net_amount"), "product_id", "product_key")
    return (
        given["sums/month_product"]
        .filter(_COUNTS)
        .join(products, on="product_key", how="left")
        .with_columns(rank=best_first.rank("ordinal").over(within).cast(pl.Int64), share_rate=_share())
        .with_columns(abc_class=abc_class("net_amount", within))
    )


def abc_class(net: str, within: list[str]) -> pl.Expr:
    """A: first by `rank` up to 80 % of the net of their group; B: up to 95 %; C: the rest, and all where it
    is not above 0."""
    ahead = pl.col(net).cum_sum().over(within, order_by="rank") - pl.col(net)
    total = pl.col(net).sum().over(within)
    return (
        pl.when((total > 0) & (ahead * 100 < total * 80))
        .then(pl.lit("A"))
        .when((total > 0) & (ahead * 100 < total * 95))
        .then(pl.lit("B"))
        .otherwise(pl.lit("C"))
    )


def sales_by_store(given: Frames) -> pl.LazyFrame:
    """Sums by month and store."""
    stores = given["dim_store"].select("store_key", store="name")
    sums = given["sums/month_store"].filter(_COUNTS)
    return sums.join(stores, on="store_key", how="left").with_columns(share_rate=_share())


def sales_by_region(given: Frames) -> pl.LazyFrame:
    """Sums by month and region; customers are those with a line there in the month."""
    grain = ["company", "month", "region_key"]
    customers = (
        given["sums/month_region_customer"]
        .filter((pl.col("lines") > 0) & (pl.col("customer_key") != keys.UNKNOWN))
        .group_by(grain)
        .agg(customers=pl.len().cast(pl.Int64))
    )
    regions = given["dim_place"].select("region", "country", region_key=region_key()).unique()
    return (
        given["sums/month_region"]
        .filter(_COUNTS)
        .join(customers, on=grain, how="left")
        .join(regions.unique("region_key"), on="region_key", how="left")
        .with_columns(
            pl.col("customers").fill_null(0), pl.col("region").fill_null(UNKNOWN), share_rate=_share()
        )
    )


def _share() -> pl.Expr:
    """Part of the company's net of the month."""
    total = pl.col("net_amount").sum().over("company", "month")
    return pl.when(total > 0).then(pl.col("net_amount").cast(pl.Float64) / total.cast(pl.Float64))
