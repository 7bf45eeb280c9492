"""One pass of the processor: committed raw batches into the log, the log into state, state into gold."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import polars as pl

from saleslake import clock
from saleslake.lake import Lake
from saleslake.profiles import Source
from saleslake.raw import batch_ids, commits, read_commit
from saleslake.settings import Settings
from saleslake_processor import gold_files, lake_log, publish
from saleslake_processor import state as states
from saleslake_processor.contracts.entities import ENTITIES
from saleslake_processor.derive.advance import advance
from saleslake_processor.gold_files import Manifest
from saleslake_processor.ingest import LEDGER, LEDGER_SCHEMA, application, full_log_schema, ingest
from saleslake_processor.lock import writing
from saleslake_processor.staging.absent import Absent, absent

Progress = Callable[[str], None]

Columns = dict[str, set[str]]
"""The columns that each raw table has had."""


class HalfTakenInError(Exception):
    """A killed pass left a batch in some logs only, and it cannot be completed: nothing was derived."""


@dataclass
class Processed:
    """What a pass did."""

    ledger: pl.DataFrame
    """Ledger rows of the batches that it took in."""
    published: bool = False
    manifest: Manifest | None = None
    unknown_sources: list[str] = field(default_factory=list)
    """Sources with committed batches that wait, since no profile was given for them."""
    absent: list[Absent] = field(default_factory=list)
    """Columns that profiles map, and that no batch of these or before has had."""


def process(
    lake: Lake, sources: Iterable[Source], settings: Settings, progress: Progress = lambda _: None
) -> Processed:
    """Take in every committed batch that the log does not hold yet, then bring state and gold forward.

    A pass that was killed is completed by the next one. Raises `LakeBusyError` where another process writes,
    and `HalfTakenInError` where what was killed needs a profile that is not among the sources.
    """
    with writing(lake):
        done = take_in(lake, sources, progress)
        done.manifest = bring_forward(lake, settings, progress)
        done.published = done.manifest is not None
        done.manifest = done.manifest or gold_files.load(lake)
        return done


def taken_in(lake: Lake) -> set[tuple[str, str]]:
    """`(batch, source)` of the batches that the log holds whole."""
    known = lake_log.scan(lake, LEDGER, LEDGER_SCHEMA).select("batch", "source").unique().collect()
    return set(known.iter_rows())


def take_in(
    lake: Lake,
    sources: Iterable[Source],
    progress: Progress = lambda _: None,
    only: set[tuple[str, str]] | None = None,
) -> Processed:
    """Append every committed batch (or those in `only`) that is not in the ledger, oldest first."""
    profiles = {source.name: source for source in sources}
    entered = taken_in(lake)
    pending = [batch for batch in batch_ids(lake) if batch not in entered and (only is None or batch in only)]
    done = Processed(pl.DataFrame(schema=LEDGER_SCHEMA))
    there: dict[str, Columns] = {}
    for batch, name in pending:
        if name not in profiles:
            done.unknown_sources = sorted({*done.unknown_sources, name})
            continue
        progress(f"batch {batch} of {name}")
        commit = read_commit(lake, name, batch)
        done.ledger = pl.concat([done.ledger, ingest(lake, profiles[name], commit)])
        for table in commit.files:
            known = there.setdefault(name, {}).setdefault(table, set())
            known.update(commit.scan(lake, table).collect_schema().names())
    for name, columns in there.items():
        done.absent += _never_had(lake, profiles[name], columns)
    return done


def _never_had(lake: Lake, source: Source, columns: Columns) -> list[Absent]:
    """What a profile maps of the raw tables that came, and no batch has had; mostly there is nothing, and
    then the batches of before are not asked."""
    if not absent(source, columns):
        return []
    for commit in commits(lake, source.name):
        for report in commit.addresses:
            for table in report.columns.keys() & columns.keys():
                columns[table].update(report.columns[table])
    return absent(source, columns)


def _none_is_half_taken_in(lake: Lake) -> None:
    for batch, source in sorted(set(batch_ids(lake)) - taken_in(lake)):
        if any(lake_log.holds(lake, name, application(source, batch)) for name in ENTITIES):
            raise HalfTakenInError(
                f"batch {batch} of {source} is half taken in, and this pass is without its profile"
            )


def bring_forward(lake: Lake, settings: Settings, progress: Progress = lambda _: None) -> Manifest | None:
    """Bring state and gold to what the log holds; the new snapshot, or none where gold was there already.

    Raises `HalfTakenInError` where a batch is in some logs and not in others.
    """
    _none_is_half_taken_in(lake)
    state = states.load(lake)
    versions = {name: lake_log.version(lake, name) for name in [*ENTITIES, LEDGER]}
    if versions != state.versions:
        progress("deriving")
        log = {name: lake_log.scan(lake, name, full_log_schema(entity)) for name, entity in ENTITIES.items()}
        added = {
            name: lake_log.scan_added(lake, name, state.versions.get(name), full_log_schema(entity))
            for name, entity in ENTITIES.items()
        }
        changes = advance(state.frames(lake), log, added)
        state = states.save(lake, state, changes, versions)
    current = gold_files.load(lake)
    if current is not None and publish.is_current(lake, current, state, settings):
        gold_files.name_latest(lake, current)
        return None
    if all(version is None for version in versions.values()):
        return None
    return publish.publish(lake, state, settings, clock.now(), lambda table: progress(f"gold {table}"))
