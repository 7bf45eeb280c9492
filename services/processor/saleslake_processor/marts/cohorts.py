"""Cohorts: who began to buy, or to book, in the same month, and what became of them."""

from collections.abc import Mapping

import polars as pl

from saleslake_processor import keys
from saleslake_processor.contracts.columns import MONEY
from saleslake_processor.money import amount, rounded, ticks

Frames = Mapping[str, pl.LazyFrame]

_COHORT = ["company", "basis", "cohort_month"]
_ADDED = ["active_customers", "orders", "net_amount", "booked_amount"]
_MONEY = ["net_amount", "booked_amount"]


def cohort_retention(given: Frames) -> pl.LazyFrame:
    """Cohorts of customers and of accounts by every month since, and what is in none of them."""
    sold = (
        given["sums/month_customer"]
        .filter(pl.col("counted") > 0)
        .with_columns(
            basis=pl.lit("customer"),
            member="customer_key",
            is_active=(pl.col("lines") > 0) & (pl.col("customer_key") != keys.UNKNOWN),
            booked_amount=pl.lit(0, MONEY),
        )
    )
    booked = (
        given["fact_bookings"]
        .group_by("company", "month", member="account_key")
        .agg(booked_amount=pl.col("booked_amount").sum().cast(MONEY))
        .with_columns(
            basis=pl.lit("account"),
            is_active=(pl.col("booked_amount") > 0) & (pl.col("member") != keys.UNKNOWN),
            orders=pl.lit(0, pl.Int64),
            net_amount=pl.lit(0, MONEY),
        )
    )
    columns = ["company", "basis", "member", "month", "is_active", "orders", *_MONEY]
    months = pl.concat([sold.select(columns), booked.select(columns)])
    began = (
        months.filter("is_active")
        .group_by("company", "basis", "member")
        .agg(cohort_month=pl.col("month").min())
    )
    cells = _cells(months.join(began, on=["company", "basis", "member"], how="left"))
    triangle = (
        began.group_by(_COHORT)
        .agg(customers=pl.len().cast(pl.Int64))
        .join(months.group_by("company", "basis").agg(last=pl.col("month").max()), on=["company", "basis"])
        .with_columns(age_months=pl.int_ranges(0, _months_since(pl.col("last")) + 1, dtype=pl.Int64))
        .explode("age_months")
    )
    rest = cells.filter(pl.col("basis") == "unknown").with_columns(customers=pl.lit(0, pl.Int64))
    rows = pl.concat(
        [triangle.drop("last").join(cells, on=[*_COHORT, "age_months"], how="left"), rest], how="diagonal"
    ).with_columns(pl.col(_ADDED).fill_null(0))
    size = pl.when(pl.col("customers") > 0).then(pl.col("customers"))
    so_far = (pl.col("net_amount") + pl.col("booked_amount")).cum_sum().over(_COHORT, order_by="age_months")
    return rows.with_columns(
        pl.col(_MONEY).cast(MONEY),
        retention_rate=pl.col("active_customers") / size,
        value_amount=amount(rounded(ticks(so_far), size, pl.lit(MONEY.scale))),
    )


def _cells(months: pl.LazyFrame) -> pl.LazyFrame:
    """What is in each cohort by age; what has none, or was before it, by its own month at age 0."""
    within = (pl.col("month") >= pl.col("cohort_month")).fill_null(False)
    return (
        months.with_columns(
            basis=pl.when(within).then("basis").otherwise(pl.lit("unknown")),
            cohort_month=pl.when(within).then("cohort_month").otherwise("month"),
            active_customers=(within & pl.col("is_active")).cast(pl.Int64),
        )
        .group_by(*_COHORT, age_months=_months_since(pl.col("month")))
        .agg(pl.col(_ADDED).sum())
    )


def _months_since(month: pl.Expr) -> pl.Expr:
    """Whole months from the cohort's to another one."""
    cohort = pl.col("cohort_month")
    years = month.dt.year().cast(pl.Int64) - cohort.dt.year().cast(pl.Int64)
    return 12 * years + month.dt.month().cast(pl.Int64) - cohort.dt.month().cast(pl.Int64)
