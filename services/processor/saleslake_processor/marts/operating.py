"""Tables about the lake itself."""

from collections.abc import Mapping

import polars as pl

from saleslake_processor.contracts.columns import MONEY
from saleslake_processor.contracts.operations import BatchLedger
from saleslake_processor.derive.results import waiting
from saleslake_processor.keys import UNKNOWN
from saleslake_processor.marts.as_of import business_dates

Frames = Mapping[str, pl.LazyFrame]

_TOTALS = [
    "lines",
    "orders",
    *(f"{name}_amount" for name in ("sales", "returned", "net", "refunded", "margin", "uncosted", "total")),
]
_GRAIN = ["source", "batch", "raw_table", "entity"]


def batch_ledger(given: Frames) -> pl.LazyFrame:
    """The ledger as it was written, with rows that wait taken out of what they were counted as."""
    outcomes = ["new", "updated", "unchanged"]
    waits = (
        given["waiting"]
        .group_by(_GRAIN)
        .agg(
            (pl.col("outcome") == outcome).sum().cast(pl.Int64).alias(f"waiting:{outcome}")
            for outcome in outcomes
        )
    )
    counts = [pl.col(f"waiting:{outcome}").fill_null(0) for outcome in outcomes]
    return (
        given["ledger"]
        .join(waits, on=_GRAIN, how="left")
        .with_columns(waiting=pl.sum_horizontal(counts))
        .with_columns(pl.col(name) - count for name, count in zip(outcomes, counts, strict=True))
        .select(BatchLedger.column_names())
    )


def refresh_info(given: Frames) -> pl.LazyFrame:
    """What the snapshot reflects, by company. `as_of` is the day after the last business date, never now;
    what the sales team works on does not move it."""
    dates = business_dates(given)
    totals = given["sums/company"].select("company", *_TOTALS)
    known = given["sums/month_customer"].filter((pl.col("lines") > 0) & (pl.col("customer_key") != UNKNOWN))
    customers = known.group_by("company").agg(customers=pl.col("customer_key").n_unique().cast(pl.Int64))
    batches = (
        given["ledger"]
        .group_by("company")
        .agg(
            pl.col("quarantined", "held").sum(),
            sources=pl.col("source").unique().sort().str.join(", "),
            first_batch=pl.col("batch").min(),
            last_batch=pl.col("batch").max(),
            batches=pl.struct("source", "batch").n_unique().cast(pl.Int64),
        )
    )
    opportunities, bookings = given["fact_opportunities"], given["fact_bookings"]
    signed = pl.col("opportunity_amount").filter(pl.col("status") == "signed")
    worked_on = opportunities.group_by("company").agg(
        opportunities=_count(),
        signed_amount=signed.sum(),
        unrated_opportunities=_unrated("opportunity_amount"),
    )
    booked = bookings.group_by("company").agg(
        bookings=_count(),
        booked_amount=pl.col("booked_amount").sum(),
        unrated_bookings=_unrated("booked_amount"),
    )
    now = given["restatements"].join(given["publication"], on="snapshot", how="semi")
    restated = now.group_by("company").agg(restated=_count())
    waits = waiting(given["waiting"], given["ledger"])
    rows = batches
    for of_company in (dates, totals, customers, worked_on, booked, waits, restated):
        rows = rows.join(of_company, on="company", how="left")
    return (
        rows.with_columns(pl.col(pl.Int64).fill_null(0), pl.col(pl.Decimal).fill_null(0).cast(MONEY))
        .join(given["publication"].drop("fiscal_year_start"), how="cross")
        .with_columns(as_of=pl.col("last_date").dt.offset_by("1d"))
        .with_columns(closed_month=_closed())
    )


def _closed() -> pl.Expr:
    """The last month that lies wholly before `as_of`, where the company's first day does as well."""
    month = pl.col("as_of").dt.truncate("1mo").dt.offset_by("-1mo")
    return pl.when(pl.col("first_date").dt.truncate("1mo") <= month).then(month)


def _unrated(amount: str) -> pl.Expr:
    """Rows that have an amount, of which no exchange rate makes one in the company's currency."""
    return (pl.col(f"original_{amount}").is_not_null() & pl.col(amount).is_null()).sum().cast(pl.Int64)


def _count() -> pl.Expr:
    return pl.len().cast(pl.Int64)
