"""The automation that crashes runs which no longer say that they live: none stays Running for ever."""

from contextlib import suppress
from datetime import timedelta

from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.objects import StateType
from prefect.events.actions import ChangeFlowRunState
from prefect.events.schemas.automations import AutomationCore, EventTrigger, Posture
from prefect.exceptions import ObjectNotFound

NAME = "saleslake: crash runs without a heartbeat"

WITHIN = timedelta(seconds=90)
"""Three heartbeats; see `PREFECT_FLOWS_HEARTBEAT_FREQUENCY` in prefect.env."""

_HEARTBEAT = "prefect.flow-run.heartbeat"
# States by name: a run that ends under a name of its own would be crashed after its end.
_ENDS = [f"prefect.flow-run.{state}" for state in ("Completed", "Failed", "Cancelled", "Crashed")]


async def watch(client: PrefectClient) -> None:
    """Have the automation be there, once; the other service may make it at the same moment."""
    automation = AutomationCore(
        name=NAME,
        description=f"A run without a heartbeat for {WITHIN.total_seconds():g} s is dead; its slot is freed.",
        trigger=EventTrigger(
            after={_HEARTBEAT},
            expect={_HEARTBEAT, *_ENDS},
            match={"prefect.resource.id": ["prefect.flow-run.*"]},
            for_each={"prefect.resource.id"},
            posture=Posture.Proactive,
            threshold=1,
            within=WITHIN,
        ),
        actions=[
            ChangeFlowRunState(state=StateType.CRASHED, message="no heartbeat: its process is gone, or hangs")
        ],
    )
    if not await client.read_automations_by_name(NAME):
        await client.create_automation(automation)
    _, *more = sorted(await client.read_automations_by_name(NAME), key=lambda each: str(each.id))
    for each in more:
        with suppress(ObjectNotFound):
            await client.delete_automation(each.id)
