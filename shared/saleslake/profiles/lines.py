"""On which line of a profile's file a key stands: what a value is mapped by is shown by file and line."""

import re
from collections import Counter
from collections.abc import Mapping

_TABLE = re.compile(r"^\s*(\[\[?)\s*([^\[\]]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"""^\s*((?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*)\s*=""")
_PART = re.compile(r"""[\w-]+|"[^"]*"|'[^']*'""")

Path = tuple[str | int, ...]
"""Keys from the top; of a list of tables `[[...]]` the place of one of them, from 0."""


def lines_of(text: str) -> dict[Path, int]:
    """The lines, from 1, of the tables and keys of a TOML document, by their path.

    Keys of inline tables have none of their own: the nearest key above has it (`line_of`).
    """
    found: dict[Path, int] = {}
    places: Counter[Path] = Counter()
    table: Path = ()
    for number, line in enumerate(text.splitlines(), 1):
        if header := _TABLE.match(line):
            parts = _within(_parts(header[2]), places)
            if header[1] == "[[":
                places[parts] += 1
                parts = (*parts, places[parts] - 1)
            table = parts
            found.setdefault(table, number)
        elif key := _KEY.match(line):
            found.setdefault((*table, *_parts(key[1])), number)
    return found


def line_of(lines: Mapping[Path, int], path: Path) -> int:
    """The line of a path, or of the nearest above it; 1 where none of it is there.

    A list may be asked for its first table where the document has a table alone.
    """
    for length in range(len(path), 0, -1):
        for known in (path[:length], tuple(part for part in path[:length] if part != 0)):
            # A table is there where only tables below it are.
            below = [line for at, line in lines.items() if at[: len(known)] == known]
            if below:
                return lines.get(known, min(below))
    return 1


def _parts(name: str) -> Path:
    return tuple(part.strip("\"'") for part in _PART.findall(name))


def _within(parts: Path, places: Counter[Path]) -> Path:
    """The path of a table whose first parts may be the last one of a list of tables."""
    path: Path = ()
    for at, part in enumerate(parts):
        path = (*path, part)
        if at + 1 < len(parts) and path in places:
            path = (*path, places[path] - 1)
    return path
