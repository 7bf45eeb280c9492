"""Columns that a profile maps and that its raw table never had: mistyped, or gone at the source."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from saleslake.profiles import Mapping as Mapped
from saleslake.profiles import Source, Unpivot
from saleslake.raw import ORIGIN


@dataclass(frozen=True)
class Absent:
    """A key of a profile that names a column which is not there; what it maps is empty in every row."""

    source: str
    key: str
    table: str
    columns: tuple[str, ...]
    """Of several one would do."""
    near: str | None
    """A column that is there, and may be meant."""

    def __str__(self) -> str:
        named = " or ".join(repr(column) for column in self.columns)
        meant = f"; did you mean {self.near!r}?" if self.near else ""
        return f"{self.source}: {self.key}: the table {self.table} never had a column {named}{meant}"


def absent(source: Source, there: Mapping[str, Collection[str]]) -> list[Absent]:
    """What the profile maps of these raw tables beside the columns that they ever had."""
    found = []
    for entity, mappings in source.entities.items():
        for number, mapping in enumerate(mappings):
            if mapping.from_ not in there:
                continue
            columns = _turned(there[mapping.from_], source.tables[mapping.from_].unpivot)
            at = f"entities.{entity}[{number}]" if len(mappings) > 1 else f"entities.{entity}"
            for key, named in _asked(mapping):
                if not columns.intersection(named):
                    near = next(iter(get_close_matches(named[0], sorted(columns), n=1)), None)
                    found.append(Absent(source.name, f"{at}.{key}", mapping.from_, named, near))
    return found


def _turned(columns: Iterable[str], how: Unpivot | None) -> set[str]:
    """The columns that mappings see."""
    return set(columns) - set(ORIGIN) if how is None else {*how.keep, how.name, how.value}


def _asked(mapping: Mapped) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What the mapping asks for, by its key: of several columns one, or each by itself."""
    for key, columns in mapping.columns.items():
        name = key.removeprefix("fields.")
        if name != key and mapping.fields[name].key is None:
            yield key, columns
        else:
            yield from ((key, (column,)) for column in columns)
