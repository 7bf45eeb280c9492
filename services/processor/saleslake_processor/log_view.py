"""What counts of the log: a batch may have been staged several times, and the ledger says which rows hold.

Rows of a staging that is not in the ledger yet (a pass was killed), or no longer (the batch was staged
again), are in the log, and count for nothing.
"""

from collections.abc import Mapping

import polars as pl

from saleslake.lake import Lake
from saleslake_processor import lake_log, ledger
from saleslake_processor.contracts.entities import ENTITIES
from saleslake_processor.staging.stage import log_schema

STAGING = "staging"

SCHEMAS: dict[str, dict[str, pl.DataType]] = {
    name: {**log_schema(entity), "outcome": pl.String()} for name, entity in ENTITIES.items()
}
"""Columns of the versions by entity: those of staging, and what the version did when it came
(`versions.judged`)."""


def stored(entity: str) -> dict[str, pl.DataType]:
    """Columns of an entity's log as it lies."""
    return {**SCHEMAS[entity], STAGING: pl.Int64()}


def scan(lake: Lake, entity: str, stagings: pl.DataFrame | None = None) -> pl.LazyFrame:
    """The versions of an entity that count, or those of the given stagings (`ledger.stagings`)."""
    among = ledger.stagings(lake) if stagings is None else stagings
    return _of(lake_log.scan(lake, entity, stored(entity)), entity, among)


def scan_only(lake: Lake, entity: str, stagings: pl.DataFrame) -> pl.LazyFrame:
    """As `scan`, for few of many stagings: files of other batches are not read."""
    found = lake_log.scan_batches(lake, entity, stored(entity), stagings["batch"].unique().to_list())
    return _of(found, entity, stagings)


def scan_all(lake: Lake) -> Mapping[str, pl.LazyFrame]:
    """The versions that count, by entity."""
    among = ledger.stagings(lake)
    return {name: scan(lake, name, among) for name in ENTITIES}


def _of(rows: pl.LazyFrame, entity: str, stagings: pl.DataFrame) -> pl.LazyFrame:
    counts = pl.col(STAGING).is_in(stagings.filter(pl.col(STAGING) != 0)[STAGING].implode())
    # Lakes of before there were numbers: there a batch was staged once.
    first = stagings.filter(pl.col(STAGING) == 0).select(_batch()).to_series()
    if first.len():
        counts |= pl.col(STAGING).is_null() & _batch().is_in(first.implode())
    return rows.filter(counts.fill_null(False)).select(*SCHEMAS[entity])


def _batch() -> pl.Expr:
    return pl.concat_str("batch", "source", separator="/")
