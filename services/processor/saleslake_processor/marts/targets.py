"""Targets of months, beside what came of them."""

from collections.abc import Mapping

import polars as pl

from saleslake_processor import keys
from saleslake_processor.contracts.columns import MONEY
from saleslake_processor.marts import ratios

Frames = Mapping[str, pl.LazyFrame]

NET = "net_sales"

_CELL = ["company", "month", "kpi", "level", "member"]
_OF_TEAMS = {NET: "net_amount", "signed_amount": "signed_amount", "booked_amount": "booked_amount"}


def fact_targets(given: Frames) -> pl.LazyFrame:
    """Every target with its result. A member of which nothing is told in a month has a result of 0, once
    the company tells anything of the month."""
    teams = given["current/team"].select(member_key="team_key", team=pl.coalesce("name", "team_id"))
    is_team = pl.col("level") == "team"
    members = pl.concat(
        [
            given["dim_salesperson"].select(member_key="salesperson_key"),
            given["dim_store"].select(member_key="store_key"),
            given["current/category"].select(member_key="category_key"),
        ]
    ).with_columns(there=True)
    targets = (
        given["targets"]
        .join(teams, on="member_key", how="left")
        .join(members.unique(), on="member_key", how="left")
        .with_columns(team=pl.when(is_team).then(pl.coalesce("team", "member_id")))
        .with_columns(member=pl.coalesce("team", pl.col("member_key").cast(pl.String)))
    )
    told = given["kpis"].filter(pl.col("grain") == "month")
    months = told.group_by("company", month="period").agg(is_complete=pl.col("is_complete").all())
    return (
        targets.join(_actual(given, told), on=_CELL, how="left")
        .join(months, on=["company", "month"], how="left")
        .with_columns(
            actual_value=pl.coalesce(
                "actual",
                pl.when(pl.col("is_complete").is_not_null() & (pl.col("level") != "company")).then(
                    pl.lit(0, MONEY)
                ),
            ),
            is_complete=pl.col("is_complete").fill_null(False),
            **{f"{level}_key": _if_of(level) for level in ("salesperson", "store", "category")},
        )
        .with_columns(attainment_rate=ratios.of(pl.col("actual_value"), pl.col("target_value")))
    )


def of_members(targets: pl.LazyFrame, level: str) -> pl.LazyFrame:
    """Targets of net sales by `company`, `month` and `<level>_key`, as `target_amount`."""
    of_level = targets.filter((pl.col("level") == level) & (pl.col("kpi") == NET))
    key = pl.col("member_key").alias(f"{level}_key")
    return of_level.select("company", "month", key, target_amount="target_value")


def _actual(given: Frames, told: pl.LazyFrame) -> pl.LazyFrame:
    """Results by company, month, figure, level and member: the key of it, of a team its name."""
    days = given["sales_daily"].with_columns(month=pl.col("date").dt.truncate("1mo"))
    whole = told.select(
        "company", "kpi", level=pl.lit("company"), member=pl.lit("0"), month="period", actual="value"
    )
    net = {
        "salesperson": given["sales_by_salesperson"],
        "store": given["sales_by_store"],
        "category": days,
    }
    parts = [_summed(rows, level, f"{level}_key", NET, "net_amount") for level, rows in net.items()]
    parts += [
        _summed(given["team_performance"], "team", "team", kpi, amount) for kpi, amount in _OF_TEAMS.items()
    ]
    return pl.concat(each.select(*_CELL, "actual") for each in (whole, *parts))


def _summed(rows: pl.LazyFrame, level: str, member: str, kpi: str, amount: str) -> pl.LazyFrame:
    grain = ["company", "month", pl.col(member).cast(pl.String).alias("member")]
    sums = rows.group_by(grain).agg(actual=pl.col(amount).sum().cast(MONEY))
    return sums.with_columns(level=pl.lit(level), kpi=pl.lit(kpi))


def _if_of(level: str) -> pl.Expr:
    """The member's key, where it is a known one of the level."""
    known = (pl.col("level") == level) & pl.col("there").fill_null(False)
    return pl.when(known).then("member_key").otherwise(pl.lit(keys.UNKNOWN, pl.Int64))
