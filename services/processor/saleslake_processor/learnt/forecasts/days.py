"""Which days are over, and on which of them a shop is closed: a closed day is not a day without demand."""

from collections.abc import Mapping

import polars as pl

from saleslake.raw import fetched_from

Frames = Mapping[str, pl.LazyFrame]

CLOSED_DAYS = "closed_days"
"""Name of the frame of `closed_days` among the inputs of a study."""

ALIVE = "7d"
"""A source counts that fetched order lines so shortly before the last one of its company that did."""

LOOK_BACK = 182
"""Days before the last closed one by which the weekdays of a shop are judged."""

LEAST_WEEKS = 8
"""Weeks that a shop has to have sold for: a younger one may not have sold on a weekday by chance."""

OFTEN = 0.9
"""Part of a weekday's days on which a shop sold, from which on a day without any sale is a closed one."""

SOMETIMES = 0.5
"""Part of its other days on which a shop sold, from which on a weekday that it never sold on is closed."""

RARELY = 0.05
"""Part of a weekday's days on which a shop sold, up to which it is taken never to sell on it: a Sunday
before Christmas opens no other one."""

_BEHIND = "12h"
"""A day has ended everywhere so long after it has ended in UTC: nobody's time zone need be known."""


def closed_days(given: Frames) -> pl.LazyFrame:
    """`company`, `first_date` and `closed_date`, its last closed day: the last one with a sale or return that
    was over everywhere when order lines were fetched last. A day that is still open is half a day of sales.
    Of several sources that are `ALIVE` it is the one that was fetched the longest ago: the others know
    nothing of its days.

    Made of "sums/date_store_category" and "ledger". A company whose every day is open has no row.
    """
    fetched = (
        given["ledger"]
        .filter(pl.col("entity") == "order_line")
        .group_by("company", "source")
        .agg(at=fetched_from(pl.col("batch").max()))
        .filter(pl.col("at") >= pl.col("at").max().over("company").dt.offset_by(f"-{ALIVE}"))
        .group_by("company")
        .agg(over=pl.col("at").min().dt.offset_by(f"-{_BEHIND}").dt.date().dt.offset_by("-1d"))
    )
    return (
        given["sums/date_store_category"]
        .filter(pl.col("counted") > 0)
        .select("company", "date")
        .unique()
        .join(fetched, on="company")
        .filter(pl.col("date") <= pl.col("over"))
        .group_by("company")
        .agg(first_date=pl.col("date").min(), closed_date=pl.col("date").max())
        .sort("company")
    )


def closed_weekdays(selling: pl.DataFrame, by: list[str], closed_date: pl.Expr) -> pl.DataFrame:
    """Weekdays (1 is Monday) that a shop hardly ever sold on lately though it sold on most of its other days.

    `selling` has a row per shop (`by`) and `date` with a sale. Gives `by`, `weekday`.
    """
    recent = selling.filter(pl.col("date") > closed_date - pl.duration(days=LOOK_BACK)).with_columns(
        weeks=((closed_date - pl.col("date").min().over(by)).dt.total_days() + 1) / 7
    )
    recent = recent.filter(pl.col("weeks") >= LEAST_WEEKS)
    shares = recent.group_by(*by, weekday=pl.col("date").dt.weekday()).agg(
        sold=pl.len() / pl.col("weeks").first()
    )
    every = recent.select(by).unique().join(pl.DataFrame({"weekday": range(1, 8)}, _WEEKDAY), how="cross")
    whole = every.join(shares, on=[*by, "weekday"], how="left").with_columns(pl.col("sold").fill_null(0))
    others = pl.col("sold").filter(pl.col("sold") > RARELY).mean().over(by)
    return (
        whole.filter((pl.col("sold") <= RARELY) & (others >= SOMETIMES))
        .select(*by, "weekday")
        .sort(*by, "weekday")
    )


_WEEKDAY = {"weekday": pl.Int8}


def closings(selling: pl.DataFrame, by: list[str], until: pl.Expr) -> pl.DataFrame:
    """Days between a shop's first sale and `until` on which it was closed: it sold nothing, and sells on
    nearly all days of that weekday, or on hardly any. Gives `by`, `date`."""
    weekday = pl.col("date").dt.weekday()
    spans = selling.group_by(by).agg(first=pl.col("date").min()).with_columns(last=until)
    days = (
        spans.with_columns(date=pl.date_ranges("first", "last"))
        .explode("date", empty_as_null=False)
        .select(*by, "date")
        .join(selling.select(*by, "date").with_columns(sold=True), on=[*by, "date"], how="left")
        .with_columns(pl.col("sold").fill_null(False), weekday=weekday)
    )
    recent = pl.col("date") > pl.col("date").max().over(by) - pl.duration(days=2 * LOOK_BACK)
    often = (pl.col("sold") & recent).sum().over(*by, "weekday") / recent.sum().over(*by, "weekday")
    never = closed_weekdays(selling, by, until).with_columns(never=True)
    return (
        days.with_columns(often=often)
        .join(never, on=[*by, "weekday"], how="left")
        .filter(~pl.col("sold") & ((pl.col("often") >= OFTEN) | pl.col("never").fill_null(False)))
        .select(*by, "date")
        .sort(*by, "date")
    )
