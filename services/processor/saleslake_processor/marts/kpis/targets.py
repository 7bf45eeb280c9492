"""What companies aim at, by the periods of the kpis: targets are of months, longer periods add them up."""

import polars as pl

from saleslake_processor.contracts.columns import MONEY
from saleslake_processor.marts.kpis.grains import GRAINS, MONTHS_BACK, ROLLING, Grain

_CELL = ["company", "kpi"]
_MONTHS = {"month": 1, "quarter": 3, "fiscal_quarter": 3}
"""Months in each period of a grain whose periods do not overlap."""

_TO_DATE = ("year_to_date", "fiscal_year_to_date", ROLLING.name)


def of_periods(targets: pl.LazyFrame, start: pl.LazyFrame, additive: tuple[str, ...]) -> pl.LazyFrame:
    """`company`, `grain`, `period`, `kpi` and `target`, of periods of which every month has one.

    `targets` are as reference files have them (`reference.frames.TARGET`); of kpis that do not add up over
    months only months have one. `start` has `fiscal_year_start`.
    """
    months = (
        targets.filter(pl.col("level") == "company")
        .select(*_CELL, date="month", month="month", target="target_value")
        .join(start, how="cross")
    )
    adding = months.filter(pl.col("kpi").is_in(additive))
    parts = [
        _whole(months if grain.name == "month" else adding, grain)
        for grain in GRAINS
        if grain.name in _MONTHS
    ]
    parts += [_to_date(adding, grain) for grain in (*GRAINS, ROLLING) if grain.name in _TO_DATE]
    return pl.concat(parts).select("company", "grain", "period", "kpi", pl.col("target").cast(MONEY))


def _whole(months: pl.LazyFrame, grain: Grain) -> pl.LazyFrame:
    sums = months.group_by(*_CELL, period=grain.period).agg(pl.col("target").sum(), months=pl.len())
    return sums.filter(pl.col("months") == _MONTHS[grain.name]).select(
        *_CELL, "period", "target", grain=pl.lit(grain.name)
    )


def _to_date(months: pl.LazyFrame, grain: Grain) -> pl.LazyFrame:
    since = pl.col("date").dt.offset_by(f"-{MONTHS_BACK - 1}mo") if grain is ROLLING else grain.adds_up_from
    periods = months.select(*_CELL, period="month", since=since)
    sums = (
        periods.join(months.select(*_CELL, "month", "target"), on=_CELL)
        .filter(pl.col("month").is_between("since", "period"))
        .group_by(*_CELL, "period", "since")
        .agg(pl.col("target").sum(), months=pl.len())
    )
    return sums.filter(pl.col("months") == _number("period") - _number("since") + 1).select(
        *_CELL, "period", "target", grain=pl.lit(grain.name)
    )


def _number(day: str) -> pl.Expr:
    """Which month it is, counted since ever."""
    return pl.col(day).dt.year() * 12 + pl.col(day).dt.month().cast(pl.Int32)
