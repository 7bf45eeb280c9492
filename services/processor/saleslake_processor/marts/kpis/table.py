"""What management asks for, by period, beside the period before and the same one a year before."""

from collections.abc import Mapping

import polars as pl

from saleslake_processor.contracts.columns import MONEY
from saleslake_processor.contracts.kpis import UNITS, Kpis
from saleslake_processor.marts import ratios
from saleslake_processor.marts.kpis import days, targets
from saleslake_processor.marts.kpis.grains import ALL
from saleslake_processor.marts.kpis.periods import added_up, spans
from saleslake_processor.money import TICKS, amount, rounded, ticks

Frames = Mapping[str, pl.LazyFrame]

_CELL = ["company", "grain", "period", "kpi"]

_BY_DAY = ("net_sales", "sales", "gross_sales", "margin", "orders", "new_customers", "signed_amount")
"""Told of days as well: what adds up over them."""

_ADDITIVE = (*_BY_DAY, "booked_amount")
"""Of which the targets of months add up to that of a longer period."""

_OF_MONTHS = tuple(grain for grain in ALL if grain.name not in ("day", "week"))


def _sum(name: str) -> pl.Expr:
    return pl.col(name).cast(MONEY)


def _ratio(part: pl.Expr, whole: pl.Expr) -> pl.Expr:
    """A quotient of two amounts or numbers; null where the second is not above 0."""
    over = ticks(whole.cast(MONEY))
    there = pl.when(over > 0).then(over)
    return amount(rounded(ticks(part.cast(MONEY)) * TICKS, there, pl.lit(MONEY.scale)))


_SALES = {
    "net_sales": _sum("net_amount"),
    "sales": _sum("sales_amount"),
    "gross_sales": _sum("gross_amount"),
    "margin": _sum("margin_amount"),
    "margin_rate": _ratio(pl.col("margin_amount"), pl.col("net_amount") - pl.col("uncosted_amount")),
    "orders": _sum("orders"),
    "average_order": _ratio(pl.col("net_amount"), pl.col("orders")),
    "units_per_order": _ratio(pl.col("units"), pl.col("orders")),
    "customers": _sum("customers"),
    "new_customers": _sum("new_customers"),
    "repeat_rate": _ratio(pl.col("customers") - pl.col("new_customers"), pl.col("customers")),
    "return_rate": _ratio(pl.col("returned_units"), pl.col("units")),
    "discount_rate": _ratio(pl.col("discount_amount"), pl.col("gross_amount")),
}
_TEAM = {
    "win_rate": _ratio(pl.col("signed"), pl.col("closed")),
    "pipeline_value": _sum("pipeline_amount"),
    "signed_amount": _sum("signed_amount"),
}
_BOOKINGS = {"booked_amount": _sum("booked_amount")}


def kpis(given: Frames) -> pl.LazyFrame:
    """Sales, what the sales team worked on, and bookings, each over the days that it was told of."""
    start = given["publication"].select("fiscal_year_start")
    sold, worked, booked = days.sold(given), days.worked(given), days.booked(given)
    members = {"orders": days.orders(given), "customers": days.buyers(given)}
    rows = pl.concat(
        [
            _told(added_up(sold, start, members), _SALES),
            _told(added_up(worked, start, {}, ["pipeline_amount"]), _TEAM),
            _told(added_up(booked, start, {}, grains=_OF_MONTHS), _BOOKINGS),
        ]
    ).filter((pl.col("grain") != "day") | pl.col("kpi").is_in(_BY_DAY))
    return (
        _compared(rows)
        .join(targets.of_periods(given["targets"], start, _ADDITIVE), on=_CELL, how="left")
        .join(_grains("length", "length"), on="grain")
        .join(_as_of(sold, worked, booked), on="company")
        .with_columns(
            unit=pl.col("kpi").replace_strict(UNITS, return_dtype=pl.String),
            attainment_rate=ratios.of(pl.col("value"), pl.col("target")),
            is_complete=pl.col("period").dt.offset_by(pl.col("length")) <= pl.col("as_of"),
        )
        .select(Kpis.column_names())
    )


def _told(levels: pl.LazyFrame, values: Mapping[str, pl.Expr]) -> pl.LazyFrame:
    """A row for each figure of a period."""
    cell = _CELL[:-1]
    return levels.select(*cell, **values).unpivot(list(values), index=cell, variable_name="kpi")


def _compared(rows: pl.LazyFrame) -> pl.LazyFrame:
    """With the figures of other periods, where these are told."""
    told = rows.cache()
    rows = told
    for name in ("previous", "year_before"):
        other = told.select(*_CELL, "value").rename({"period": "other", "value": name})
        rows = (
            rows.join(_grains(name, "back"), on="grain")
            .with_columns(other=pl.col("period").dt.offset_by(pl.col("back")))
            .join(other, on=["company", "grain", "other", "kpi"], how="left")
            .drop("other", "back")
        )
    return rows.with_columns(
        _change(name).alias(f"{name}_change_rate") for name in ("previous", "year_before")
    )


def _change(name: str) -> pl.Expr:
    before, now = pl.col(name).cast(pl.Float64), pl.col("value").cast(pl.Float64)
    return pl.when(pl.col(name) > 0).then((now - before) / before)


def _grains(attribute: str, column: str) -> pl.LazyFrame:
    values = [getattr(grain, attribute) for grain in ALL]
    return pl.LazyFrame({"grain": [grain.name for grain in ALL], column: values})


def _as_of(sold: pl.LazyFrame, worked: pl.LazyFrame, booked: pl.LazyFrame) -> pl.LazyFrame:
    """The day after the last business date; without sales, after the last day that anything else tells."""
    others = [spans(worked), spans(booked).with_columns(pl.col("last").dt.month_end())]
    rest = pl.concat(others).group_by("company").agg(other=pl.col("last").max())
    both = spans(sold).join(rest, on="company", how="full", coalesce=True)
    return both.select("company", as_of=pl.coalesce("last", "other").dt.offset_by("1d"))
