"""Profiles against contracts: what a profile maps must be there to be mapped, and be read as what it is."""

from collections.abc import Iterator
from pathlib import Path

import polars as pl
from polars.exceptions import PolarsError

from saleslake.profiles import Fault, Field, Mapping, Source
from saleslake_processor.contracts.entities import ENTITIES, Entity

_VERBS: dict[type[pl.DataType], tuple[str, tuple[str, ...]]] = {
    pl.String: ("a text", ("number", "text")),
    pl.Date: ("a day", ("date",)),
    pl.Datetime: ("an instant", ("date",)),
    pl.Decimal: ("a number", ("number",)),
}
"""What a field of this type is, and the verbs that can read one."""


def faults(source: Source, folder: Path) -> Iterator[Fault]:
    """What is wrong with the entities and fields that the profile names."""
    file = folder / f"{source.name}.toml"
    for name, mappings in source.entities.items():
        if name not in ENTITIES:
            yield Fault(file, f"entities.{name}", "", f"no such entity; there are: {', '.join(ENTITIES)}")
            continue
        for number, mapping in enumerate(mappings):
            at = f"entities.{name}[{number}]" if len(mappings) > 1 else f"entities.{name}"
            yield from _of_fields(file, at, ENTITIES[name], mapping)
            yield from _of_engine(file, at, mapping)


def _of_fields(file: Path, at: str, entity: Entity, mapping: Mapping) -> Iterator[Fault]:
    known = [field for field in entity.fields if field != entity.id]
    for name, field in mapping.fields.items():
        key = f"{at}.fields.{name}"
        if name == entity.id:
            yield Fault(file, key, "", "the id is what 'key' gives; no field of its own")
        elif name not in known:
            yield Fault(file, key, "", f"no such field; {entity.name} has: {', '.join(known)}")
        else:
            yield from _of_verbs(file, key, field, entity.fields[name].dtype)
    for name in _required(entity):
        if name not in mapping.fields and name not in entity.defaults:
            yield Fault(file, f"{at}.fields.{name}", "", "this field is required")


def _of_verbs(file: Path, key: str, field: Field, dtype: pl.DataType) -> Iterator[Fault]:
    kind, fitting = _VERBS[type(dtype)]
    for verb in ("number", "date", "text"):
        if getattr(field, verb) is not None and verb not in fitting:
            yield Fault(file, f"{key}.{verb}", "", f"no such verb here: the field is {kind}")


def _required(entity: Entity) -> list[str]:
    return [name for name, column in entity.fields.items() if not column.nullable and name != entity.id]


def _of_engine(file: Path, at: str, mapping: Mapping) -> Iterator[Fault]:
    """Patterns and formats that Polars does not take, although Python does."""
    for key, value, expression in _patterns(mapping):
        try:
            pl.select(expression)
        except PolarsError as error:
            yield Fault(
                file, f"{at}.{key}", repr(value), f"what Polars can read: {str(error).splitlines()[0]}"
            )


def _patterns(mapping: Mapping) -> Iterator[tuple[str, str, pl.Expr]]:
    some = pl.lit("x")
    for verb, conditions in mapping.conditions.items():
        for column, condition in conditions.items():
            if condition.matches is not None:
                yield f"{verb}.{column}.matches", condition.matches, some.str.contains(condition.matches)
    dates = {f"fields.{name}.date": field.date for name, field in mapping.fields.items() if field.date}
    if mapping.version_from is not None:
        dates["version_from.date"] = mapping.version_from.date
        if mapping.version_from.file is not None:
            pattern = mapping.version_from.file
            yield "version_from.file", pattern, some.str.extract(pattern, 1)
    for key, date in dates.items():
        for format in date.formats:
            yield key, format, some.str.to_datetime(format, strict=False)
