"""Tables of gold as text: which there are, and what is in one."""

from collections.abc import Sequence

import polars as pl

from saleslake.lake import Lake
from saleslake_flows import where as conditions
from saleslake_flows.exits import WrongUseError
from saleslake_flows.screen import Screen, count
from saleslake_flows.soundness import published
from saleslake_processor import gold_files, quarantine

QUARANTINE = "quarantine"
_REFUSED = "Rows that were refused: the rule that they broke, and where they came from."


def listed(screen: Screen, lake: Lake) -> None:
    """Tell the tables of the current snapshot, and the quarantine."""
    manifest = published(lake)
    refused = quarantine.scan(lake).select(pl.len()).collect().item()
    screen.say(f"snapshot {manifest.snapshot}, published {manifest.published_at}")
    rows = [(name, count(of.rows), _first_line(of.description)) for name, of in manifest.tables.items()]
    screen.table(("table", "rows", "meaning"), [*rows, (QUARANTINE, count(refused), _REFUSED)])


def shown(
    screen: Screen, lake: Lake, table: str, limit: int, columns: Sequence[str], where: Sequence[str]
) -> None:
    """Tell the first rows of a table that hold what `where` (`column=value`) says, in its order."""
    wanted = conditions.split(where)
    frame = _rows(lake, table)
    there = frame.collect_schema()
    for name in (*columns, *(name for name, _ in wanted)):
        if name not in there:
            raise WrongUseError(f"{table} has no column {name!r}; there are: {', '.join(there)}")
    for name, value in wanted:
        frame = frame.filter(conditions.holds(name, there[name], value))
    rows = frame.select(columns or there.names()).head(limit).collect()
    screen.table(rows.columns, rows.iter_rows())
    if rows.height == limit and (every := frame.select(pl.len()).collect().item()) > limit:
        screen.note(f"{count(limit)} of {count(every)} rows; --limit shows more")


def _rows(lake: Lake, table: str) -> pl.LazyFrame:
    if table == QUARANTINE:
        return quarantine.scan(lake)
    manifest = published(lake)
    if table not in manifest.tables:
        raise WrongUseError(f"no table {table!r}; there are: {', '.join([*manifest.tables, QUARANTINE])}")
    return gold_files.read(lake, manifest, table)


def _first_line(text: str) -> str:
    return text.strip().split("\n", 1)[0]
