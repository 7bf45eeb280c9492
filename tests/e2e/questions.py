"""The answers of docs/questions.md, made of a lake; run as a module it writes them.

`python -m tests.e2e.questions docs/questions.md LAKE` asks each query of the document with DuckDB.
"""

import re
import shlex
import sys
from collections.abc import Callable, Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from tests.e2e.shell import ROOT, Shell

Ask = Callable[[str], str]
"""What is printed for a query."""

ASKED = re.compile(r"```(sql|sh)\n(.*?)```\n\n```text\n(.*?)```\n", re.DOTALL)
"""A query or a command, and the answer that the document prints below it."""


RATIOS = 10
"""Floats below this are told to four places."""


def with_answers(document: str, asks: dict[str, Ask]) -> str:
    """The document with the answer of each query and command below it."""

    def answered(found: re.Match[str]) -> str:
        language, question, _ = found.groups()
        return f"```{language}\n{question}```\n\n```text\n{asks[language](question)}```\n"

    return ASKED.sub(answered, document)


def by_duckdb(shell: Shell) -> Ask:
    """Asks DuckDB, of the published files."""
    connection = duckdb.connect()
    for name, table in shell.manifest()["tables"].items():
        files = [str(shell.lake / "gold" / file["path"]) for file in table["files"]]
        connection.execute(f"create view {name} as select * from read_parquet({files})")

    def ask(query: str) -> str:
        result = connection.execute(query)
        return printed([column[0] for column in result.description or ()], result.fetchall())

    return ask


def by_polars(shell: Shell) -> Ask:
    """Asks Polars SQL, of the published files."""
    context = pl.SQLContext({name: shell.gold(name).lazy() for name in shell.manifest()["tables"]})

    def ask(query: str) -> str:
        found = context.execute(query).collect()
        return printed(found.columns, found.rows())

    return ask


def by_command(shell: Shell) -> Ask:
    """Starts `saleslake`, without whatever it says about the screen."""

    def ask(line: str) -> str:
        told = shell.well(*shlex.split(line)[1:])
        return "".join(f"{row.rstrip()}\n" for row in told.splitlines())

    return ask


def printed(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """A table for people: amounts and means to the cent, ratios to four places."""
    cells = [list(columns), *([_cell(value) for value in row] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = (" | ".join(map(str.ljust, row, widths)).rstrip() for row in cells)
    return "".join(f"{line}\n" for line in lines)


def _cell(value: object) -> str:
    match value:
        case None:
            return "-"
        case bool():
            return "yes" if value else "no"
        case Decimal():
            return f"{value.quantize(Decimal('0.01'), ROUND_HALF_UP):,}"
        case float():
            return f"{value:.4f}" if abs(value) < RATIOS else f"{value:,.2f}"
        case _:
            return str(value)


if __name__ == "__main__":
    file, lake = Path(sys.argv[1]), Path(sys.argv[2])
    shell = Shell(lake.absolute(), ROOT / "sources")
    made = with_answers(file.read_text(encoding="utf-8"), {"sql": by_duckdb(shell), "sh": by_command(shell)})
    file.write_text(made, encoding="utf-8")
