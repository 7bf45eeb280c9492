"""The flow `backfill`: days of sources are fetched again; then it asks for a microbatch or a rehearsal."""

import asyncio
import signal
from collections.abc import Sequence
from datetime import date

from prefect import flow, get_run_logger
from prefect.client.schemas.objects import State
from prefect.states import Completed, Crashed, Failed

from saleslake.lake import Lake
from saleslake.profiles import names
from saleslake.settings import Settings
from saleslake_flows import backfills, room, tether, trial
from saleslake_flows.backfills import Record
from saleslake_flows.crawl import Crawl, crawl_all
from saleslake_flows.served import asking, discreet, fetched, run_page
from saleslake_flows.served.names import BACKFILL
from saleslake_flows.served.scrape import container_log, show
from saleslake_flows.served.serve_settings import ServeSettings


@flow(name=BACKFILL, flow_run_name=f"{BACKFILL} {{since}} {{until}}")
def backfill(since: date, until: date, source: str | None = None, dry_run: bool = False) -> State:
    """Fetch the days from since to until again, of a source or of all; a dry run shows what would change."""
    if not tether.to_starter(signal.SIGTERM):
        return Crashed(message="its service ended before it began")
    settings = Settings()
    lake = Lake(settings.lake.absolute())
    try:
        known = names(settings.sources.absolute())
        if since > until:
            return Failed(message=f"since {since} is after until {until}")
        if source is not None and source not in known:
            return Failed(message=f"no such profile as {source}; there are: {', '.join(known)}")
        room.enough(lake, ServeSettings().free_megabytes)
        room.make(lake)
        wanted = (since, until, [source] if source else known)
        act = _tried if dry_run else _done
        return act(lake, settings, *wanted)
    except Exception as error:
        return Failed(message=str(discreet.told(error)))


def _done(lake: Lake, settings: Settings, since: date, until: date, sources: Sequence[str]) -> State:
    record = backfills.begun(lake, since, until, sources)
    there = backfills.fetched(lake, record)
    crawls = _fetched(lake, settings, record, [name for name in record.sources if name not in there])
    there = backfills.fetched(lake, record)
    if there:
        asking.for_microbatch(max(there.values()))
    if not any(crawl.failures for crawl in crawls):
        backfills.ended(lake, record)
    return _state(record, there, crawls, "a microbatch takes them in")


def _tried(lake: Lake, settings: Settings, since: date, until: date, sources: Sequence[str]) -> State:
    record = backfills.planned(since, until, sources)
    beside = trial.begun(lake, record.id, record.sources)
    crawls = _fetched(beside, settings, record, record.sources)
    there = backfills.fetched(beside, record)
    asked = asking.for_rehearsal(record.id) if there else None
    if asked is None:
        trial.ended(lake, record.id)
    if there and asked is None:
        return Failed(message="nobody could be asked what would change: is the processor there?")
    return _state(record, there, crawls, f"the run {asked} shows what they would change, and removes them")


def _fetched(lake: Lake, settings: Settings, record: Record, sources: Sequence[str]) -> list[Crawl]:
    log, folder = get_run_logger(), settings.sources.absolute()
    crawls = asyncio.run(crawl_all(sources, lake, folder, log.info, container_log, record.window))
    for came in crawls:
        show(lake, came)
    return crawls


def _state(record: Record, there: dict[str, str], crawls: Sequence[Crawl], then: str) -> State:
    days = f"from {record.since} to {record.until}"
    run_page.named(f"{BACKFILL} {record.since} {record.until}: {', '.join(there) or 'nothing'}")
    failed = [crawl for crawl in crawls if crawl.failures]
    if failed:
        said = "; ".join(f"{crawl.source}: {fetched.message(crawl)}" for crawl in failed)
        return Failed(message=f"{said}; the same backfill goes on with these")
    if not there:
        return Failed(message=f"nothing {days} in {', '.join(record.sources)}")
    return Completed(message=f"fetched {days}: {', '.join(there)}; {then}")
