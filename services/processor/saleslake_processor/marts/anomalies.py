"""Days whose net stands out among the same weekdays around them."""

from collections.abc import Mapping

import polars as pl

from saleslake_processor.contracts.columns import MONEY
from saleslake_processor.contracts.commentary import AROUND, HEAVY, OUTLYING, WEEKS
from saleslake_processor.money import amount, rounded, ticks

Frames = Mapping[str, pl.LazyFrame]

_WEEK = 7
_LEAST = 4
"""Same weekdays around a day that say anything of it."""

_NORMAL = 0.6745
"""MAD of a normal distribution, in standard deviations: makes a score of a deviation as a z-score is one."""

_PLACES = pl.lit(MONEY.scale)


def sales_anomalies(given: Frames) -> pl.LazyFrame:
    """Days of companies that have sold for a year, by modified z-scores of Iglewicz and Hoaglin (1993).

    What was to be expected is a median over the weekday's neighbours, so that weekday, season and trend are
    in it and one odd day is not. Days on which nothing was to be expected are not scored: who opens on one
    Sunday did so on purpose.
    """
    days = (
        given["kpis"]
        .filter(pl.col("grain") == "day", pl.col("kpi") == "net_sales", pl.col("is_complete"))
        .select("company", date="period", net=ticks(pl.col("value")))
        .sort("company", "date")
    )
    weeks = [week for week in range(-AROUND, AROUND + 1) if week]
    around = pl.concat_list(
        pl.col("net").cast(pl.Int64).shift(week * _WEEK).over("company", order_by="date") for week in weeks
    ).list.drop_nulls()
    # A middle of two is a whole number or a half, which floats hold.
    twice = (around.list.median() * 2).cast(pl.Int128)
    usual = pl.col("net").filter(pl.col("net") > 0).median().over("company")
    scored = (
        days.with_columns(days=pl.len().over("company"), usual=usual, neighbours=around.list.len())
        .with_columns(expected=rounded(twice, 2, _PLACES))
        .filter(pl.col("days") >= WEEKS * _WEEK, pl.col("neighbours") >= _LEAST, pl.col("expected") > 0)
        .with_columns(off=_scaled("net") - _scaled("expected"))
        .with_columns(off=pl.col("off") - pl.col("off").median().over("company"))
        .with_columns(mad=pl.col("off").abs().median().over("company"))
        .filter(pl.col("mad") > 0)
        .with_columns(score_rate=_NORMAL * pl.col("off") / pl.col("mad"))
    )
    yearly = pl.col("expected").sum().over("company") * WEEKS * _WEEK // pl.len().over("company")
    missed = pl.col("net") - pl.col("expected")
    return (
        scored.with_columns(yearly=yearly)
        .filter(
            pl.col("score_rate").abs() >= OUTLYING,
            missed.abs().cast(pl.Float64) >= HEAVY * pl.col("yearly").cast(pl.Float64),
            missed.sign() == pl.col("score_rate").sign().cast(pl.Int128),
        )
        .select(
            "company",
            "date",
            "score_rate",
            net_amount=amount(pl.col("net")),
            expected_amount=amount(pl.col("expected")),
            difference_amount=amount(missed),
            direction=pl.when(missed > 0).then(pl.lit("above")).otherwise(pl.lit("below")),
        )
    )


def _scaled(name: str) -> pl.Expr:
    """As a logarithm where it is far from 0, and defined at and below 0; 1 is a usual day."""
    return (pl.col(name).cast(pl.Float64) / pl.col("usual").cast(pl.Float64)).arcsinh()
