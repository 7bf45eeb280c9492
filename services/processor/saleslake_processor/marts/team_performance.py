"""What teams came to, month by month."""

from collections.abc import Mapping

import polars as pl

from saleslake_processor.contracts.columns import MONEY
from saleslake_processor.keys import UNKNOWN as NOBODY
from saleslake_processor.marts.accounts_won import booked
from saleslake_processor.marts.members import UNKNOWN
from saleslake_processor.marts.opportunities import CLOSED, LOST, SIGNED, part, worked
from saleslake_processor.marts.salespeople import people

Frames = Mapping[str, pl.LazyFrame]

_GRAIN = ["company", "team", "month"]
_COUNTS = ["opportunities", "touched_opportunities", "signed", "lost", "people"]
_AMOUNTS = ["signed_amount", "booked_amount", "net_amount"]


def team_performance(given: Frames) -> pl.LazyFrame:
    """What was given, contacted, closed, booked and sold in each month, by team; each on a day of its own."""
    opportunities = worked(given)
    bookings = booked(given).with_columns(pl.col("team").fill_null(UNKNOWN))
    parts = [
        _by_month(opportunities, "attribution_date", opportunities=_number()),
        _by_month(opportunities, "engage_date", touched_opportunities=_number()),
        _by_month(
            opportunities.filter(CLOSED),
            "closed_on",
            signed=SIGNED.sum().cast(pl.Int64),
            lost=LOST.sum().cast(pl.Int64),
            signed_amount=pl.col("opportunity_amount").filter(SIGNED).sum().cast(MONEY),
        ),
        _by_month(bookings, "month", booked_amount=pl.col("booked_amount").sum().cast(MONEY)),
        _by_month(given["sales_by_salesperson"], "month", net_amount=pl.col("net_amount").sum().cast(MONEY)),
    ]
    rows = pl.concat([each.select(_GRAIN) for each in parts]).unique()
    for each in (*parts, _people(given, rows)):
        rows = rows.join(each, on=_GRAIN, how="left")
    return rows.with_columns(
        pl.col(_COUNTS).fill_null(0), pl.col(_AMOUNTS).fill_null(0).cast(MONEY)
    ).with_columns(win_rate=part(pl.col("signed"), pl.col("signed") + pl.col("lost")))


def _by_month(rows: pl.LazyFrame, day: str, **sums: pl.Expr) -> pl.LazyFrame:
    """By the month of a day; rows without one are in none."""
    month = pl.col(day).dt.truncate("1mo")
    return rows.filter(pl.col(day).is_not_null()).group_by("company", "team", month=month).agg(**sums)


def _people(given: Frames, months: pl.LazyFrame) -> pl.LazyFrame:
    """Known people of the team by the end of each month, and the earliest start of all."""
    known = people(given).filter(pl.col("salesperson_key") != NOBODY)
    start = pl.col("start_date")
    return (
        months.join(known, on=["company", "team"])
        .group_by(_GRAIN)
        .agg(
            people=(start.is_null() | (start <= pl.col("month").dt.month_end())).sum().cast(pl.Int64),
            since=start.min(),
        )
    )


def _number() -> pl.Expr:
    return pl.len().cast(pl.Int64)
