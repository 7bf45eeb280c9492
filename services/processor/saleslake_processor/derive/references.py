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
"""One row per member of a dimension that any version of any row refers to."""


def referred(added: Mapping[str, pl.LazyFrame]) -> pl.LazyFrame:
    """The members that the versions refer to. Orders and their lines are no members of anything."""
    dimensions = [name for name, entity in ENTITIES.items() if entity.is_dimension]
    found = []
    for target in dimensions:
        named = [members for name, rows in added.items() for members in _of(ENTITIES[name], target, rows)]
        if named:
            members = pl.concat(named).unique()
            found.append(members.select(pl.lit(target).alias("entity"), "company", "key", "id"))
    return pl.concat(found)


def _of(entity: Entity, target: str, rows: pl.LazyFrame) -> Iterator[pl.LazyFrame]:
    for field, to in entity.references.items():
        if to == target:
            yield rows.select("company", key=f"{field.removesuffix('_id')}_key", id=field).drop_nulls()
