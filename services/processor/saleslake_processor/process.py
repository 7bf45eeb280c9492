"""One pass of the processor: committed raw batches into the log, the log into state, state into gold."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import polars as pl

from saleslake import clock
from saleslake.lake import Lake
from saleslake.profiles import Fault, Source
from saleslake.raw import batch_ids, commits, read_commit
from saleslake.settings import Settings
from saleslake_processor import decisions as decision_log
from saleslake_processor import gold_files, lake_log, ledger, log_view, publish, runs
from saleslake_processor import state as states
from saleslake_processor.contracts.entities import ENTITIES
from saleslake_processor.decisions import Decisions
from saleslake_processor.decisions import load as load_decisions
from saleslake_processor.derive.advance import advance
from saleslake_processor.derive.difference import Difference
from saleslake_processor.gold_files import Manifest
from saleslake_processor.ingest import ingest
from saleslake_processor.learnt import state as learnt_models
from saleslake_processor.lock import writing
from saleslake_processor.reference import folder as reference_files
from saleslake_processor.reference.adopt import Asked, asked
from saleslake_processor.staging.absent import Absent, absent
from saleslake_processor.state import State

Progress = Callable[[str], None]

Frames = Mapping[str, pl.LazyFrame]

Columns = dict[str, set[str]]
"""The columns that each raw table has had."""


@dataclass
class Processed:
    """What a pass did."""

    ledger: pl.DataFrame
    """Ledger rows of the batches that it took in."""
    published: bool = False
    manifest: Manifest | None = None
    unknown_sources: list[str] = field(default_factory=list)
    """Sources with committed batches that wait, since no profile was given for them."""
    stale: dict[str, int] = field(default_factory=dict)
    """Number of batches that were staged by another profile than the present one, by source."""
    absent: list[Absent] = field(default_factory=list)
    """Columns that profiles map, and that no batch of these or before has had."""
    reference: Asked = field(default_factory=Asked)
    """What reference files asked for that they had not before."""
    reference_faults: tuple[Fault, ...] = ()
    """What is wrong with reference files: what they said before holds."""


def process(
    lake: Lake, sources: Iterable[Source], settings: Settings, progress: Progress = lambda _: None
) -> Processed:
    """Take in every committed batch that the log does not hold yet, then bring state and gold forward.

    A pass that was killed is completed by the next one. Raises `LakeBusyError` where another process writes.
    """
    with writing(lake):
        sources = list(sources)
        wanted, faults = obey_reference(lake, sources, settings)
        done = take_in(lake, sources, progress)
        done.reference, done.reference_faults = wanted, faults
        done.manifest = bring_forward(lake, settings, progress)
        done.published = done.manifest is not None
        done.manifest = done.manifest or gold_files.load(lake)
        return done


def obey_reference(
    lake: Lake, sources: Iterable[Source], settings: Settings
) -> tuple[Asked, tuple[Fault, ...]]:
    """Record what the reference files say of the companies of these sources, so that the next `take_in` obeys
    it; and what is wrong with them, by which nothing changes. The caller holds the lake's lock."""
    found = reference_files.read(settings.reference)
    if found is None or found.faults:
        return Asked(), found.faults if found else ()
    wanted = asked(lake, sources, found.lines, load_decisions(lake), clock.now())
    for decision in wanted.decisions:
        decision_log.record(lake, decision)
    return wanted, ()


def pending(lake: Lake) -> list[tuple[str, str]]:
    """`(batch, source)` of the batches to be taken in, oldest first: those that the ledger does not have, and
    those that are to obey a later decision."""
    return _pending(lake, load_decisions(lake), ledger.entries(lake))


def _pending(lake: Lake, decisions: Decisions, entered: pl.LazyFrame) -> list[tuple[str, str]]:
    obeyed, last = ledger.taken_in_by(entered), decisions.last()
    return [each for each in batch_ids(lake) if obeyed.get(each) != last.get(each, "")]


def take_in(
    lake: Lake,
    sources: Iterable[Source],
    progress: Progress = lambda _: None,
    only: set[tuple[str, str]] | None = None,
) -> Processed:
    """Append every committed batch (or those in `only`) that is `pending`, oldest first."""
    profiles = {source.name: source for source in sources}
    decisions = load_decisions(lake)
    # Read once: a file of the ledger is a batch, and there may be thousands.
    entered = ledger.entries(lake).collect()
    waiting = [each for each in _pending(lake, decisions, entered.lazy()) if only is None or each in only]
    done = Processed(pl.DataFrame(schema=ledger.SCHEMA))
    there: dict[str, Columns] = {}
    for batch, name in waiting:
        if name not in profiles:
            done.unknown_sources = sorted({*done.unknown_sources, name})
            continue
        progress(f"batch {batch} of {name}")
        commit = read_commit(lake, name, batch)
        rows = ingest(lake, profiles[name], commit, decisions, entered)
        done.ledger = pl.concat([done.ledger, rows])
        entered = ledger.holding(pl.concat([entered, rows]).lazy()).collect()
        for table in commit.files:
            known = there.setdefault(name, {}).setdefault(table, set())
            known.update(commit.scan(lake, table).collect_schema().names())
    stamps = {name: ledger.stamp(source.mapping_hash) for name, source in profiles.items()}
    done.stale = dict(ledger.stale_in(entered.lazy(), stamps)["source"].value_counts(sort=True).iter_rows())
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


def bring_forward(lake: Lake, settings: Settings, progress: Progress = lambda _: None) -> Manifest | None:
    """Bring state and gold to what the log holds; the new snapshot, or none where gold was there already.

    A batch that a killed pass left in some logs only counts for nothing until it is completed.
    """
    state = states.load(lake)
    versions = {name: lake_log.version(lake, name) for name in [*ENTITIES, ledger.LEDGER]}
    if versions != state.versions:
        progress("deriving")
        reflected = state.versions.get(ledger.LEDGER)
        if reflected is not None and not lake_log.reaches(lake, ledger.LEDGER, reflected):
            # What the log gained and lost since cannot be told any more.
            state = State()
        log, difference = _log_since(lake, state.versions.get(ledger.LEDGER))
        frames = state.frames(lake)
        changes = advance(frames, log, difference)
        _record(lake, runs.before(lake, state.versions, frames), frames, changes, difference)
        state = states.save(lake, state, changes, versions)
    current, references = gold_files.load(lake), load_decisions(lake).references()
    models = learnt_models.load(lake)
    if current is not None and publish.is_current(lake, current, state, references, models, settings):
        gold_files.name_latest(lake, current)
        return None
    if all(version is None for version in versions.values()):
        return None
    return publish.publish(
        *(lake, state, references, models, settings, clock.now()), lambda table: progress(f"gold {table}")
    )


def _record(
    lake: Lake,
    start: runs.Before,
    frames: Frames,
    changes: Mapping[str, pl.DataFrame],
    difference: Difference,
) -> None:
    """Enter the run into the log of runs, before the state is saved to which it leads."""
    if lake_log.version(lake, ledger.LEDGER) is None:
        return
    after = {**frames, **{name: frame.lazy() for name, frame in changes.items()}}
    if start.frames is not frames:
        # The state was lost, and is made anew of all: what came since gold was published is less.
        _, difference = _log_since(lake, start.ledger)
    runs.record(lake, start, after, difference, clock.now())


def _log_since(lake: Lake, version: int | None) -> tuple[Mapping[str, pl.LazyFrame], Difference]:
    """The log, and how it differs from what counted as of a version of the ledger."""
    now = ledger.stagings(lake)
    then = now.clear() if version is None else ledger.stagings(lake, version)
    came, left = (one.join(other, on=one.columns, how="anti") for one, other in ((now, then), (then, now)))
    log = {name: log_view.scan(lake, name, now) for name in ENTITIES}
    added = log if then.is_empty() else {name: log_view.scan_only(lake, name, came) for name in ENTITIES}
    lost = {name: log_view.scan_only(lake, name, left) for name in ENTITIES}
    return log, Difference(added, lost, left.select(ledger.BATCH))
