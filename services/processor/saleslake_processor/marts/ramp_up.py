"""How long it takes people from their start until they sign, and sign as much as their team does."""

from collections.abc import Mapping

import polars as pl

from saleslake_processor.keys import UNKNOWN as NOBODY
from saleslake_processor.marts.accounts_won import FIRST
from saleslake_processor.marts.exact import median
from saleslake_processor.marts.opportunities import SIGNED, told_until, worked
from saleslake_processor.marts.salespeople import people

Frames = Mapping[str, pl.LazyFrame]

_PERSON = ["company", "salesperson_key"]
_FIRST_SIGNED = pl.col("first_signed_on")


def ramp_up(given: Frames) -> pl.LazyFrame:
    """By known person: the first signed opportunity, and since the start the days to it and the months to as
    many of them a month as is the team's median.

    Who began before the company's opportunities do has signed what nobody tells: no ramp-up is known.
    """
    known = people(given).filter(pl.col("salesperson_key") != NOBODY)
    signed = worked(given).filter(SIGNED & pl.col("closed_on").is_not_null())
    first = signed.group_by(_PERSON).agg(
        first_signed_on=pl.col("closed_on").min(),
        first_close=pl.col("close_date").sort_by(FIRST).first(),
    )
    months = _months(known, signed, told_until(given))
    usual = months.group_by("company", "team").agg(team_signed_median=median(pl.col("signed")))
    reached = (
        months.join(usual, on=["company", "team"])
        .filter(pl.col("signed") >= pl.max_horizontal(1, "team_signed_median"))
        .group_by(_PERSON)
        .agg(reached=pl.col("month").min())
    )
    rows = known.join(told_until(given), on="company", how="left")
    for part, on in ((first, _PERSON), (usual, ["company", "team"]), (reached, _PERSON)):
        rows = rows.join(part, on=on, how="left")
    start = pl.col("start_date")
    told = (start >= pl.col("worked_from")) & (start <= _FIRST_SIGNED)
    return rows.select(
        *_PERSON,
        "first_signed_on",
        "team_signed_median",
        ramp_up_basis=pl.when(told).then(
            pl.when(pl.col("first_close").is_null()).then(pl.lit("attribution")).otherwise(pl.lit("close"))
        ),
        ramp_up_days=pl.when(told).then((_FIRST_SIGNED - start).dt.total_days()),
        ramp_up_months=pl.when(told).then(_months_between(start, pl.col("reached"))),
    )


def _months(known: pl.LazyFrame, signed: pl.LazyFrame, until: pl.LazyFrame) -> pl.LazyFrame:
    """A row for each person and month of which opportunities tell, with how many were signed."""
    counts = signed.group_by(*_PERSON, month=pl.col("closed_on").dt.truncate("1mo")).agg(
        signed=pl.len().cast(pl.Int64)
    )
    begin = pl.max_horizontal("worked_from", "start_date").dt.truncate("1mo")
    last = pl.col("as_of").dt.offset_by("-1d").dt.truncate("1mo")
    return (
        known.join(until, on="company")
        .filter(begin <= last)
        .select(*_PERSON, "team", month=pl.date_ranges(begin, last, interval="1mo"))
        .explode("month")
        .join(counts, on=[*_PERSON, "month"], how="left")
        .with_columns(pl.col("signed").fill_null(0))
    )


def _months_between(start: pl.Expr, end: pl.Expr) -> pl.Expr:
    """Months from that of one day to that of another."""
    years = end.dt.year().cast(pl.Int64) - start.dt.year()
    return years * 12 + end.dt.month() - start.dt.month()
