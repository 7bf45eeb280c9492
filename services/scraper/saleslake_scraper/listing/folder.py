"""The files below a local folder."""

import os
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from saleslake.profiles import Table
from saleslake_scraper.listing.entry import Entry, is_hidden
from saleslake_scraper.listing.patterns import fed_tables

DEEPEST = 16
"""Folders below the address that are looked into; more of them is a loop of links."""


class ListingError(Exception):
    """What there is at the source cannot be told."""


def list_local(address: str, position: int, tables: Mapping[str, Table]) -> list[Entry]:
    """Entries of a folder and those below it, or of the one file; raises `ListingError`."""
    return list(_list(address, position, tables))


def _list(address: str, position: int, tables: Mapping[str, Table]) -> Iterator[Entry]:
    root = Path(address)
    if root.is_file():
        fed = fed_tables(tables, root.absolute().as_posix())
        if not fed:
            raise ListingError("no table's 'files' matches it")
        yield _entry(root, address, (position, root.name), fed)
        return
    if not root.is_dir():
        raise ListingError("no such file or folder")
    for file in _files(root, 0):
        fed = fed_tables(tables, file.absolute().as_posix())
        if fed:
            below = file.relative_to(root).as_posix()
            yield _entry(file, f"{address.rstrip('/')}/{below}", (position, below), fed)


def _files(folder: Path, depth: int) -> Iterator[Path]:
    if depth > DEEPEST:
        raise ListingError(f"folders are nested more than {DEEPEST} deep")
    try:
        inside = sorted(os.scandir(folder), key=lambda each: each.name)
    except OSError as error:
        raise ListingError(f"a folder below it cannot be read: {error.strerror}") from error
    for each in inside:
        if is_hidden(each.name):
            continue
        if each.is_dir():
            yield from _files(Path(each.path), depth + 1)
        elif each.is_file():
            yield Path(each.path)


def _entry(file: Path, address: str, place: tuple[int, str], tables: dict[str, Table]) -> Entry:
    state = file.stat()
    return Entry(
        address=address,
        url=file.absolute().as_uri(),
        path=file.absolute().as_posix(),
        place=place,
        tables=tables,
        listed=f"{state.st_size} bytes, {state.st_mtime_ns} ns",
        size=state.st_size,
        changed=datetime.fromtimestamp(state.st_mtime, UTC),
    )
