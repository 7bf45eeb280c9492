"""Whose an account is: of who signed it first."""

from collections.abc import Mapping

import polars as pl

from saleslake_processor.keys import UNKNOWN as NOBODY
from saleslake_processor.marts.opportunities import SIGNED, worked

Frames = Mapping[str, pl.LazyFrame]

FIRST = pl.struct(pl.col("closed_on").fill_null(pl.date(9999, 12, 31)), "opportunity_id", "opportunity_key")
"""Order in which signed opportunities come, those without a day last."""


def winners(given: Frames) -> pl.LazyFrame:
    """Known accounts with `salesperson_key` and `team` of their first signed opportunity."""
    return (
        worked(given)
        .filter(SIGNED & (pl.col("account_key") != NOBODY))
        .group_by("company", "account_key")
        .agg(pl.col("salesperson_key", "team").sort_by(FIRST).first())
    )


def booked(given: Frames) -> pl.LazyFrame:
    """Bookings with `salesperson_key` and `team` of who won their account; nobody and null where none did."""
    return (
        given["fact_bookings"]
        .join(winners(given), on=["company", "account_key"], how="left")
        .with_columns(pl.col("salesperson_key").fill_null(NOBODY))
    )
