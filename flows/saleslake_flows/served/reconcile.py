"""What a service puts right: runs that its end, or the server's, left behind, deployments that nobody serves.

It only touches the flows that it serves itself. Before it serves nothing of those runs, since one service
serves them.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from itertools import groupby
from uuid import UUID

from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.filters import (
    FlowFilter,
    FlowFilterName,
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateName,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import FlowRun, State, StateType
from prefect.states import Cancelled, Crashed

_PAGE = 200
"""Runs that the server gives at once."""

UNBEGUN = timedelta(minutes=10)
"""That a run may take to begin once it was given to a process; seconds, unless the machine is very busy."""

_GIVEN = FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.PENDING]))
_ORPHANS = FlowRunFilterState(
    type=FlowRunFilterStateType(any_=[StateType.RUNNING, StateType.PENDING, StateType.CANCELLING])
)
_LATE = FlowRunFilterState(name=FlowRunFilterStateName(any_=["Late"]))


async def crash_orphans(client: PrefectClient, flows: Collection[str]) -> int:
    """Crash the runs of the flows that nobody runs any more, which gives their slots back; how many."""
    orphans = await _runs(client, flows, _ORPHANS)
    for run in orphans:
        state: State[None] = Crashed(message="its service ended while it was under way")
        await client.set_flow_run_state(run.id, state, force=True)
    return len(orphans)


async def crash_unbegun(client: PrefectClient, flows: Collection[str], now: datetime) -> int:
    """Crash the runs that were given to a process and never began; how many.

    Where the server is away, neither such a process nor the service can say that it failed, and no heartbeat
    is missed: there was none. Shown as waiting, it would keep the scraper from asking for a microbatch.
    """
    crashed = 0
    for run in await _runs(client, flows, _GIVEN):
        if run.state is not None and run.state.timestamp < now - UNBEGUN:
            state: State[None] = Crashed(message="its process did not begin: it could not reach the server")
            await client.set_flow_run_state(run.id, state, force=True)
            crashed += 1
    return crashed


async def cancel_late(client: PrefectClient, flows: Collection[str]) -> int:
    """Cancel all late runs of each deployment but the newest, which does what they were to do; how many."""
    late = await _runs(client, flows, _LATE)
    late.sort(key=lambda run: (str(run.deployment_id), run.expected_start_time or run.created))
    cancelled = 0
    for _, runs in groupby(late, key=lambda run: run.deployment_id):
        for run in list(runs)[:-1]:
            state: State[None] = Cancelled(
                message="it could not begin when it was due; a later one does its work"
            )
            await client.set_flow_run_state(run.id, state, force=True)
            cancelled += 1
    return cancelled


async def forget(client: PrefectClient, flows: Collection[str], kept: Collection[str]) -> list[str]:
    """Delete the deployments of the flows that are not named (`<flow>/<name>`); their names."""
    names: dict[UUID, str] = {}
    for flow in flows:
        of_flow = FlowFilter(name=FlowFilterName(any_=[flow]))
        for each in await client.read_deployments(flow_filter=of_flow):
            names[each.id] = f"{flow}/{each.name}"
    gone = {id: name for id, name in names.items() if name not in kept}
    for deployment in gone:
        await client.delete_deployment(deployment)
    return sorted(gone.values())


async def _runs(client: PrefectClient, flows: Collection[str], state: FlowRunFilterState) -> list[FlowRun]:
    found: list[FlowRun] = []
    while page := await client.read_flow_runs(
        flow_filter=FlowFilter(name=FlowFilterName(any_=[*flows])),
        flow_run_filter=FlowRunFilter(state=state),
        limit=_PAGE,
        offset=len(found),
    ):
        found += page
    return found
