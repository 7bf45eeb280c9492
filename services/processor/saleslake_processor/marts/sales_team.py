"""Facts of the sales team: each row of the entity is one of the fact."""

from collections.abc import Mapping

import polars as pl

from saleslake_processor import keys
from saleslake_processor.contracts.entities import ENTITIES
from saleslake_processor.derive.amounts import TAX_FACTOR
from saleslake_processor.derive.rates import Ask, converted, holds, rated, ratio
from saleslake_processor.money import amount, fine, rounded

Frames = Mapping[str, pl.LazyFrame]

_PLACES = pl.col("money_places")
_CLOSED = pl.col("status").is_in(["signed", "lost"])


def fact_opportunities(given: Frames) -> pl.LazyFrame:
    """Opportunities, with the days from the first contact (else the attribution) to the close."""
    days = (pl.col("close_date") - pl.coalesce("engage_date", "attribution_date")).dt.total_days()
    valued_on = pl.coalesce(pl.when(_CLOSED).then("close_date"), "attribution_date")
    rows = _rows(given, "opportunity", "opportunity_amount", valued_on)
    return rows.with_columns(cycle_days=pl.when(_CLOSED & (days >= 0)).then(days))


def fact_bookings(given: Frames) -> pl.LazyFrame:
    """Bookings, by the first day of their month."""
    rows = _rows(given, "booking", "booked_amount", pl.col("month").dt.month_end())
    return rows.with_columns(pl.col("month").dt.truncate("1mo"))


def _rows(given: Frames, name: str, said: str, valued_on: pl.Expr) -> pl.LazyFrame:
    """The current rows of an entity as rows of a fact: whole keys, and the amount that they say without tax,
    in the company's currency and in their own."""
    entity = ENTITIES[name]
    referring = [f"{field.removesuffix('_id')}_key" for field in entity.references]
    own = pl.coalesce("currency", "source_currency")
    rows = given[f"current/{name}"].with_columns(
        pl.col(referring).fill_null(keys.UNKNOWN),
        touch_key=pl.col(entity.key),
        original_currency=own,
        # A log that is older than reporting currencies has none.
        currency=pl.coalesce("reporting_currency", own),
        valued_on=valued_on,
        original=rounded(fine(pl.col(said)) * 10_000, TAX_FACTOR, _PLACES),
    )
    asks = {"own": Ask("original_currency", "currency", "valued_on", pl.col("original").is_not_null())}
    there = converted(pl.col("original"), "own", _PLACES)
    foreign = pl.col("original_currency") != pl.col("currency")
    converted_rows, _ = rated(rows, given["current/exchange_rate"], asks)
    return converted_rows.with_columns(
        amount(pl.when(holds(there)).then(there)).alias(said),
        amount(pl.col("original")).alias(f"original_{said}"),
        exchange_rate=pl.when(foreign & pl.col("original").is_null()).then(None).otherwise(ratio("own")),
    )
