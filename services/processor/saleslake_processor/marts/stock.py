"""Stock: what was counted, and the plan of what to order."""

from collections.abc import Mapping

import polars as pl

from saleslake_processor import keys
from saleslake_processor.contracts.columns import MONEY
from saleslake_processor.learnt.forecasts.days import closed_days
from saleslake_processor.reorder.plan import reorder

Frames = Mapping[str, pl.LazyFrame]

LEAD_TIME_DAYS = 7
"""Where no source says it."""


def fact_stock(given: Frames) -> pl.LazyFrame:
    """The current rows of the entity, with whole keys and nothing missing."""
    lead_time = pl.col("lead_time_days").cast(pl.Float64).ceil().cast(pl.Int64)
    return given["current/stock"].with_columns(
        pl.col("product_key", "store_key").fill_null(keys.UNKNOWN),
        pl.col("on_order_quantity").fill_null(0).cast(MONEY),
        lead_time.fill_null(LEAD_TIME_DAYS),
    )


def reorder_plan(given: Frames) -> pl.LazyFrame:
    """The plan with the names of stores and products."""
    products = given["dim_product"].select("product_key", product="name")
    stores = given["dim_store"].select("store_key", store="name")
    return (
        reorder(given["fact_stock"], given["fact_sales"], given["sales_forecast"], closed_days(given))
        .join(products, on="product_key", how="left")
        .join(stores, on="store_key", how="left")
    )
