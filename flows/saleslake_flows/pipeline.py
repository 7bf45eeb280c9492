"""The whole way of a sale: fetched into raw batches, taken into the log, derived, published as gold.

    sources --scrape--> raw batches --process--> log, state, gold <--learn-- state

Each step leaves what it did in the lake, so that a run which was cut short is completed by the next one.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from saleslake.lake import Lake
from saleslake.profiles import Fault, Source
from saleslake.raw import Backfill
from saleslake.settings import Settings
from saleslake_flows import room, soundness
from saleslake_flows.choose import usable
from saleslake_flows.crawl import Crawl, crawl_all
from saleslake_processor import process
from saleslake_processor.process import Processed

if TYPE_CHECKING:
    from saleslake_processor.learnt.learn import Learning

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Taken:
    """What became of the committed batches."""

    processed: Processed
    faults: list[Fault] = field(default_factory=list)
    """Of profiles that could not be worked with, and so were left out."""


def run(
    names: Sequence[str],
    lake: Lake,
    folder: Path,
    settings: Settings,
    progress: Tell,
    log: Tell,
    fetched: Callable[[list[Crawl]], None],
) -> Taken:
    """Fetch the named sources, then take in whatever is committed, of these and of all others.

    A source that fails stops neither the others nor what is committed already. `fetched` is handed what
    came of the crawls, which holds whatever becomes of the rest.
    """
    fetched(scrape(names, lake, folder, progress, log))
    return take_in(lake, folder, settings, progress)


def scrape(
    names: Sequence[str],
    lake: Lake,
    folder: Path,
    progress: Tell,
    log: Tell,
    window: Backfill | None = None,
) -> list[Crawl]:
    """Fetch the named sources, or days of them again, each by a process of its own."""
    room.make(lake)
    return asyncio.run(crawl_all(names, lake, folder, progress, log, window))


def learn(lake: Lake, settings: Settings, progress: Tell, force: bool = False) -> "Learning":
    """Do the studies that are due, and publish what they say; a damaged manifest is told before."""
    # Here: LightGBM and what belongs to it take a second, and most commands learn nothing.
    from saleslake_processor.learnt import learn as studies

    soundness.manifests(lake)
    return studies.learn(lake, settings, progress, force=force)


def take_in(lake: Lake, folder: Path, settings: Settings, progress: Tell, names: Iterable[str] = ()) -> Taken:
    """Bring log, state and gold to what is committed, by the named profiles or all that are right."""
    sources, faults = usable(folder, names)
    return Taken(bring_in(lake, sources, settings, progress), faults)


def bring_in(lake: Lake, sources: Iterable[Source], settings: Settings, progress: Tell) -> Processed:
    """One pass of the processor; a damaged manifest is told before any batch is taken in."""
    soundness.manifests(lake)
    return process.process(lake, sources, settings, progress)
