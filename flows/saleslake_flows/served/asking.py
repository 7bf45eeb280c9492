"""Asking the processor for something; where it cannot be asked nothing is lost."""

from typing import Any

from prefect import get_client, get_run_logger
from prefect.client.schemas.filters import (
    DeploymentFilter,
    DeploymentFilterName,
    FlowFilter,
    FlowFilterName,
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import StateType
from prefect.deployments import run_deployment
from prefect.exceptions import ObjectNotFound

from saleslake_flows.served.names import BY_HAND, MICROBATCH, REHEARSAL


def for_microbatch(batch: str) -> None:
    """Ask the processor to take the batch in now; where it cannot be asked, its schedule takes it."""
    log = get_run_logger()
    try:
        if _is_asked_for():
            log.info("a microbatch is asked for already; it takes in batch %s as well", batch)
            return
        asked = _asked(MICROBATCH)
    except ObjectNotFound:
        log.info("no processor has registered its flow yet; its schedule will take in batch %s", batch)
    except Exception as error:
        log.warning(
            "no microbatch could be asked for (%s); the schedule takes the batch", type(error).__name__
        )
    else:
        log.info("asked for microbatch %s", asked)


def for_rehearsal(trial: str) -> str | None:
    """Ask the processor what the batches of a trial would change; the name of its run, or none."""
    try:
        return _asked(REHEARSAL, backfill=trial)
    except Exception as error:
        get_run_logger().warning("nobody could be asked what would change (%s)", type(error).__name__)
        return None


def _asked(flow: str, **parameters: Any) -> str:
    asked = run_deployment(f"{flow}/{BY_HAND}", parameters=parameters, timeout=0, as_subflow=False)
    return str(getattr(asked, "name", ""))


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
