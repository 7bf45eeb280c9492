"""Where rows go that a command was asked for: the screen, standard output, or a file."""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

import polars as pl

from saleslake.durable import replacing
from saleslake.lake import Lake
from saleslake.settings import Settings
from saleslake_flows.exits import WrongUseError
from saleslake_flows.formats import rendered
from saleslake_flows.options import AnyFormat, FileFormat
from saleslake_flows.screen import Screen, count, counted

_ON_SCREEN = 20
"""Rows, where nobody says how many."""


@dataclass(frozen=True)
class Output:
    """The format, the file, and the most rows that are given."""

    format: FileFormat | None
    """None: a table for people."""
    out: Path | None
    """None: standard output."""
    limit: int | None
    """None: all of them, and the first 20 of a table for people."""


def output(lake: Lake, named: AnyFormat | None, out: Path | None, limit: int | None) -> Output:
    """What the options ask for; raises `WrongUseError` where that cannot be, before anything is read."""
    kind = named or (_by_ending(out) if out else "table")
    if out is None:
        if kind in ("xlsx", "parquet"):
            raise WrongUseError(f"--format {kind} makes a file; --out names it")
        return Output(None if kind == "table" else kind, None, limit)
    if kind == "table":
        raise WrongUseError("--format table is for the screen, --out for files")
    return Output(kind, _file(lake, out), limit)


def elsewhere(named: AnyFormat | None, out: Path | None, limit: int | None) -> Output:
    """As `output`, of a command that reads no lake."""
    return output(Lake(Settings().lake.absolute()), named, out, limit)


def picture_file(file: Path | None) -> Path | None:
    """The file of a picture, where it may be written; raises `WrongUseError` where it may not."""
    if file is None:
        return None
    if file.suffix.lower() != ".png":
        raise WrongUseError(f"--picture {file}: pictures are PNG, and the file ends so: .png")
    return _file(Lake(Settings().lake.absolute()), file, "--picture")


def given(screen: Screen, rows: pl.LazyFrame, wanted: Output) -> None:
    """Hand the rows out; a file that is there is replaced as a whole or not at all."""
    if wanted.format is None:
        _shown(screen, rows, wanted.limit or _ON_SCREEN)
        return
    found = (rows if wanted.limit is None else rows.head(wanted.limit)).collect()
    body = rendered(found, wanted.format)
    if wanted.out is None:
        sys.stdout.buffer.write(body)
        sys.stdout.flush()
        return
    with replacing(wanted.out) as aside:
        aside.write_bytes(body)
    screen.note(f"{wanted.out}: {counted(found.height, 'row', 'rows')}")


def _shown(screen: Screen, rows: pl.LazyFrame, limit: int) -> None:
    first = rows.head(limit).collect()
    screen.table(first.columns, first.iter_rows())
    if first.height == limit and (every := rows.select(pl.len()).collect().item()) > limit:
        screen.note(f"{count(limit)} of {count(every)} rows; --limit shows more")


def _by_ending(out: Path) -> FileFormat:
    for kind in get_args(FileFormat):
        if out.suffix.lower() == f".{kind}":
            found: FileFormat = kind
            return found
    there = ", ".join(f".{kind}" for kind in get_args(FileFormat))
    raise WrongUseError(f"--out {out}: no format has this ending; there are {there}, or --format names one")


def _file(lake: Lake, out: Path, option: str = "--out") -> Path:
    """The file itself, where it may be written."""
    file = out.resolve()
    if file.is_relative_to(lake.root.resolve()):
        raise WrongUseError(f"{option} {out}: nothing but runs writes into the lake")
    if not file.parent.is_dir():
        raise WrongUseError(f"{option} {out}: no folder {file.parent}")
    # Asked of the name as it was given: what a pipe has behind `/dev/stdout` is no name that can be followed.
    if out.exists() and not out.is_file():
        raise WrongUseError(f"{option} {out}: there is something that is no file")
    return file
