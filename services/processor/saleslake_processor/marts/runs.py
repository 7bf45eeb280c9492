"""What runs came to, and what they restated."""

from collections.abc import Mapping

import polars as pl

from saleslake_processor.contracts.columns import MONEY

Frames = Mapping[str, pl.LazyFrame]

ALL_DAYS = 31
"""So many days before the last run every run is told; of a day before that the last one."""


def restatements(given: Frames) -> pl.LazyFrame:
    """Figures of closed months as they were told before, and as they are since the run."""
    return (
        _told(given["runs"].filter(pl.col("month").is_not_null()))
        .rename({"analysis": "kpi", "old": "old_value", "value": "new_value", "batches": "caused_by"})
        .with_columns(difference=(pl.col("new_value") - pl.col("old_value")).cast(MONEY))
    )


def run_results(given: Frames) -> pl.LazyFrame:
    """Figures by run, beside those of the run before."""
    rows = given["runs"].filter(pl.col("month").is_null())
    before = pl.col("value").shift(1).over("company", "analysis", order_by="run")
    changed = rows.with_columns(previous=before).with_columns(
        change=(pl.col("value") - pl.col("previous")).cast(MONEY)
    )
    day = pl.col("at").dt.date()
    recent = day > day.max() - pl.duration(days=ALL_DAYS)
    return _told(changed.filter(recent | (pl.col("run") == pl.col("run").max().over(day))))


def _told(rows: pl.LazyFrame) -> pl.LazyFrame:
    return rows.with_columns(
        recorded_on=pl.col("at").dt.date(), recorded_at=pl.col("at").dt.strftime("%Y-%m-%dT%H:%M:%S+00:00")
    )
