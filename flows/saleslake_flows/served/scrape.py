"""The flow `scrape`: one source fetched into a raw batch; then it asks for a microbatch."""

import asyncio
import signal
import sys

from prefect import flow, get_run_logger
from prefect.client.schemas.objects import State
from prefect.states import Completed, Crashed, Failed

from saleslake.lake import Lake
from saleslake.settings import Settings
from saleslake_flows import room, tether
from saleslake_flows.crawl import Crawl, crawl
from saleslake_flows.served import asking, discreet, fetched, run_page
from saleslake_flows.served.names import SCRAPE
from saleslake_flows.served.serve_settings import ServeSettings


@flow(name=SCRAPE, flow_run_name="{source}")
def scrape(source: str) -> State:
    """Fetch what is new of a source into a raw batch."""
    if not tether.to_starter(signal.SIGTERM):
        return Crashed(message="its service ended before it began")
    settings = Settings()
    lake = Lake(settings.lake.absolute())
    log = get_run_logger()
    try:
        room.enough(lake, ServeSettings().free_megabytes)
        room.make(lake)
        came = asyncio.run(crawl(source, lake, settings.sources.absolute(), log.info, container_log))
    except Exception as error:
        return Failed(message=str(discreet.told(error)))
    run_page.named(fetched.run_name(came))
    show(lake, came)
    if came.batch:
        asking.for_microbatch(came.batch)
    said = fetched.message(came)
    if came.died is not None:
        return Crashed(message=said) if came.died < 0 else Failed(message=said)
    return Failed(message=said) if came.failures else Completed(message=said)


def show(lake: Lake, came: Crawl) -> None:
    """What was fetched, in the log of the run and as artifacts."""
    log = get_run_logger()
    log.info("%s", fetched.message(came))
    for each in came.failures[: fetched.MOST] if came.died is None else ():
        log.error("%s: %s", each.address, each.reason)
    for each in came.warnings[: fetched.MOST]:
        log.warning("%s: %s", each.address, each.reason)
    source = came.source
    run_page.table(fetched.key("addresses", source), fetched.addresses(lake, came), f"Addresses of {source}")
    run_page.table(fetched.key("rows", source), fetched.rows(came), f"Rows of {source} by raw table")


def container_log(line: str) -> None:
    """The scraper's own log is the container's, not the run's."""
    print(line, file=sys.stderr)
