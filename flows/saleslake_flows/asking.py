"""Questions in SQL to the tables of gold: one statement that reads, to one snapshot."""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import polars as pl
from polars.exceptions import ColumnNotFoundError, ComputeError, PolarsError

from saleslake.lake import Lake
from saleslake_flows.exits import FailedError, WrongUseError
from saleslake_flows.output import Output, given
from saleslake_flows.screen import Screen
from saleslake_flows.soundness import published
from saleslake_flows.tables import QUARANTINE
from saleslake_processor import gold_files, quarantine
from saleslake_processor.why.nearby import nearby

_BEGINNING = re.compile(
    r"(?:\s|\(|--[^\n]*(?:\n|$)|/\*.*?\*/)*(\w*(?:\s+tables\b)?)", re.DOTALL | re.IGNORECASE
)
"""Its first word behind comments, or `show tables`."""

_FILES = re.compile(r"\bread_\w+", re.IGNORECASE)
"""Functions of Polars that open files, wherever they lie."""

_READS = "one statement that reads is expected: SELECT, WITH or SHOW TABLES"

_NO_TABLE = re.compile(r"relation '(.*?)' was not found")
_NO_COLUMN = re.compile(r'unable to find column "(.*?)"; valid columns: \[(.*?)\]')
_NO_COLUMN_OF = re.compile(r"no column named '(.*?)' found in table '(.*?)'")


def statement(said: str | None) -> str:
    """The statement of a command line, or of standard input where that says `-`, or nothing."""
    if said is not None and said != "-":
        return said
    if said is None and sys.stdin.isatty():
        raise WrongUseError(f'{_READS}, as in saleslake sql "SELECT company, lines FROM refresh_info"')
    return sys.stdin.read()


def answered(screen: Screen, lake: Lake, asked: str, wanted: Output) -> None:
    """Give the rows that a statement asks for.

    Raises `WrongUseError` where it is no statement that reads, or asks for what is not there.
    """
    _held_to_reading(asked)
    tables = snapshot(lake)
    with _plainly(asked, tables):
        given(screen, pl.SQLContext(tables).execute(asked), wanted)


def snapshot(lake: Lake) -> dict[str, pl.LazyFrame]:
    """Every table of the current snapshot, and the quarantine, by name."""
    manifest = published(lake)
    tables = {name: gold_files.read(lake, manifest, name) for name in manifest.tables}
    return {**tables, QUARANTINE: quarantine.scan(lake)}


def _held_to_reading(asked: str) -> None:
    beginning = _BEGINNING.match(asked)
    words = " ".join(beginning[1].lower().split()) if beginning else ""
    if words.split(" ")[0] not in ("select", "with") and words != "show tables":
        raise WrongUseError(f"{_READS}; this begins with {words.split(' ')[0].upper() or 'nothing'}")
    if found := _FILES.search(asked):
        raise WrongUseError(f"{found[0]} opens files; a statement reads the tables of gold, and nothing else")


@contextmanager
def _plainly(asked: str, tables: dict[str, pl.LazyFrame]) -> Iterator[None]:
    """Errors of Polars in a line that says what there is."""
    try:
        yield
    except ComputeError as error:
        raise FailedError(_first_part(error)) from error
    except PolarsError as error:
        raise WrongUseError(_told(error, asked, tables)) from error


def _told(error: PolarsError, asked: str, tables: dict[str, pl.LazyFrame]) -> str:
    said = _first_part(error)
    if no_table := _NO_TABLE.search(said):
        return f"no table {no_table[1]!r}{nearby(no_table[1], tables)}; there are: {', '.join(tables)}"
    if isinstance(error, ColumnNotFoundError) and (no_column := _NO_COLUMN.search(said)):
        return _no_column(no_column[1], re.findall(r'"(.*?)"', no_column[2]))
    if (of := _NO_COLUMN_OF.search(said)) and (table := _table_of(of[2], asked, tables)):
        return f"{table}: {_no_column(of[1], tables[table].collect_schema().names())}"
    if said.startswith("cannot compare 'date"):
        return "a date is compared with a text that is none; dates are written '2026-01-31'"
    return said


def _no_column(name: str, there: list[str]) -> str:
    return f"no column {name!r}{nearby(name, there)}; there are: {', '.join(there)}"


def _table_of(name: str, asked: str, tables: dict[str, pl.LazyFrame]) -> str | None:
    """The table that a statement means by a name, which may be its own for it."""
    called = re.findall(rf"\b(\w+)\s+(?:as\s+)?{re.escape(name)}\b", asked, re.IGNORECASE)
    return next((each for each in (name, *called) if each in tables), None)


def _first_part(error: PolarsError) -> str:
    """What Polars says, without the plan that it adds."""
    return " ".join(str(error).split("\n\n", 1)[0].split())
