"""One address of a listing, and the number that it has in it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from unicodedata import normalize

from saleslake.profiles import Table


@dataclass(frozen=True)
class Entry:
    """A file at the source that feeds at least one raw table."""

    address: str
    """As raw names it: a URL, or a path as the profile writes it."""
    url: str
    """As it is requested."""
    path: str
    """Decoded path, by which patterns know it."""
    place: tuple[int, str]
    """Which of the profile's addresses it lies below, and its decoded path below that."""
    tables: dict[str, Table]
    listed: str | None = None
    """What identifies its content without fetching it: size with hash or instant of change."""
    size: int | None = None
    """Bytes, where the listing says so."""
    changed: datetime | None = None
    """Instant of its last change, where the listing says so."""
    sha256: str | None = None
    """Hash of the content, where the listing says so."""
    number: int = 0
    """Place in the numbered listing, from 1."""


def numbered(entries: Iterable[Entry]) -> list[Entry]:
    """Each address once, in order of place: the same numbers however and wherever it was listed."""
    once: dict[str, Entry] = {}
    for entry in sorted(entries, key=_order):
        once.setdefault(entry.address, entry)
    return [replace(entry, number=number) for number, entry in enumerate(once.values(), 1)]


def _order(entry: Entry) -> tuple[int, str, str]:
    position, path = entry.place
    return position, normalize("NFC", path), entry.address


def is_hidden(name: str) -> bool:
    """Files that no export means: dot files, and the lock files of an open workbook."""
    return name.startswith((".", "~$"))
