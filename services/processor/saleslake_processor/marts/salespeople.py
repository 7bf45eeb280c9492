"""Sums by salesperson, and how they compare: by what they brought, and by what they did for it."""

from collections.abc import Mapping

import polars as pl

from saleslake_processor.keys import UNKNOWN as NOBODY
from saleslake_processor.marts import ratios
from saleslake_processor.marts.members import UNKNOWN
from saleslake_processor.marts.targets import of_members

Frames = Mapping[str, pl.LazyFrame]

EFFORTS = ("orders", "customers", "new_customers", "active_days", "touched_opportunities")
"""What the effort index is the mean of, each beside its own mean."""

_GRAIN = ["company", "month", "salesperson_key"]
_MONTH = ["company", "month"]
_KNOWN = pl.col("salesperson_key") != NOBODY


def sales_by_salesperson(given: Frames) -> pl.LazyFrame:
    """Sums by month and salesperson, with rank, and both indices (their formulas: the contract)."""
    rows = given["sums/month_salesperson"].filter(pl.col("counted") > 0)
    for part in (_served(given), _touched(given), of_members(given["targets"], "salesperson")):
        rows = rows.join(part, on=_GRAIN, how="left")
    total = pl.col("net_amount").sum().over(_MONTH)
    best_first = pl.struct(-pl.col("net_amount"), "salesperson_id", "salesperson_key")
    return (
        rows.join(people(given).drop("company"), on="salesperson_key", how="left")
        .with_columns(pl.col("team").fill_null(UNKNOWN), pl.col(EFFORTS).fill_null(0))
        .with_columns(
            share_rate=pl.when(total > 0).then(
                pl.col("net_amount").cast(pl.Float64) / total.cast(pl.Float64)
            ),
            rank=pl.when(_KNOWN).then(best_first.rank("ordinal").over([*_MONTH, _KNOWN]).cast(pl.Int64)),
            attainment_rate=ratios.of(pl.col("net_amount"), pl.col("target_amount")),
            results_index=_results(),
            effort_index=pl.mean_horizontal(_beside_mean(name, _MONTH) for name in EFFORTS),
        )
    )


def people(given: Frames) -> pl.LazyFrame:
    """Members of `dim_salesperson` by name and team; a team that is not known is `unknown`."""
    return given["dim_salesperson"].select(
        "company",
        "salesperson_key",
        "salesperson_id",
        "start_date",
        "birth_date",
        salesperson="name",
        team=pl.col("team").fill_null(UNKNOWN),
    )


def _served(given: Frames) -> pl.LazyFrame:
    """Customers, those that are new to the company, and days, of the lines of each month."""
    buyers = pl.col("customer_key") != NOBODY
    first = (
        given["sums/date_customer"]
        .filter(buyers & (pl.col("lines") > 0))
        .group_by("customer_key")
        .agg(first_date=pl.col("date").min())
    )
    customers = pl.col("customer_key").filter(buyers)
    is_first = pl.col("order_date") == pl.col("first_date")
    return (
        given["fact_sales"]
        .filter(pl.col("status") != "cancelled")
        .select("company", "salesperson_key", "customer_key", "order_date")
        .unique()
        .join(first, on="customer_key", how="left")
        .group_by("company", "salesperson_key", month=pl.col("order_date").dt.truncate("1mo"))
        .agg(
            customers=customers.n_unique().cast(pl.Int64),
            new_customers=pl.col("customer_key").filter(is_first).n_unique().cast(pl.Int64),
            active_days=pl.col("order_date").n_unique().cast(pl.Int64),
        )
    )


def _touched(given: Frames) -> pl.LazyFrame:
    """Opportunities by the month of their first contact."""
    return (
        given["fact_opportunities"]
        .filter(pl.col("engage_date").is_not_null())
        .group_by("company", "salesperson_key", month=pl.col("engage_date").dt.truncate("1mo"))
        .agg(touched_opportunities=pl.len().cast(pl.Int64))
    )


def _results() -> pl.Expr:
    team = [*_MONTH, "team"]
    has_peers = (pl.col("team") != UNKNOWN) & (_KNOWN.sum().over(team) > 1)
    return (
        pl.when(has_peers)
        .then(_beside_mean("net_amount", team))
        .otherwise(_beside_mean("net_amount", _MONTH))
    )


def _beside_mean(name: str, within: list[str]) -> pl.Expr:
    """A person's number divided by its mean over the known people; null where nobody else is there."""
    count = _KNOWN.sum().over(within)
    total = pl.col(name).filter(_KNOWN).sum().over(within)
    part = pl.col(name).cast(pl.Float64) * count.cast(pl.Float64) / total.cast(pl.Float64)
    return pl.when(_KNOWN & (count > 1) & (total > 0)).then(part)
