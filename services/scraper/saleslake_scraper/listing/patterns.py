"""Which raw tables a file feeds, by the `files` patterns of the profile."""

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from unicodedata import normalize

from saleslake.profiles import ApiTable, SiteTable, Table


def fed_tables(
    tables: Mapping[str, Table | SiteTable | ApiTable], path: str, query: str = ""
) -> dict[str, Table]:
    """The tables that the file feeds; `path` is decoded. An archive feeds those that its members may feed.

    Where the address has a query, a pattern may name it too: `export?table=sales*`.
    """
    paths = [path, f"{path}?{query}"] if query else [path]
    return {
        name: table
        for name, table in tables.items()
        if isinstance(table, Table)
        and any(_matches(pattern, each) for pattern in _whole(table.files) for each in paths)
    }


def member_tables(tables: Mapping[str, Table], archive: str, member: str) -> dict[str, Table]:
    """Of the tables that the archive feeds, those that this member feeds.

    A table whose patterns name archives only takes every member; otherwise a pattern must match the
    member's own name, or both names: `export_*.zip/orders.csv`.
    """
    return {name: table for name, table in tables.items() if _takes(table, archive, member)}


def is_archive(path: str) -> bool:
    """Whether its members are files of their own."""
    return path.lower().endswith(".zip")


def _takes(table: Table, archive: str, member: str) -> bool:
    inner = [pattern for pattern in table.files if not is_archive(pattern)]
    return not inner or any(_matches(pattern, f"{archive}/{member}") for pattern in inner)


def _whole(patterns: Iterable[str]) -> Iterable[str]:
    """The patterns, and of those that name a member the part that names its archive."""
    for pattern in patterns:
        yield pattern
        parts = pattern.split("/")
        for length in range(1, len(parts)):
            if is_archive(parts[length - 1]):
                yield "/".join(parts[:length])


def _matches(pattern: str, path: str) -> bool:
    """Compared from the end, part by part: a `*` stands for no `/`."""
    wanted = normalize("NFC", pattern).strip("/").split("/")
    seen = normalize("NFC", path).strip("/").split("/")[-len(wanted) :]
    return len(seen) == len(wanted) and all(map(fnmatchcase, seen, wanted))
