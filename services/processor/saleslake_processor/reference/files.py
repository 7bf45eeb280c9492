"""The reference files: their columns, and what each line must say."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from saleslake.profiles import Fault
from saleslake_processor.contracts.columns import MONEY
from saleslake_processor.contracts.entities import ENTITIES
from saleslake_processor.contracts.kpis import UNITS
from saleslake_processor.reference.lines import ABOUT, MERGES, TARGETS, CircularError, Line, merges
from saleslake_processor.reference.values import month, value

Said = Mapping[str, str]


@dataclass(frozen=True)
class Columns:
    """Columns of a file; all begin with `company` and end with `ABOUT`."""

    needed: tuple[str, ...]
    free: tuple[str, ...] = ()
    """Which may be empty, or not be there."""

    @property
    def all(self) -> tuple[str, ...]:
        return ("company", *self.needed, *self.free, *ABOUT)


FILES: dict[str, Columns] = {
    TARGETS: Columns(("month", "kpi", "value"), ("salesperson_id", "team_id", "store_id", "category_id")),
    "renames": Columns(("entity", "id", "name")),
    MERGES: Columns(("entity", "id", "into_id")),
    "regroupings": Columns(("entity", "field", "to"), ("id", "from")),
    "corrections": Columns(("entity", "id", "field"), ("expected", "value")),
}

MERGEABLE = ("account", "category", "customer", "place", "product", "salesperson", "store", "team")
"""Entities whose members may turn out to be one."""

BY_MEMBER: dict[str, tuple[str, ...]] = {
    "salesperson_id": ("net_sales",),
    "team_id": ("net_sales", "signed_amount", "booked_amount"),
    "store_id": ("net_sales",),
    "category_id": ("net_sales",),
}
"""Figures of which a target may be of one member; a company may have one of every figure."""


def faults(file: Path, name: str, rows: Iterable[tuple[int, Said]]) -> Iterator[Fault]:
    """What is wrong with the lines of a file, each with its number in it."""
    seen: dict[tuple[object, ...], int] = {}
    sound = []
    for number, said in rows:
        at = f"line {number}"
        wrong = [*_empty(name, said)] or [*_CHECKS[name](said)]
        for column, expected in wrong:
            yield Fault(file, f"{at}, {column}", repr(said.get(column, "")), expected)
        if wrong:
            continue
        sound.append((number, Line(file=name, said=dict(said))))
        cell = tuple(_same(said, column) for column in _CELL[name])
        if cell in seen:
            yield Fault(file, at, "", f"one line for each; line {seen[cell]} is about the same")
        seen.setdefault(cell, number)
    if name == MERGES:
        try:
            merges(line for _, line in sound)
        except CircularError as error:
            yield Fault(file, "", "", str(error))


def _same(said: Said, column: str) -> object:
    """A cell by what it means, so that two ways to write it are one."""
    text = said.get(column)
    if text is None:
        return None
    if column == "month":
        return month(text)
    if column in ("expected", "from"):
        return value(text, ENTITIES[said["entity"]].fields[said["field"]].dtype)
    return text


def _empty(name: str, said: Said) -> Iterator[tuple[str, str]]:
    for column in ("company", *FILES[name].needed, *ABOUT):
        if column not in said:
            yield column, "this must be filled"
    if "date" in said and (wrong := _unlike(value, said["date"], pl.Date())):
        yield "date", wrong


def _target(said: Said) -> Iterator[tuple[str, str]]:
    if wrong := _unlike(month, said["month"]):
        yield "month", wrong
    if said["kpi"] not in UNITS:
        yield "kpi", f"one of {', '.join(UNITS)}"
    if wrong := _unlike(value, said["value"], MONEY):
        yield "value", wrong
    named = [column for column in BY_MEMBER if column in said]
    if len(named) > 1:
        yield named[1], f"a target of one member; {named[0]} names one already"
    elif named and said["kpi"] in UNITS and said["kpi"] not in BY_MEMBER[named[0]]:
        yield "kpi", f"where {named[0]} is filled one of {', '.join(BY_MEMBER[named[0]])}"


def _rename(said: Said) -> Iterator[tuple[str, str]]:
    named = [name for name, entity in ENTITIES.items() if "name" in entity.fields]
    if said["entity"] not in named:
        yield "entity", f"one of {', '.join(named)}"


def _merge(said: Said) -> Iterator[tuple[str, str]]:
    if said["entity"] not in MERGEABLE:
        yield "entity", f"one of {', '.join(MERGEABLE)}"
    if said["id"] == said["into_id"]:
        yield "into_id", "another member"


def _regrouping(said: Said) -> Iterator[tuple[str, str]]:
    yield from _field(said, ("from", "to"))
    if "id" not in said and "from" not in said:
        yield "from", "the value that is to be another one, or the id of the one row"


def _correction(said: Said) -> Iterator[tuple[str, str]]:
    yield from _field(said, ("expected", "value"))
    if said.get("expected") == said.get("value"):
        yield "value", "another one than is expected"


def _field(said: Said, values: tuple[str, str]) -> Iterator[tuple[str, str]]:
    entity = ENTITIES.get(said["entity"])
    if entity is None:
        yield "entity", f"one of {', '.join(ENTITIES)}"
        return
    changeable = [name for name in entity.fields if name != entity.id]
    if said["field"] not in changeable:
        yield "field", f"one of {', '.join(changeable)}"
        return
    kind = entity.fields[said["field"]].dtype
    for column in values:
        if column in said and (wrong := _unlike(value, said[column], kind)):
            yield column, wrong


def _unlike(read: Callable[..., object], *text: object) -> str:
    """What was expected of a text that cannot be read; "" where it can."""
    try:
        read(*text)
    except ValueError as error:
        return str(error)
    return ""


_CHECKS: dict[str, Callable[[Said], Iterator[tuple[str, str]]]] = {
    TARGETS: _target,
    "renames": _rename,
    MERGES: _merge,
    "regroupings": _regrouping,
    "corrections": _correction,
}

_CELL: dict[str, tuple[str, ...]] = {
    TARGETS: ("company", "month", "kpi", *BY_MEMBER),
    "renames": ("company", "entity", "id"),
    MERGES: ("company", "entity", "id"),
    "regroupings": ("company", "entity", "field", "id", "from"),
    "corrections": ("company", "entity", "id", "field", "expected"),
}
"""Columns of which two lines of a file must not say the same."""
