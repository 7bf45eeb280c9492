"""The commands that move the lake forward: what they do in which order, and how they end."""

import os
from collections.abc import Collection, Sequence

from saleslake.lake import Lake
from saleslake.settings import Settings
from saleslake_flows import choose, pipeline, summary
from saleslake_flows.crawl import Crawl
from saleslake_flows.exits import FAILED, WELL
from saleslake_flows.pipeline import Taken
from saleslake_flows.screen import Screen


def scrape(screen: Screen, settings: Settings, names: Sequence[str]) -> int:
    """Fetch the named sources, or all; their profiles are checked before."""
    sources = choose.fetchable(settings.sources, names, os.environ)
    with screen.steps() as progress:
        crawls = pipeline.scrape(
            [source.name for source in sources], _lake(settings), settings.sources, progress, screen.log
        )
    if not screen.quiet and not any(crawl.batch or crawl.failures for crawl in crawls):
        screen.say("nothing new")
    return WELL if summary.fetched(screen, crawls) else FAILED


def process(screen: Screen, settings: Settings, names: Sequence[str]) -> int:
    """Take in the committed batches of the named sources, or of all that have a profile."""
    lake = _lake(settings)
    sources = choose.required(settings.sources, names) if names else []
    with screen.steps() as progress:
        taken = pipeline.take_in(lake, settings.sources, settings, progress, names)
    return _ended(screen, settings, taken, names, {source.company for source in sources}, True)


def run(screen: Screen, settings: Settings, names: Sequence[str]) -> int:
    """Fetch the named sources, or all, then take in what is committed."""
    sources = choose.fetchable(settings.sources, names, os.environ)
    crawls: list[Crawl] = []
    try:
        with screen.steps() as progress:
            taken = pipeline.run(
                [source.name for source in sources],
                *(_lake(settings), settings.sources, settings),
                *(progress, screen.log, crawls.extend),
            )
    finally:
        well = summary.fetched(screen, crawls)
    return _ended(screen, settings, taken, (), {source.company for source in sources}, well)


def _ended(
    screen: Screen,
    settings: Settings,
    taken: Taken,
    names: Sequence[str],
    companies: Collection[str],
    well: bool,
) -> int:
    """Tell what became of it all; `well` says whether nothing failed before."""
    well = _told_waiting(screen, settings, taken, names) and well
    summary.outcome(screen, _lake(settings), taken.processed, companies, well)
    return WELL if well else FAILED


def _told_waiting(screen: Screen, settings: Settings, taken: Taken, names: Sequence[str]) -> bool:
    """Tell which batches wait and why; whether none of them was meant to be taken in."""
    waiting = set(taken.processed.unknown_sources)
    for fault in taken.faults:
        if fault.file.stem in waiting:
            screen.error(f"its batches wait: {fault}")
        else:
            screen.note(f"left out: {fault}")
    without_fault = sorted(waiting - {fault.file.stem for fault in taken.faults})
    for name in without_fault:
        if names:
            screen.note(f"{name}: its batches wait, since it was not named")
        else:
            screen.error(f"{name}: its batches wait: no profile {settings.sources / name}.toml")
    return not waiting or bool(names)


def _lake(settings: Settings) -> Lake:
    return Lake(settings.lake.absolute())
