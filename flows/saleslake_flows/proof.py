"""`saleslake verify`: the proof on a live lake, told in lines."""

from collections import Counter

from saleslake.lake import Lake
from saleslake.profiles import Fault, ProfileError
from saleslake.settings import Settings
from saleslake_flows.choose import usable
from saleslake_flows.exits import FailedError
from saleslake_flows.pipeline import sound
from saleslake_flows.screen import Screen, count
from saleslake_processor import gold_files
from saleslake_processor.process import taken_in
from saleslake_processor.verify import verify

MOST = 5
"""Differences of one table that are told."""


def proven(screen: Screen, lake: Lake, settings: Settings) -> bool:
    """Rebuild the lake beside itself and tell the differences; whether there are none.

    Raises `ProfileError` where a batch that was taken in has no profile to be rebuilt by.
    """
    sound(lake)
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
    if needed and gold_files.load(lake) is None:
        raise FailedError(f"{lake.gold_manifest}: gold is missing; `saleslake process` publishes it again")
    with screen.steps() as progress:
        verified = verify(lake, sources, settings, progress)
    if screen.verbose:
        screen.table(("table", "rows"), [(name, count(rows)) for name, rows in verified.tables.items()])
    compared = f"{len(verified.tables)} tables compared, {verified.batches} batches rebuilt"
    if not verified.found:
        screen.say(f"{compared}: equal")
        return True
    screen.say(f"{compared}: different")
    told: Counter[str] = Counter()
    for difference in verified.found:
        told[difference.table] += 1
        if told[difference.table] <= MOST:
            screen.say(str(difference))
    for table, number in told.items():
        if number > MOST:
            screen.say(f"{table}: and {number - MOST} differences more, at least")
    return False
