"""Facts of the sales team: each row of the entity is one of the fact."""

from collections.abc import Mapping

import polars as pl

from saleslake_processor import keys
from saleslake_processor.contracts.entities import ENTITIES
from saleslake_processor.money import FINE, amount, fine, rounded

Frames = Mapping[str, pl.LazyFrame]


def fact_opportunities(given: Frames) -> pl.LazyFrame:
    """Opportunities, with the days from the first contact (else the attribution) to the close."""
    closed = pl.col("status").is_in(["signed", "lost"])
    days = (pl.col("close_date") - pl.coalesce("engage_date", "attribution_date")).dt.total_days()
    return _rows(given, "opportunity").with_columns(cycle_days=pl.when(closed & (days >= 0)).then(days))


def fact_bookings(given: Frames) -> pl.LazyFrame:
    """Bookings, by the first day of their month."""
    return _rows(given, "booking").with_columns(pl.col("month").dt.truncate("1mo"))


def _rows(given: Frames, name: str) -> pl.LazyFrame:
    """The current rows of an entity as rows of a fact: whole keys, amounts without tax."""
    entity = ENTITIES[name]
    referring = [f"{field.removesuffix('_id')}_key" for field in entity.references]
    amounts = [field for field in entity.fields if field.endswith("_amount")]
    return given[f"current/{name}"].with_columns(
        pl.col(referring).fill_null(keys.UNKNOWN), *(_without_tax(field).alias(field) for field in amounts)
    )


def _without_tax(field: str) -> pl.Expr:
    factor = FINE + pl.when("prices_include_tax").then(fine(pl.col("tax_rate"))).otherwise(0)
    return amount(rounded(fine(pl.col(field)) * 10_000, factor, pl.col("money_places")))
