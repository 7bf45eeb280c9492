"""`saleslake sources preview`: what a source holds, and what its profile makes of it. Nothing is kept."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from saleslake.lake import Lake
from saleslake.profiles import Mapping, Source
from saleslake.raw import ORIGIN, Commit, read_commit
from saleslake_flows import summary
from saleslake_flows.choose import fetchable
from saleslake_flows.crawl import Crawl
from saleslake_flows.pipeline import scrape
from saleslake_flows.screen import Screen, count
from saleslake_processor.contracts.entities import Entity
from saleslake_processor.staging.absent import absent
from saleslake_processor.staging.stage import Staged, stage_table

_REFUSED = ("rule", "value", "address", "row_in_file")


@dataclass(frozen=True)
class Mapped:
    """What one mapping made of the rows of a raw table."""

    entity: Entity
    mapping: Mapping
    rows: Staged


@dataclass(frozen=True)
class Previewed:
    """One raw table."""

    table: str
    raw: pl.DataFrame
    """As read, before columns are turned into rows."""
    mapped: list[Mapped]


def previewed(source: Source, lake: Lake, commit: Commit) -> Iterator[Previewed]:
    """Each raw table of the batch, staged by the profile."""
    for table in commit.files:
        raw = commit.scan(lake, table).sort("_row").collect()
        mapped = [Mapped(*each) for each in stage_table(raw, source, table, commit.batch)]
        yield Previewed(table, raw, mapped)


def preview(screen: Screen, folder: Path, name: str, limit: int) -> bool:
    """Fetch into a lake that is thrown away, and tell the first rows of each kind; whether nothing failed."""
    [source] = fetchable(folder, [name], os.environ)
    with TemporaryDirectory(prefix="saleslake-") as aside:
        lake = Lake(Path(aside))
        with screen.steps() as progress:
            [crawl] = scrape([source.name], lake, folder, progress, screen.log)
        well = summary.fetched(screen, [crawl])
        for table in _tables(source, lake, crawl):
            _tell(screen, table, limit)
            for each in absent(source, {table.table: table.raw.columns}):
                screen.note(str(each))
    return well


def _tables(source: Source, lake: Lake, crawl: Crawl) -> Iterator[Previewed]:
    if crawl.batch is not None:
        yield from previewed(source, lake, read_commit(lake, source.name, crawl.batch))


def _tell(screen: Screen, table: Previewed, limit: int) -> None:
    screen.say(f"\n{table.table}: {count(table.raw.height)} rows fetched", "bold")
    _rows(screen, table.raw.drop(ORIGIN), limit)
    if not table.mapped:
        screen.say("mapped to nothing: no entity takes rows from it")
    for mapped in table.mapped:
        rows, entity = mapped.rows, mapped.entity
        screen.say(
            f"\n{table.table} as {entity.name}: {count(rows.seen)} rows seen, {count(rows.accepted.height)}"
            f" mapped, {count(rows.ignored)} ignored, {count(rows.refused.height)} refused",
            "bold",
        )
        _rows(screen, rows.accepted.select(entity.id, *mapped.mapping.fields), limit)
        if not rows.refused.is_empty():
            screen.say(f"refused, as {entity.name}")
            _rows(screen, rows.refused.select(_REFUSED), limit)


def _rows(screen: Screen, rows: pl.DataFrame, limit: int) -> None:
    if not rows.is_empty():
        screen.table(rows.columns, rows.head(limit).iter_rows())
