"""What each day brought to a company: sales, closed opportunities, bookings; who bought, and which orders."""

from collections.abc import Mapping

import polars as pl

from saleslake_processor import keys
from saleslake_processor.contracts.columns import MONEY

Frames = Mapping[str, pl.LazyFrame]

_SOLD = (
    "gross_amount",
    "discount_amount",
    "sales_amount",
    "net_amount",
    "margin_amount",
    "uncosted_amount",
    "units",
    "returned_units",
)


def sold(given: Frames) -> pl.LazyFrame:
    """Measures by day with a sale or return that counts, and `new_customers`: known ones, on the day of their
    first order."""
    rows = given["sums/date_customer"].filter(pl.col("counted") > 0)
    first = buyers(given).group_by("company", "member").agg(pl.col("date").min())
    new = first.group_by("company", "date").agg(new_customers=pl.len().cast(pl.Int64))
    return (
        rows.group_by("company", "date")
        .agg(pl.col(*_SOLD).sum())
        .join(new, on=["company", "date"], how="left")
        .with_columns(pl.col("new_customers").fill_null(0))
    )


def buyers(given: Frames) -> pl.LazyFrame:
    """Known customers by the days on which they ordered."""
    known = (pl.col("lines") > 0) & (pl.col("customer_key") != keys.UNKNOWN)
    return given["sums/date_customer"].filter(known).select("company", "date", member="customer_key")


def orders(given: Frames) -> pl.LazyFrame:
    """Orders by the days of their lines that count; mostly one each."""
    counted = given["fact_sales"].filter(pl.col("status") != "cancelled")
    return counted.select("company", date="order_date", member="order_key").unique()


def worked(given: Frames) -> pl.LazyFrame:
    """By day: opportunities signed and closed, the amounts signed, and by how much the open ones changed.

    One opens on the day of its attribution, else of the first contact, and closes on its closing day, never
    before it opened; where that is not known, it closes as it opens. Without any day it is in no period.
    """
    opens = pl.coalesce("attribution_date", "engage_date", "close_date")
    closed, signed = pl.col("status").is_in(["signed", "lost"]), pl.col("status") == "signed"
    worth = pl.col("opportunity_amount").fill_null(0)
    rows = given["fact_opportunities"].with_columns(opens=opens, closes=pl.coalesce("close_date", opens))
    nothing = pl.lit(0, MONEY)
    came = rows.select("company", date="opens", pipeline_amount=worth)
    went = rows.filter(closed).select(
        "company", date=pl.max_horizontal("opens", "closes"), pipeline_amount=-worth
    )
    ended = rows.filter(closed).select(
        "company",
        date="closes",
        closed=pl.lit(1, pl.Int64),
        signed=signed.cast(pl.Int64),
        signed_amount=pl.when(signed).then(worth).otherwise(nothing),
    )
    moves = pl.concat([came, went, ended], how="diagonal").filter(pl.col("date").is_not_null())
    return moves.group_by("company", "date").agg(
        pl.col("closed", "signed", "signed_amount", "pipeline_amount").sum()
    )


def booked(given: Frames) -> pl.LazyFrame:
    """What was booked, by the first day of its month."""
    return given["fact_bookings"].group_by("company", date="month").agg(pl.col("booked_amount").sum())
