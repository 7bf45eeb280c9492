"""The commands that move the lake forward: what they do in which order, and how they end."""

import os
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from saleslake.lake import Lake
from saleslake.settings import Settings
from saleslake_flows import choose, learning, pipeline, summary
from saleslake_flows.crawl import Crawl
from saleslake_flows.exits import FAILED, WELL
from saleslake_flows.pipeline import Taken
from saleslake_flows.screen import Screen
from saleslake_processor.lock import LakeBusyError

if TYPE_CHECKING:
    from saleslake_processor.learnt.learn import Learning


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


def run(screen: Screen, settings: Settings, names: Sequence[str], learn: bool = True) -> int:
    """Fetch the named sources, or all, take in what is committed, then learn what is due, if that is
    wanted."""
    sources = choose.fetchable(settings.sources, names, os.environ)
    crawls: list[Crawl] = []
    done: Learning | None = None
    failure: Exception | None = None
    try:
        with screen.steps() as progress:
            taken = pipeline.run(
                [source.name for source in sources],
                *(_lake(settings), settings.sources, settings),
                *(progress, screen.log, crawls.extend),
            )
            if learn:
                try:
                    done = _learnt(screen, settings, taken, progress)
                except Exception as error:
                    # What was fetched and published before it is told all the same.
                    failure = error
    finally:
        well = summary.fetched(screen, crawls)
    code = _ended(screen, settings, taken, (), {source.company for source in sources}, well)
    if failure is not None:
        raise failure
    return code if done is None or learning.well(screen, done) else FAILED


def learn(screen: Screen, settings: Settings, force: bool) -> int:
    """Do the studies that are due, publish what they say, and tell what it is worth."""
    lake = _lake(settings)
    with screen.steps() as progress:
        done = pipeline.learn(lake, settings, progress, force)
    if not screen.quiet:
        learning.told(screen, lake, done, force)
    return WELL if learning.well(screen, done) else FAILED


def _learnt(screen: Screen, settings: Settings, taken: Taken, progress: pipeline.Tell) -> "Learning | None":
    """Learn after a run; where another process has come to the lake, the next run does it."""
    try:
        done = pipeline.learn(_lake(settings), settings, progress)
    except LakeBusyError:
        screen.note("nothing was learnt: another process writes to the lake; the next run does it")
        return None
    taken.processed.manifest = done.manifest or taken.processed.manifest
    return done


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
    for fault in taken.processed.reference_faults:
        screen.error(f"reference files as they were before hold: {fault}")
    well = well and not taken.processed.reference_faults
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
