"""What a closed month's figures were before, and are now."""

from collections.abc import Mapping

import polars as pl

from saleslake_processor.contracts.columns import MONEY
from saleslake_processor.derive import advance
from saleslake_processor.derive.sums import MEASURES

Frames = Mapping[str, pl.LazyFrame]

KPIS = [name for name in MEASURES if name not in ("rows", "counted")]
"""The figures of a month."""

FIGURE = ["company", "month", "kpi"]

RESTATED: dict[str, pl.DataType] = {
    "company": pl.String(),
    "month": pl.Date(),
    "kpi": pl.String(),
    "as_of": pl.Date(),
    "old": MONEY,
    "new": MONEY,
}
"""One row per company, month and figure that is another one now; `as_of` is that of before."""


def restated(before: Frames, after: Frames) -> pl.DataFrame:
    """Figures that differ between two states, of months that were closed in the first: `RESTATED`.

    A month is closed for a company once it lies wholly before the day after its last business date.
    """
    old, new = (
        _figures(advance.sums(state, "month"), name) for state, name in ((before, "old"), (after, "new"))
    )
    return (
        old.join(new, on=FIGURE, how="full", coalesce=True)
        .with_columns(pl.col("old", "new").fill_null(0))
        .filter(pl.col("old") != pl.col("new"))
        .join(as_of(before), on="company")
        .filter(pl.col("month").dt.offset_by("1mo") <= pl.col("as_of"))
        .select(*RESTATED)
        .sort(FIGURE)
        .collect()
    )


def as_of(state: Frames) -> pl.LazyFrame:
    """By company the day after its last business date; those without sales or returns are left out."""
    days = advance.sums(state, "date_store_category").filter(pl.col("counted") > 0)
    return days.group_by("company").agg(as_of=pl.col("date").max().dt.offset_by("1d"))


def _figures(months: pl.LazyFrame, name: str) -> pl.LazyFrame:
    return months.select("company", "month", pl.col(KPIS).cast(MONEY)).unpivot(
        KPIS, index=["company", "month"], variable_name="kpi", value_name=name
    )
