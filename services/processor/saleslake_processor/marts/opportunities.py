"""Opportunities of a team's people, how old they are, and what becomes of them."""

from collections.abc import Mapping

import polars as pl

from saleslake_processor.contracts.columns import MONEY
from saleslake_processor.keys import UNKNOWN as NOBODY
from saleslake_processor.marts.as_of import business_dates
from saleslake_processor.marts.exact import mean, median
from saleslake_processor.marts.members import UNKNOWN
from saleslake_processor.marts.salespeople import people

Frames = Mapping[str, pl.LazyFrame]

SIGNED, LOST, NEVER = (pl.col("status") == name for name in ("signed", "lost", "never_touched"))
CLOSED = SIGNED | LOST

BANDS = {"age_0_30": 30, "age_31_60": 60, "age_61_90": 90, "age_91_180": 180}
"""The most days of an open opportunity of each band; those before take the younger ones."""


def opportunity_funnel(given: Frames) -> pl.LazyFrame:
    """Opportunities by month of attribution, team and status; ages at `told_until`."""
    within = ["company", "attributed_in", "team"]
    grain = [*within, "status"]
    age = (pl.col("as_of") - pl.coalesce("attribution_date", "engage_date")).dt.total_days()
    rows = (
        worked(given)
        .join(told_until(given), on="company", how="left")
        .with_columns(
            month=pl.col("attribution_date").dt.truncate("1mo"),
            attributed_in=pl.col("attribution_date").dt.strftime("%Y-%m").fill_null(UNKNOWN),
            age=pl.when(~CLOSED).then(age),
        )
        .group_by(grain)
        .agg(
            pl.col("month", "as_of").first(),
            pl.col("opportunity_amount").sum().cast(MONEY),
            cycle_days_mean=mean(pl.col("cycle_days")),
            cycle_days_median=median(pl.col("cycle_days")),
            opportunities=pl.len().cast(pl.Int64),
            accounts=pl.col("account_key").filter(pl.col("account_key") != NOBODY).n_unique().cast(pl.Int64),
            age_unknown=(pl.col("age").is_null() & ~CLOSED).sum().cast(pl.Int64),
            **_ages(),
        )
    )
    counts, amounts = pl.col("opportunities"), pl.col("opportunity_amount")
    return rows.with_columns(
        status_share_rate=counts / counts.sum().over(within),
        win_rate=part(counts.filter(SIGNED).sum().over(within), counts.filter(CLOSED).sum().over(within)),
        amount_win_rate=part(
            amounts.filter(SIGNED).sum().over(within), amounts.filter(CLOSED).sum().over(within)
        ),
    )


def worked(given: Frames) -> pl.LazyFrame:
    """Opportunities with the `team` of their salesperson, and the day `closed_on` of closed ones: of the
    close, where the source tells none of the attribution."""
    teams = people(given).select("salesperson_key", "team")
    return (
        given["fact_opportunities"]
        .join(teams, on="salesperson_key", how="left")
        .with_columns(closed_on=pl.when(CLOSED).then(pl.coalesce("close_date", "attribution_date")))
    )


def told_until(given: Frames) -> pl.LazyFrame:
    """`company` and its `as_of`, by its sales, else by what its opportunities tell; and the first date
    `worked_from` of these."""
    known = pl.col("attribution_date"), pl.col("engage_date"), pl.when(CLOSED).then("close_date")
    of_team = (
        given["fact_opportunities"]
        .group_by("company")
        .agg(
            worked_from=pl.min_horizontal(*known).min(),
            worked_until=pl.max_horizontal(*known).max(),
        )
    )
    return (
        of_team.join(business_dates(given), on="company", how="full", coalesce=True)
        .with_columns(as_of=pl.coalesce("last_date", "worked_until").dt.offset_by("1d"))
        .select("company", "worked_from", "as_of")
    )


def part(of: pl.Expr, whole: pl.Expr) -> pl.Expr:
    """A share; null where the whole is not above 0."""
    return pl.when(whole > 0).then(of.cast(pl.Float64) / whole.cast(pl.Float64))


def _ages() -> dict[str, pl.Expr]:
    bands, younger = {}, pl.lit(False)
    for name, most in BANDS.items():
        within = pl.col("age") <= most
        bands[name] = (within & ~younger).sum().cast(pl.Int64)
        younger = within
    return {**bands, "age_over_180": (pl.col("age") > max(BANDS.values())).sum().cast(pl.Int64)}
