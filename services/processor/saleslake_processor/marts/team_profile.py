"""Who the salespeople are, and what became of what they were given."""

from collections.abc import Mapping

import polars as pl

from saleslake_processor.contracts.columns import MONEY
from saleslake_processor.keys import UNKNOWN as NOBODY
from saleslake_processor.marts.accounts_won import booked, winners
from saleslake_processor.marts.exact import mean, median
from saleslake_processor.marts.opportunities import LOST, NEVER, SIGNED, part, told_until, worked
from saleslake_processor.marts.ramp_up import ramp_up
from saleslake_processor.marts.salespeople import people

Frames = Mapping[str, pl.LazyFrame]

_PERSON = ["company", "salesperson_key"]
_KNOWN = pl.col("salesperson_key") != NOBODY
_COUNTS = [
    *("opportunities", "never_touched", "touched_opportunities", "signed", "lost"),
    *("signed_accounts", "sized_accounts", "won_accounts", "active_days", "team_size"),
]
_AMOUNTS = ["signed_amount", "booked_amount", "net_amount"]

AGES = {"under 25": 25, "25-34": 35, "35-44": 45, "45-54": 55}
"""Below which age each band ends; the last one is open."""


def team_profile(given: Frames) -> pl.LazyFrame:
    """A row for each known person, and for nobody where something is of nobody."""
    known = people(given).filter(_KNOWN)
    parts = [_opportunities(given), _accounts(given), _booked(given), _sales(given)]
    persons = pl.concat([known.select(_PERSON), *(rows.select(_PERSON) for rows in parts)]).unique()
    rows = persons.join(people(given).drop("company"), on="salesperson_key", how="left")
    for each in (*parts, ramp_up(given)):
        rows = rows.join(each, on=_PERSON, how="left")
    sizes = known.group_by("company", "team").agg(team_size=pl.len().cast(pl.Int64))
    return (
        rows.join(told_until(given), on="company", how="left")
        .join(sizes, on=["company", "team"], how="left")
        .with_columns(pl.col(_COUNTS).fill_null(0), pl.col(_AMOUNTS).fill_null(0).cast(MONEY))
        .with_columns(
            never_touched_rate=part(pl.col("never_touched"), pl.col("opportunities")),
            win_rate=part(pl.col("signed"), pl.col("signed") + pl.col("lost")),
            share_rate=part(pl.col("net_amount"), pl.col("net_amount").sum().over("company")),
            tenure_days=pl.when(_begun()).then((pl.col("as_of") - pl.col("start_date")).dt.total_days()),
            tenure_months=pl.when(_begun()).then(_whole_months(pl.col("start_date"))),
            age_band=_age_band(),
        )
    )


def _opportunities(given: Frames) -> pl.LazyFrame:
    months = given["fact_bookings"].filter(pl.col("booked_amount") > 0).select("account_key", "month")
    opportunities = worked(given)
    # The first month of bookings may be another one for each opportunity of an account.
    until_booked = (
        opportunities.filter(SIGNED & (pl.col("account_key") != NOBODY))
        .select("opportunity_key", "account_key", "attribution_date")
        .join(months, on="account_key")
        .filter(pl.col("month") >= pl.col("attribution_date").dt.truncate("1mo"))
        .group_by("opportunity_key")
        .agg(
            booking_days=(
                pl.col("month").min().dt.month_end() - pl.col("attribution_date").first()
            ).dt.total_days()
        )
    )
    return (
        opportunities.join(until_booked, on="opportunity_key", how="left")
        .group_by(_PERSON)
        .agg(
            opportunities=pl.len().cast(pl.Int64),
            never_touched=NEVER.sum().cast(pl.Int64),
            touched_opportunities=(~NEVER).sum().cast(pl.Int64),
            signed=SIGNED.sum().cast(pl.Int64),
            lost=LOST.sum().cast(pl.Int64),
            signed_amount=pl.col("opportunity_amount").filter(SIGNED).sum().cast(MONEY),
            cycle_days_mean=mean(pl.col("cycle_days")),
            cycle_days_median=median(pl.col("cycle_days")),
            booking_days_mean=mean(pl.col("booking_days")),
        )
    )


def _accounts(given: Frames) -> pl.LazyFrame:
    """Size of all accounts that a person signed; an account of two people is told with both."""
    employees = pl.col("employees")
    return (
        worked(given)
        .filter(SIGNED & (pl.col("account_key") != NOBODY))
        .select(*_PERSON, "account_key")
        .unique()
        .join(given["dim_account"].select("account_key", "employees"), on="account_key", how="left")
        .group_by(_PERSON)
        .agg(
            signed_accounts=pl.len().cast(pl.Int64),
            sized_accounts=employees.count().cast(pl.Int64),
            account_employees_mean=mean(employees),
            account_employees_median=median(employees),
        )
    )


def _booked(given: Frames) -> pl.LazyFrame:
    won = winners(given).group_by(_PERSON).agg(won_accounts=pl.len().cast(pl.Int64))
    amounts = booked(given).group_by(_PERSON).agg(pl.col("booked_amount").sum().cast(MONEY))
    return amounts.join(won, on=_PERSON, how="full", coalesce=True)


def _sales(given: Frames) -> pl.LazyFrame:
    """All months of `sales_by_salesperson` together."""
    by_month = given["sales_by_salesperson"]
    best_first = pl.struct(-pl.col("net_amount"), "salesperson_id", "salesperson_key")
    indices = ("results_index", "effort_index")
    return (
        by_month.group_by(_PERSON)
        .agg(
            pl.col("net_amount").sum().cast(MONEY),
            pl.col("active_days").sum(),
            # How floats are added up depends on how they lie: the last digits are none of the figure.
            *(pl.col(name).mean().round(6) for name in indices),
        )
        .join(people(given).select("salesperson_key", "salesperson_id"), on="salesperson_key")
        .with_columns(
            rank=pl.when(_KNOWN).then(best_first.rank("ordinal").over("company", _KNOWN).cast(pl.Int64))
        )
        .drop("salesperson_id")
    )


def _begun() -> pl.Expr:
    return pl.col("start_date") <= pl.col("as_of")


def _age_band() -> pl.Expr:
    born = pl.col("birth_date")
    age = pl.when(born <= pl.col("as_of")).then(_whole_months(born) // 12)
    band: pl.Expr = pl.when(age >= max(AGES.values())).then(pl.lit("55 and over"))
    for name, below in reversed(AGES.items()):
        band = pl.when(age < below).then(pl.lit(name)).otherwise(band)
    return band


def _whole_months(since: pl.Expr) -> pl.Expr:
    """Months from a day to `as_of`, the last one only where its day has come."""
    until = pl.col("as_of")
    years = until.dt.year().cast(pl.Int64) - since.dt.year()
    short = (until.dt.day() < since.dt.day()).cast(pl.Int64)
    return years * 12 + until.dt.month() - since.dt.month() - short
