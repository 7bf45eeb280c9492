"""The proof on a live lake: what stands in it equals what one rebuild from raw gives."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import polars as pl

from saleslake.lake import Lake
from saleslake.profiles import Source
from saleslake.settings import Settings
from saleslake_processor import gold_files, ledger, log_view, scratch
from saleslake_processor import state as states
from saleslake_processor.compare import Difference, differences
from saleslake_processor.contracts.entities import ENTITIES
from saleslake_processor.derive.sums import SUMS
from saleslake_processor.lock import writing
from saleslake_processor.marts.graph import MARTS, OPERATIONAL
from saleslake_processor.process import bring_forward, take_in
from saleslake_processor.versions import winners


@dataclass(frozen=True)
class Verified:
    """What was compared, and the first differences by table."""

    tables: dict[str, int]
    """Rows by table of gold, by log, and by frame of the state."""
    batches: int
    found: list[Difference]


def verify(
    lake: Lake,
    sources: Iterable[Source],
    settings: Settings,
    progress: Callable[[str], None] = lambda _: None,
) -> Verified:
    """Rebuild from the raw batches that the lake has taken in, beside it, and compare every value.

    Holds the lake meanwhile; raises `LakeBusyError` where another process writes.
    """
    with writing(lake), scratch.empty(lake) as rebuilt:
        batches = set(ledger.taken_in(lake))
        take_in(rebuilt, sources, progress, only=batches)
        bring_forward(rebuilt, settings, progress)
        tables: dict[str, int] = {}
        found: list[Difference] = []
        for compared in (_log, _gold, _state):
            of, there = compared(lake, rebuilt)
            tables |= of
            found += there
        return Verified(tables, len(batches), found)


def _log(lake: Lake, rebuilt: Lake) -> tuple[dict[str, int], list[Difference]]:
    """The last version of each row. Which older ones the log keeps depends on what came first."""
    tables: dict[str, int] = {}
    found: list[Difference] = []
    for name, entity in ENTITIES.items():
        left, right = (
            winners(log_view.scan(at, name), entity).drop(*_STAMPS).collect() for at in (lake, rebuilt)
        )
        tables[f"log {name}"] = left.height
        found += differences(f"log {name}", left, right, [entity.key])
    return tables, found


def _gold(lake: Lake, rebuilt: Lake) -> tuple[dict[str, int], list[Difference]]:
    here, there = gold_files.load(lake), gold_files.load(rebuilt)
    if here is None or there is None:
        return {}, [] if here is there else [_whole("gold", here is not None)]
    tables: dict[str, int] = {}
    found = [
        Difference(path, {}, "sha256", "another one", "the manifest's")
        for path in gold_files.altered(lake, here)
    ]
    for mart in MARTS:
        if mart.name in OPERATIONAL:
            continue
        left, right = (
            gold_files.read(at, of, mart.name).collect() for at, of in ((lake, here), (rebuilt, there))
        )
        tables[mart.name] = left.height
        found += differences(mart.name, left, right, mart.contract.primary_key())
    return tables, found


def _state(lake: Lake, rebuilt: Lake) -> tuple[dict[str, int], list[Difference]]:
    """Sums and facts with their internal columns; frames that only one of them has differ as a whole."""
    here, there = (states.load(at).frames(at) for at in (lake, rebuilt))
    tables: dict[str, int] = {}
    found: list[Difference] = []
    for name in sorted(here.keys() | there.keys()):
        if name not in here or name not in there:
            found.append(_whole(f"state {name}", name in here))
            continue
        left, right = (_proven(name, frames[name]).collect() for frames in (here, there))
        tables[f"state {name}"] = left.height
        found += differences(f"state {name}", left, right, _KEYS.get(name, _KEYS.get(name.split("/")[0], [])))
    return tables, found


_KEYS = {
    **{f"sums/{name}": grain for name, grain in SUMS.items()},
    **{f"current/{name}": [entity.key] for name, entity in ENTITIES.items()},
    **{mart.name: mart.contract.primary_key() for mart in MARTS},
}
"""What tells the rows of a frame of the state apart."""

_STAMPS = ("profile_hash", "outcome")
"""Which profile a row was read by: one that was changed may well read the same. What it was when it came."""


def _whole(name: str, here: bool) -> Difference:
    return Difference(name, {}, "", *(("there", "missing") if here else ("missing", "there")))


def _proven(name: str, frame: pl.LazyFrame) -> pl.LazyFrame:
    """What must be equal: which of two equal observations made a row wait depends on which came first."""
    if name == "waiting":
        return frame.select("entity", "key", "touch_key")
    return frame.drop(*_STAMPS, strict=False)
