"""`saleslake verify`: the proof on a live lake, told in lines."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

import polars as pl

from saleslake.lake import Lake
from saleslake.profiles import Fault, ProfileError, Source
from saleslake.settings import Settings
from saleslake_flows.choose import usable
from saleslake_flows.screen import Screen, count
from saleslake_flows.soundness import manifests, published
from saleslake_processor import lake_log
from saleslake_processor.compare import Difference
from saleslake_processor.contracts.entities import ENTITIES
from saleslake_processor.ingest import full_log_schema
from saleslake_processor.process import taken_in
from saleslake_processor.verify import verify

OF_A_TABLE, IN_ALL = 3, 20
"""Differences that are told."""


def proven(screen: Screen, lake: Lake, settings: Settings) -> bool:
    """Rebuild the lake beside itself and tell the differences; whether there are none.

    Raises `ProfileError` where a batch that was taken in has no profile to be rebuilt by.
    """
    manifests(lake)
    sources, faults = usable(settings.sources)
    known = {source.name for source in sources} | {fault.file.stem for fault in faults}
    needed = {source for _, source in taken_in(lake)}
    wrong = [fault for fault in faults if fault.file.stem in needed]
    wrong += [
        Fault(settings.sources / f"{name}.toml", "", "", "no such profile, and batches of it were taken in")
        for name in sorted(needed - known)
    ]
    if wrong:
        raise ProfileError(wrong)
    if needed:
        published(lake)
    with screen.steps() as progress:
        verified = verify(lake, sources, settings, progress)
    if screen.verbose:
        screen.table(("table", "rows"), [(name, count(rows)) for name, rows in verified.tables.items()])
    compared = f"{len(verified.tables)} tables compared, {verified.batches} batches rebuilt"
    if not verified.found:
        screen.say(f"{compared}: equal")
        return True
    screen.say(f"{compared}: different")
    for line in _first(verified.found):
        screen.say(line)
    for name in _changed(lake, sources):
        screen.note(f"{name}: its rows were read by a profile that has changed since")
    return False


def _first(found: Sequence[Difference]) -> Iterator[str]:
    """The first differences, some of each table, and how many there are more."""
    told: Counter[str] = Counter()
    for difference in found:
        if told[difference.table] < OF_A_TABLE and told.total() < IN_ALL:
            told[difference.table] += 1
            yield str(difference)
    for table, number in Counter(difference.table for difference in found).items():
        yield f"{table}: {number} differences are known"


def _changed(lake: Lake, sources: Iterable[Source]) -> list[str]:
    """Sources with rows in the log that were read by another profile than the present one."""
    present = {source.name: source.mapping_hash for source in sources}
    read_by = pl.concat(
        lake_log.scan(lake, name, full_log_schema(entity)).select("source", "profile_hash").unique()
        for name, entity in ENTITIES.items()
    )
    stamps = read_by.unique().collect().iter_rows()
    return sorted({name for name, stamp in stamps if present.get(name) != stamp})
