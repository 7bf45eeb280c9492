"""The flow `scrape`: one source fetched into a raw batch; then it asks for a microbatch."""

import asyncio
import signal
import sys

from prefect import flow, get_client, get_run_logger
from prefect.client.schemas.filters import (
    DeploymentFilter,
    DeploymentFilterName,
    FlowFilter,
    FlowFilterName,
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import State, StateType
from prefect.deployments import run_deployment
from prefect.exceptions import ObjectNotFound
from prefect.states import Completed, Crashed, Failed

from saleslake.lake import Lake
from saleslake.settings import Settings
from saleslake_flows import room, tether
from saleslake_flows.crawl import Crawl, crawl
from saleslake_flows.served import discreet, fetched, run_page
from saleslake_flows.served.names import BY_HAND, MICROBATCH, SCRAPE
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
        came = asyncio.run(crawl(source, lake, settings.sources.absolute(), log.info, _container_log))
    except Exception as error:
        return Failed(message=str(discreet.told(error)))
    run_page.named(fetched.run_name(came))
    _show(lake, came)
    if came.batch:
        _ask_for_microbatch(came)
    said = fetched.message(came)
    if came.died is not None:
        return Crashed(message=said) if came.died < 0 else Failed(message=said)
    return Failed(message=said) if came.failures else Completed(message=said)


def _show(lake: Lake, came: Crawl) -> None:
    log = get_run_logger()
    log.info("%s", fetched.message(came))
    for each in came.failures[: fetched.MOST] if came.died is None else ():
        log.error("%s: %s", each.address, each.reason)
    for each in came.warnings[: fetched.MOST]:
        log.warning("%s: %s", each.address, each.reason)
    source = came.source
    run_page.table(fetched.key("addresses", source), fetched.addresses(lake, came), f"Addresses of {source}")
    run_page.table(fetched.key("rows", source), fetched.rows(came), f"Rows of {source} by raw table")


def _ask_for_microbatch(came: Crawl) -> None:
    """Ask the processor to take the batch in now; where it cannot be asked, its schedule takes it."""
    log = get_run_logger()
    try:
        if _is_asked_for():
            log.info("a microbatch is asked for already; it takes in batch %s as well", came.batch)
            return
        asked = run_deployment(f"{MICROBATCH}/{BY_HAND}", timeout=0, as_subflow=False)
    except ObjectNotFound:
        log.info("no processor has registered its flow yet; its schedule will take in batch %s", came.batch)
    except Exception as error:
        log.warning(
            "no microbatch could be asked for (%s); the schedule takes the batch", type(error).__name__
        )
    else:
        log.info("asked for microbatch %s", getattr(asked, "name", ""))


def _is_asked_for() -> bool:
    """Whether a microbatch by hand waits for its turn: it will see whatever is committed when it begins."""
    waiting = FlowRunFilterStateType(any_=[StateType.SCHEDULED, StateType.PENDING])
    with get_client(sync_client=True) as client:
        return bool(
            client.read_flow_runs(
                flow_filter=FlowFilter(name=FlowFilterName(any_=[MICROBATCH])),
                deployment_filter=DeploymentFilter(name=DeploymentFilterName(any_=[BY_HAND])),
                flow_run_filter=FlowRunFilter(state=FlowRunFilterState(type=waiting)),
                limit=1,
            )
        )


def _container_log(line: str) -> None:
    """The scraper's own log is the container's, not the run's."""
    print(line, file=sys.stderr)
