"""The reference lines that hold, as frames that gold tables are made of."""

import hashlib
from collections.abc import Mapping, Sequence

import polars as pl

from saleslake_processor.contracts.columns import MONEY
from saleslake_processor.keys import UNKNOWN, key
from saleslake_processor.reference.apply import Reference
from saleslake_processor.reference.files import BY_MEMBER
from saleslake_processor.reference.lines import TARGETS, Line
from saleslake_processor.reference.values import month, value

LEVELS = tuple(name.removesuffix("_id") for name in BY_MEMBER)
"""Entities of which one member may have a target."""

References = Mapping[str, Reference]
"""Lines by company."""

LINES: dict[str, pl.DataType] = {
    "company": pl.String(),
    "line": pl.String(),
    "file": pl.String(),
    "entity": pl.String(),
    "about": pl.String(),
    "detail": pl.String(),
    "level": pl.String(),
    "member_key": pl.Int64(),
}
"""One row per line: its id, the file without `.csv`, the entity that it changes (`target` where it is one),
what it is about and asks for, in words; `level` and `member_key` of a target, see `TARGET`."""

TARGET: dict[str, pl.DataType] = {
    "company": pl.String(),
    "month": pl.Date(),
    "kpi": pl.String(),
    "level": pl.String(),
    "member_id": pl.String(),
    "member_key": pl.Int64(),
    "target_value": MONEY,
    "author": pl.String(),
    "stated_on": pl.Date(),
    "reason": pl.String(),
}
"""One row per company, month, figure and member for which there is a target; `level` is the entity of the
member, or `company`, whose id is "" and whose key is 0."""


def stated(references: References) -> pl.LazyFrame:
    """All lines, see `LINES`."""
    rows = [
        (
            *(line.company, line.id, line.file, line.said.get("entity", "target"), line.about),
            line.told,
            *_member(line),
        )
        for line in _lines(references)
    ]
    names = [name for name in LINES if name != "member_key"]
    return _keyed(rows, {name: LINES[name] for name in names} | {"member_id": pl.String()}, LINES)


def targets(references: References) -> pl.LazyFrame:
    """The targets, see `TARGET`."""
    rows = [
        (
            *(line.company, month(line.said["month"]), line.said["kpi"], *_member(line)),
            *(value(line.said["value"], MONEY), line.said["author"]),
            *(value(line.said["date"], pl.Date()), line.said["reason"]),
        )
        for line in _lines(references)
        if line.file == TARGETS
    ]
    return _keyed(rows, {name: dtype for name, dtype in TARGET.items() if name != "member_key"}, TARGET)


def stamp(references: References) -> str:
    """A text that differs where any line does, or who says it."""
    said = sorted(line.whole for line in _lines(references))
    return hashlib.sha256("\n".join(said).encode()).hexdigest()[:16] if said else ""


def _lines(references: References) -> list[Line]:
    return [line for reference in references.values() for line in reference.lines]


def _member(line: Line) -> tuple[str, str]:
    """Level and id of who has the target."""
    for name, text in line.said.items():
        if line.file == TARGETS and name.endswith("_id"):
            return name.removesuffix("_id"), text
    return "company", ""


def _keyed(
    rows: Sequence[tuple[object, ...]], said: Mapping[str, pl.DataType], to: Mapping[str, pl.DataType]
) -> pl.LazyFrame:
    """The rows with the key of their member."""
    frame = pl.LazyFrame(rows, schema=said, orient="row")
    keys = [
        pl.when(pl.col("level") == level).then(key(pl.col("company"), level, pl.col("member_id")))
        for level in LEVELS
    ]
    return frame.with_columns(member_key=pl.coalesce(*keys, pl.lit(UNKNOWN, pl.Int64))).select(*to)
