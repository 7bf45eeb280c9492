"""Runs that nobody runs any more are ended, and those that are under way are left alone."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from uuid import UUID, uuid4

from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.objects import FlowRun, State
from prefect.states import Pending

from saleslake_flows.served import reconcile

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)


class Runs:
    """A server that knows some runs."""

    def __init__(self, *runs: FlowRun) -> None:
        self.known = list(runs)
        self.set: dict[UUID, State[Any]] = {}

    async def read_flow_runs(self, *, offset: int, **asked: Any) -> list[FlowRun]:
        return self.known[offset:]

    async def set_flow_run_state(self, run: UUID, state: State[Any], force: bool) -> None:
        assert force
        self.set[run] = state


def _given(ago: timedelta) -> FlowRun:
    return FlowRun(id=uuid4(), flow_id=uuid4(), state=Pending(timestamp=NOW - ago))


def test_a_run_that_never_began_is_crashed_and_one_that_begins_is_not():
    lost, begins = (_given(reconcile.UNBEGUN + timedelta(seconds=each)) for each in (1, -1))
    server = Runs(lost, begins)
    crashed = asyncio.run(reconcile.crash_unbegun(cast(PrefectClient, server), ["microbatch"], NOW))
    assert crashed == 1
    assert {run: state.type.value for run, state in server.set.items()} == {lost.id: "CRASHED"}
