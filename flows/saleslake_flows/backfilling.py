"""`saleslake backfill`: days of sources are fetched and taken in again, whatever is known of them."""

import os
from collections.abc import Mapping, Sequence
from datetime import date

import polars as pl

from saleslake.lake import Lake
from saleslake.profiles import Source
from saleslake.settings import Settings
from saleslake_flows import backfills, choose, deciding, pipeline, soundness, summary, trial
from saleslake_flows.backfills import Record
from saleslake_flows.crawl import Crawl
from saleslake_flows.exits import FAILED, WELL, FailedError, WrongUseError
from saleslake_flows.screen import Screen
from saleslake_processor import whatif
from saleslake_processor.lock import writing
from saleslake_processor.process import take_in


def day(option: str, text: str) -> date:
    """A day as people write it; raises `WrongUseError`."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise WrongUseError(f"{option} {text}: a day, such as 2026-03-31") from None


def backfilled(
    screen: Screen, settings: Settings, since: date, until: date, names: Sequence[str], dry_run: bool
) -> int:
    """Fetch the days again, take them in, and tell what that changes in gold, or would.

    One that was cut short goes on: what it has committed is not fetched again.
    """
    if since > until:
        raise WrongUseError(f"--since {since} is after --until {until}")
    sources = choose.fetchable(settings.sources, names, os.environ)
    lake = Lake(settings.lake.absolute())
    wanted = (since, until, [source.name for source in sources])
    if dry_run:
        return _tried(screen, lake, settings, sources, backfills.planned(*wanted))
    return _done(screen, lake, settings, sources, backfills.begun(lake, *wanted))


def _done(screen: Screen, lake: Lake, settings: Settings, sources: Sequence[Source], record: Record) -> int:
    there = backfills.fetched(lake, record)
    if there:
        began = f"{backfills.began_at(record):%Y-%m-%d %H:%M} UTC"
        screen.note(f"going on with the backfill of {began}, which has fetched {', '.join(there)}")
    left = [name for name in record.sources if name not in there]
    well = summary.fetched(screen, _fetch(screen, settings, lake, record, left))
    there = backfills.fetched(lake, record)
    if there:
        _take_in(screen, lake, settings, sources, there)
    if well:
        backfills.ended(lake, record)
    if not well:
        screen.error("not all was fetched: the same command goes on with the rest")
        return FAILED
    return _ended(screen, record, there)


def _take_in(
    screen: Screen, lake: Lake, settings: Settings, sources: Sequence[Source], there: Mapping[str, str]
) -> None:
    """Take in the batches, as far as no microbatch has done so, and tell what that changed."""
    taken: list[pl.DataFrame] = []
    with writing(lake), screen.steps() as progress:
        soundness.manifests(lake)

        def step(at: Lake) -> None:
            only = {(batch, source) for source, batch in there.items()}
            taken.append(take_in(at, sources, progress, only=only).ledger)

        changed = whatif.changed_by(lake, settings, step)
    _tell(screen, changed, taken[0], False)


def _tried(screen: Screen, lake: Lake, settings: Settings, sources: Sequence[Source], record: Record) -> int:
    beside = trial.begun(lake, record.id, record.sources)
    try:
        well = summary.fetched(screen, _fetch(screen, settings, beside, record, record.sources))
        there = backfills.fetched(beside, record)
        if there:
            batches = [(batch, source) for source, batch in there.items()]
            with writing(lake), screen.steps() as progress:
                soundness.manifests(lake)
                changed, ledger = whatif.changed_with(lake, settings, sources, beside, batches, progress)
            _tell(screen, changed, ledger, True)
    finally:
        trial.ended(lake, record.id)
    return _ended(screen, record, there) if well else FAILED


def _tell(screen: Screen, changed: pl.DataFrame, ledger: pl.DataFrame, dry_run: bool) -> None:
    if not screen.quiet and not ledger.is_empty():
        summary.taken_in(screen, ledger)
        screen.say()
    deciding.told(screen, changed, dry_run)


def _fetch(
    screen: Screen, settings: Settings, lake: Lake, record: Record, names: Sequence[str]
) -> list[Crawl]:
    with screen.steps() as progress:
        return pipeline.scrape(names, lake, settings.sources, progress, screen.log, record.window)


def _ended(screen: Screen, record: Record, there: Mapping[str, str]) -> int:
    """Tell which sources have nothing of these days; raises `FailedError` where none has anything."""
    days = f"from {record.since} to {record.until}"
    if not there:
        raise FailedError(f"nothing {days} in {', '.join(record.sources)}")
    for source in record.sources:
        if source not in there:
            screen.note(f"{source}: nothing {days}")
    return WELL
