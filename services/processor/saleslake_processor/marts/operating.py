"""Tables about the lake itself."""

from collections.abc import Mapping

import polars as pl

from saleslake_processor.contracts.columns import MONEY
from saleslake_processor.contracts.operations import BatchLedger

Frames = Mapping[str, pl.LazyFrame]

_GRAIN = ["source", "batch", "raw_table", "entity"]


def batch_ledger(given: Frames) -> pl.LazyFrame:
    """The ledger as it was written, with rows that wait taken out of what they were counted as."""
    outcomes = ["new", "updated", "unchanged"]
    waiting = (
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
        .join(waiting, on=_GRAIN, how="left")
        .with_columns(waiting=pl.sum_horizontal(counts))
        .with_columns(pl.col(name) - count for name, count in zip(outcomes, counts, strict=True))
        .select(BatchLedger.column_names())
    )


def refresh_info(given: Frames) -> pl.LazyFrame:
    """What the snapshot reflects, by company. `as_of` is the day after the last business date, never now;
    what the sales team works on does not move it."""
    dates = (
        given["sums/date_store_category"]
        .filter(pl.col("counted") > 0)
        .group_by("company")
        .agg(first_date=pl.col("date").min(), last_date=pl.col("date").max())
    )
    totals = given["sums/company"].select("company", "lines", "orders", "sales_amount", "net_amount")
    batches = given["ledger"].group_by("company").agg(last_batch=pl.col("batch").max())
    opportunities, bookings = given["fact_opportunities"], given["fact_bookings"]
    signed = pl.col("opportunity_amount").filter(pl.col("status") == "signed")
    worked_on = opportunities.group_by("company").agg(opportunities=_count(), signed_amount=signed.sum())
    booked = bookings.group_by("company").agg(bookings=_count(), booked_amount=pl.col("booked_amount").sum())
    rows = batches
    for of_company in (dates, totals, worked_on, booked):
        rows = rows.join(of_company, on="company", how="left")
    return (
        rows.with_columns(pl.col(pl.Int64).fill_null(0), pl.col(pl.Decimal).fill_null(0).cast(MONEY))
        .join(given["publication"].drop("fiscal_year_start"), how="cross")
        .with_columns(as_of=pl.col("last_date").dt.offset_by("1d"))
    )


def _count() -> pl.Expr:
    return pl.len().cast(pl.Int64)
