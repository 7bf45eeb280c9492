"""What days brought, and who was there on them, added up over the periods of all grains.

Every grain is a running sum: of a week since its Monday, to date since the year began, and of the last 12
months since ever, where what is older is taken away again. So one pass gives all, and distinct members add up
as well: each counts where it comes first.
"""

from collections.abc import Mapping, Sequence

import polars as pl

from saleslake_processor.marts.kpis.grains import ALL, GRAINS, MONTHS_BACK, ROLLING, Grain

_CELL = ["company", "grain", "period"]


def added_up(
    days: pl.LazyFrame,
    start: pl.LazyFrame,
    members: Mapping[str, pl.LazyFrame],
    stocks: Sequence[str] = (),
    grains: Sequence[Grain] = ALL,
) -> pl.LazyFrame:
    """One row per company, grain and period from the company's first day in `days` to its last.

    `days` has `company`, `date` and amounts that came on the day; `stocks` names those of them that tell by
    how much something moved, of which a period shows what it stands at in the end. `members` are counted
    distinct: frames of `company`, `date` and `member` by the name of the count. `start` has
    `fiscal_year_start`.
    """
    amounts = [name for name in days.collect_schema().names() if name not in ("company", "date")]
    flows = [name for name in amounts if name not in stocks]
    dated = {name: rows.join(start, how="cross").cache() for name, rows in {"": days, **members}.items()}
    given = []
    for grain in grains:
        given.append(_moved(dated[""], grain, flows, amounts))
        given += [_come(dated[name], grain, name) for name in members]
    sums = pl.concat(given, how="diagonal").group_by(_CELL).agg(pl.all().sum())
    running = [*flows, *members]
    return (
        _periods(days, start, grains)
        .join(sums, on=_CELL, how="left")
        .with_columns(pl.col(*amounts, *members).fill_null(0))
        .with_columns(
            pl.col(running).cum_sum().over("company", "grain", "since", order_by="period"),
            *(pl.col(name).cum_sum().over("company", "grain", order_by="period") for name in stocks),
        )
        .filter((pl.col("grain") != ROLLING.name) | (pl.col("period") >= pl.col("since")))
        .drop("since")
    )


def spans(days: pl.LazyFrame) -> pl.LazyFrame:
    """The first and the last day of each company, as `first` and `last`."""
    return days.group_by("company").agg(first=pl.col("date").min(), last=pl.col("date").max())


def _periods(days: pl.LazyFrame, start: pl.LazyFrame, grains: Sequence[Grain]) -> pl.LazyFrame:
    """Every period, with the day since which it adds up; of the rolling grain the first month to be told."""
    every = (
        spans(days)
        .with_columns(date=pl.date_ranges("first", "last"))
        .explode("date")
        .join(start, how="cross")
    )
    told = pl.col("first").dt.truncate("1mo").dt.offset_by(f"{MONTHS_BACK - 1}mo")
    return pl.concat(
        every.select(
            "company",
            grain=pl.lit(grain.name),
            period=grain.period,
            since=told if grain is ROLLING else grain.adds_up_from,
        ).unique()
        for grain in grains
    )


def _moved(days: pl.LazyFrame, grain: Grain, flows: list[str], amounts: list[str]) -> pl.LazyFrame:
    """What is added to the running sums in each period."""
    sums = days.group_by("company", period=grain.period).agg(pl.col(amounts).sum())
    if grain is ROLLING:
        gone = sums.with_columns(_gone(pl.col("period")), -pl.col(flows)).select("company", "period", *flows)
        sums = pl.concat([sums, gone], how="diagonal")
    return sums.with_columns(grain=pl.lit(grain.name))


def _come(members: pl.LazyFrame, grain: Grain, name: str) -> pl.LazyFrame:
    """How many members are added to the running count in each period, less those who left it."""
    at = members.select("company", "member", period=grain.period, since=grain.adds_up_from)
    if grain in GRAINS:
        first = at.group_by("company", "member", "since").agg(pl.col("period").min())
        moves = first.select("company", "period", pl.lit(1, pl.Int64).alias(name))
    else:
        there = at.select("company", "member", "period").unique()
        again = pl.col("period").shift(-1).over("company", "member", order_by="period")
        # Whoever comes again before leaving counts on, once.
        left = there.with_columns(period=pl.min_horizontal(again, _gone(pl.col("period"))))
        moves = pl.concat(
            rows.select("company", "period", pl.lit(by, pl.Int64).alias(name))
            for rows, by in ((there, 1), (left, -1))
        )
    return moves.group_by("company", "period").agg(pl.col(name).sum()).with_columns(grain=pl.lit(grain.name))


def _gone(month: pl.Expr) -> pl.Expr:
    return month.dt.offset_by(f"{MONTHS_BACK}mo")
