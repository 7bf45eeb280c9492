"""The tables of entities in docs/sources.md, made from the contracts; run as a module it writes them."""

import sys
from collections.abc import Iterator
from inspect import cleandoc
from pathlib import Path

import polars as pl

from saleslake_processor.contracts.entities import ENTITIES, Entity

BEGIN, END = "<!-- entities -->\n", "<!-- /entities -->"

KINDS = {pl.String: "text", pl.Date: "day", pl.Datetime: "instant", pl.Decimal: "number"}


def tables() -> str:
    """A heading, a line and a table of fields for each entity."""
    return "\n".join(line for entity in ENTITIES.values() for line in _table(entity))


def with_tables(document: str) -> str:
    """The document with the tables between its marks."""
    before, rest = document.split(BEGIN)
    return f"{before}{BEGIN}{tables()}\n{END}{rest.split(END)[1]}"


def _table(entity: Entity) -> Iterator[str]:
    yield f"### {entity.name}"
    yield f"{cleandoc(entity.contract.__doc__ or '')} Its id is `{entity.id}`, which `key` gives."
    yield ""
    yield "| field | kind | meaning |"
    yield "| --- | --- | --- |"
    for name, column in entity.fields.items():
        if name != entity.id:
            yield f"| `{name}` | {_kind(entity, name)} | {column.description}{_note(entity, name)} |"
    yield ""


def _kind(entity: Entity, name: str) -> str:
    target = entity.references.get(name)
    return f"{target} id" if target else KINDS[type(entity.fields[name].dtype)]


def _note(entity: Entity, name: str) -> str:
    if name in entity.defaults:
        return f"; without it, `{entity.defaults[name]}`"
    return "" if entity.fields[name].nullable else "; **must be there**"


if __name__ == "__main__":
    file = Path(sys.argv[1])
    file.write_text(with_tables(file.read_text(encoding="utf-8")), encoding="utf-8")
