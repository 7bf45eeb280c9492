"""The calendar."""

from collections.abc import Mapping

import polars as pl


def dim_date(given: Mapping[str, pl.LazyFrame]) -> pl.LazyFrame:
    """Whole calendar years around all dates of facts; the fiscal year by its first month (`publication`)."""
    dates = _dates(given).select(
        first=pl.col("date").min().dt.truncate("1y"),
        last=pl.col("date").max().dt.truncate("1y").dt.offset_by("1y"),
    )
    start = given["publication"].select("fiscal_year_start")
    days = (
        dates.drop_nulls()
        .select(date=pl.date_ranges("first", "last", closed="left"))
        .explode("date")
        .join(start, how="cross")
    )
    date, begins = pl.col("date"), pl.col("fiscal_year_start").cast(pl.Int64)
    fiscal_month = (date.dt.month().cast(pl.Int64) - begins) % 12 + 1
    ends_next_year = (begins > 1) & (date.dt.month() >= begins)
    return days.select(
        "date",
        year=date.dt.year().cast(pl.Int64),
        quarter=date.dt.quarter().cast(pl.Int64),
        month=date.dt.truncate("1mo"),
        month_number=date.dt.month().cast(pl.Int64),
        month_name=date.dt.strftime("%B"),
        week=date.dt.week().cast(pl.Int64),
        weekday=date.dt.weekday().cast(pl.Int64),
        weekday_name=date.dt.strftime("%A"),
        is_weekend=date.dt.weekday() > 5,
        fiscal_year=date.dt.year().cast(pl.Int64) + ends_next_year.cast(pl.Int64),
        fiscal_quarter=(fiscal_month - 1) // 3 + 1,
        fiscal_month=fiscal_month,
    )


def _dates(given: Mapping[str, pl.LazyFrame]) -> pl.LazyFrame:
    """Every `date` that a fact has."""
    dated = (
        ("sums/date_store_category", "date"),
        *(("current/opportunity", name) for name in ("attribution_date", "engage_date", "close_date")),
        ("current/booking", "month"),
        ("current/stock", "stock_date"),
    )
    return pl.concat([given[name].select(date=column) for name, column in dated])
