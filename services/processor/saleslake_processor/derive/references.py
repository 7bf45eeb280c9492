"""Members that rows refer to: those not there yet appear in gold as inferred members, by their id alone."""

from collections.abc import Iterator, Mapping

import polars as pl

from saleslake_processor.contracts.entities import ENTITIES, Entity

SCHEMA: dict[str, pl.DataType] = {
    "entity": pl.String(),
    "company": pl.String(),
    "key": pl.Int64(),
    "id": pl.String(),
}
"""One row per member that any version of any row refers to."""


def referred(added: Mapping[str, pl.LazyFrame]) -> pl.LazyFrame:
    """The members that the versions refer to."""
    found = [members for name, rows in added.items() for members in _of(ENTITIES[name], rows)]
    return pl.concat(found).unique()


def _of(entity: Entity, rows: pl.LazyFrame) -> Iterator[pl.LazyFrame]:
    for field, target in entity.references.items():
        key = f"{field.removesuffix('_id')}_key"
        yield rows.select(pl.lit(target).alias("entity"), "company", key=key, id=field).drop_nulls()
