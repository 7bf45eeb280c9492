"""A made-up shop for the tests of staging: its profile in few words, and rows as the scraper leaves them."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl

from saleslake.profiles import Source
from saleslake.raw import ROWS_PER_FILE
from saleslake_processor.contracts.entities import ENTITIES
from saleslake_processor.staging.check import faults
from saleslake_processor.staging.stage import Staged, stage

FETCHED_AT = datetime(2026, 3, 1, 12, tzinfo=UTC)

LINE: dict[str, Any] = {"key": "id", "fields": {"product_id": "product", "quantity": "quantity"}}
"""The least that an order line is made of."""


def source(entities: Mapping[str, Any], **said: Any) -> Source:
    """A profile whose mappings all read the table `rows`."""
    mappings = {
        name: [{"from": "rows", **each} for each in (some if isinstance(some, list) else [some])]
        for name, some in entities.items()
    }
    whole = {
        "name": "shop",
        "company": "acme",
        "address": "exports",
        "currency": "EUR",
        "time_zone": "Europe/Paris",
        "tables": {"rows": {"files": "rows.csv"}},
        "entities": mappings,
    }
    return Source.model_validate(whole | said)


def raw(rows: Iterable[Mapping[str, Any]], address: str = "exports/rows.csv", file: int = 1) -> pl.DataFrame:
    """Rows of a raw table, all of one file."""
    frame = pl.DataFrame(list(rows), infer_schema_length=None).cast(pl.String)
    return frame.with_columns(
        _address=pl.lit(address),
        _fetched_at=pl.lit(FETCHED_AT, pl.Datetime("us", "UTC")),
        _row=pl.int_range(1, pl.len() + 1, dtype=pl.Int64) + file * ROWS_PER_FILE,
        _content_hash=pl.lit("0"),
    )


def staged(entity: str, mapping: Mapping[str, Any], rows: pl.DataFrame, **said: Any) -> Staged:
    """What becomes of the rows under the mapping, which must be a valid one."""
    profile = source({entity: mapping}, **said)
    assert list(faults(profile, Path())) == []
    return stage(rows, profile, ENTITIES[entity], profile.entities[entity][0], "20260301T120000000000Z")
