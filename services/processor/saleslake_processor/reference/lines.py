"""A line of a reference file, and what it asks for."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from pydantic import BaseModel, ConfigDict

ABOUT = ("author", "date", "reason")
"""Columns of every file: who says so, since when, and why."""

TARGETS, MERGES = "targets", "merges"


class Line(BaseModel):
    """One line, as it stands in `<file>.csv`; its place in the file does not matter."""

    model_config = ConfigDict(frozen=True)

    file: str
    said: dict[str, str]
    """Text by column, `ABOUT` among them; without those that are empty."""

    @property
    def company(self) -> str:
        return self.said["company"]

    @cached_property
    def id(self) -> str:
        """The same as long as it asks for the same, whoever says so."""
        asked = sorted((name, text) for name, text in self.said.items() if name not in ABOUT)
        return hashlib.sha256(repr((self.file, asked)).encode()).hexdigest()[:12]

    @property
    def whole(self) -> str:
        """All that it says, as text: the same for equal lines."""
        return repr((self.file, sorted(self.said.items())))

    @property
    def about(self) -> str:
        """What it is about: a field of one thing, or of all that hold a value."""
        said = self.said
        match self.file:
            case "targets":
                member = next((f" of {name} {said[name]}" for name in said if name.endswith("_id")), "")
                return f"{said['kpi']}{member} in {said['month']}"
            case "merges":
                return f"{said['entity']} {said['id']}"
            case _:
                thing = f"{said['entity']} {said['id']}" if "id" in said else said["entity"]
                return f"{_field(self)} of {thing}"

    @property
    def words(self) -> str:
        """What it asks for, for people."""
        said = self.said
        match self.file:
            case "targets":
                return said["value"]
            case "merges":
                return f"is {said['into_id']}"
            case "renames":
                return f"-> {said['name']}"
            case "regroupings":
                return f"{said.get('from', 'any')} -> {said['to']}"
            case _:
                return f"{said.get('expected', 'nothing')} -> {said.get('value', 'nothing')}"

    @property
    def told(self) -> str:
        """Where it stands, what it asks for, and who says so."""
        said = self.said
        return f"reference/{self.file}.csv: {self.words} ({said['author']}, {said['date']}: {said['reason']})"


@dataclass(frozen=True)
class Change:
    """A field that says something else than its source: of one thing, or of all that hold a value."""

    line: str
    entity: str
    field: str
    id: str | None
    """None: of every row of the entity."""
    expects: bool
    """Only where the source says `expected`; else whatever it says."""
    expected: str | None
    """None: nothing."""
    value: str | None
    """None: nothing."""


@dataclass(frozen=True)
class Merge:
    """A member that is another one."""

    line: str
    entity: str
    id: str
    into_id: str


def changes(lines: Iterable[Line]) -> list[Change]:
    """What renames, regroupings and corrections ask for."""
    found = []
    for line in lines:
        said = line.said
        if line.file in (TARGETS, MERGES):
            continue
        expected, value = _EXPECTED.get(line.file, ""), _VALUE[line.file]
        found.append(
            Change(
                line=line.id,
                entity=said["entity"],
                field=_field(line),
                id=said.get("id"),
                expects=line.file == "corrections" or expected in said,
                expected=said.get(expected),
                value=said.get(value),
            )
        )
    return found


_EXPECTED = {"regroupings": "from", "corrections": "expected"}
_VALUE = {"renames": "name", "regroupings": "to", "corrections": "value"}


def _field(line: Line) -> str:
    return line.said.get("field", "name")


def merges(lines: Iterable[Line]) -> list[Merge]:
    """Who is whom in the end: one who is merged into one that is merged itself goes the whole way."""
    asked = [line for line in lines if line.file == MERGES]
    into = {(line.company, line.said["entity"], line.said["id"]): line.said["into_id"] for line in asked}
    return [Merge(line.id, line.said["entity"], line.said["id"], _end(line, into)) for line in asked]


def _end(line: Line, into: dict[tuple[str, str, str], str]) -> str:
    at, seen = line.said["into_id"], {line.said["id"]}
    while (line.company, line.said["entity"], at) in into:
        if at in seen:
            raise CircularError(line)
        seen.add(at)
        at = into[line.company, line.said["entity"], at]
    return at


class CircularError(Exception):
    """Merges that lead back to where they begin."""

    def __init__(self, line: Line) -> None:
        self.line = line
        super().__init__("merges that end somewhere: these go in a circle")


def asks(lines: Sequence[Line]) -> set[str]:
    """Ids of the lines that staging obeys."""
    return {line.id for line in lines if line.file != TARGETS}
