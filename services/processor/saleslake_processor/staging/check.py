"""Profiles against contracts: what a profile maps must be there to be mapped."""

from collections.abc import Iterator
from pathlib import Path

from saleslake.profiles import Fault, Source
from saleslake_processor.contracts.entities import ENTITIES, Entity


def faults(source: Source, folder: Path) -> Iterator[Fault]:
    """What is wrong with the entities and fields that the profile names."""
    file = folder / f"{source.name}.toml"
    for name, mappings in source.entities.items():
        if name not in ENTITIES:
            yield Fault(file, f"entities.{name}", "", f"no such entity; there are: {', '.join(ENTITIES)}")
            continue
        entity = ENTITIES[name]
        for mapping in mappings:
            known = [field for field in entity.fields if field != entity.id]
            for field in mapping.fields:
                at = f"entities.{name}.fields.{field}"
                if field == entity.id:
                    yield Fault(file, at, "", "the id is what 'key' gives; no field of its own")
                elif field not in known:
                    yield Fault(file, at, "", f"no such field; {name} has: {', '.join(known)}")
            for field in _required(entity):
                if field not in mapping.fields and field not in entity.defaults:
                    yield Fault(file, f"entities.{name}.fields.{field}", "", "this field is required")


def _required(entity: Entity) -> list[str]:
    return [name for name, column in entity.fields.items() if not column.nullable and name != entity.id]
