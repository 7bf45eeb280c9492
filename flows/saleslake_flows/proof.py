"""`saleslake verify`: the proof on a live lake, told in lines."""

from collections import Counter
from collections.abc import Iterator, Sequence

from saleslake.lake import Lake
from saleslake.profiles import Fault, ProfileError
from saleslake.settings import Settings
from saleslake_flows.choose import usable
from saleslake_flows.screen import Screen, count
from saleslake_flows.soundness import manifests, published
from saleslake_processor import ledger
from saleslake_processor.compare import Difference
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
    needed = {source for _, source in ledger.taken_in(lake)}
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
    stamps = {source.name: ledger.stamp(source.mapping_hash) for source in sources}
    for (name,), batches in ledger.stale(lake, stamps).group_by("source", maintain_order=True):
        screen.note(
            f"{name}: {count(batches.height)} of its batches were read by a profile that has changed since;"
            f" `saleslake restage {name} --dry-run` shows what that changes"
        )
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
