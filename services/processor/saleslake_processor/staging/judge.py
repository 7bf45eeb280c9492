"""Rows against the contract of their entity, and what a person decided about those that break it."""

from functools import cache

import dataframely as dy
import polars as pl

from saleslake.profiles import Mapping
from saleslake_processor.contracts.entities import Entity

POSITION = "position"
"""Column that numbers the rows."""


def decided_on(decided: pl.DataFrame | None, action: str, entity: Entity, mapping: Mapping) -> pl.Series:
    """Numbers of the raw rows for which, read as the entity, an action was decided."""
    if decided is None:
        return pl.Series(dtype=pl.Int64)
    same = (
        (pl.col("action") == action)
        & (pl.col("entity") == entity.name)
        & (pl.col("raw_table") == mapping.from_)
    )
    return decided.filter(same)["row"]


def let_in(rows: pl.LazyFrame, entity: Entity, released: pl.Series) -> pl.LazyFrame:
    """Rows with what the profile's own rules say (`conditions.refusal`): released ones are not refused by
    them, and without the value that the rule is about, where they may be without."""
    if released.is_empty():
        return rows
    about = pl.when(pl.col("row").is_in(released.implode())).then("field")
    free = about.is_in(list(optional(entity))).fill_null(False)
    return rows.with_columns(
        *(
            pl.when(about.ne_missing(pl.lit(field))).then(name).alias(name)
            for field in sorted(optional(entity))
            for name in _made_of(field, entity)
        ),
        *(pl.when(~free).then(name).alias(name) for name in ("rule", "field")),
    )


def held_to_contract(
    typed: pl.DataFrame, judged: pl.Expr, entity: Entity, released: pl.Series
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows, and place, rule and field of those that break the contract; released ones without the
    values that break it, where they may be without."""
    while True:
        _, failure = _with_position(entity).filter(typed.filter(judged).select(POSITION, *entity.fields))
        broken = _rule_broken(failure.details(), entity)
        if released.is_empty():
            return typed, broken
        places = typed.filter(pl.col("row").is_in(released.implode()))[POSITION]
        emptied = broken.filter(
            pl.col(POSITION).is_in(places.implode()) & pl.col("field").is_in(list(optional(entity)))
        )
        if emptied.is_empty():
            return typed, broken
        typed = typed.with_columns(
            pl.when(~pl.col(POSITION).is_in(of_field[POSITION].implode())).then(name).alias(name)
            for (field,), of_field in emptied.group_by("field")
            for name in _made_of(str(field), entity)
        )


def optional(entity: Entity) -> set[str]:
    """Fields that a row may be without: for these a refused row can be released."""
    return {name for name, column in entity.fields.items() if column.nullable}


def _made_of(field: str, entity: Entity) -> list[str]:
    return [field, f"{field.removesuffix('_id')}_key"] if field in entity.references else [field]


@cache
def _with_position(entity: Entity) -> type[dy.Schema]:
    """The entity's contract and the row's place: what a contract passes loses all other columns."""
    return type(entity.contract.__name__, (entity.contract,), {POSITION: dy.UInt32(nullable=False)})


def _rule_broken(details: pl.DataFrame, entity: Entity) -> pl.DataFrame:
    """Place, first broken rule of the contract, and the field that it is about, of each refused row."""
    rules = [name for name, dtype in details.schema.items() if isinstance(dtype, pl.Enum)]
    broken = [pl.when(pl.col(name).cast(pl.String) == "invalid").then(pl.lit(name)) for name in rules]
    names = "|".join(sorted(entity.fields, key=len, reverse=True))
    return details.select(POSITION, rule=pl.coalesce([*broken, pl.lit("?")])).with_columns(
        field=pl.col("rule").str.extract(f"^({names})")
    )
