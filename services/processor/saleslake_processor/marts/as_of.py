"""Up to which day a company's data reaches."""

from collections.abc import Mapping

import polars as pl

Frames = Mapping[str, pl.LazyFrame]


def business_dates(given: Frames) -> pl.LazyFrame:
    """`company`, `first_date` and `last_date` of its sales and returns."""
    return (
        given["sums/date_store_category"]
        .filter(pl.col("counted") > 0)
        .group_by("company")
        .agg(first_date=pl.col("date").min(), last_date=pl.col("date").max())
    )
