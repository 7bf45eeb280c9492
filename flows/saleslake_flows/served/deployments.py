"""What each service serves: the flows with their schedules and limits, as they are registered."""

from datetime import UTC, datetime, timedelta
from typing import Any

from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
from prefect.deployments.runner import RunnerDeployment
from prefect.flows import Flow
from prefect.schedules import Interval, Schedule
from prefect.types.entrypoint import EntrypointType

from saleslake.profiles import Fault, Source
from saleslake_flows.served import cadence
from saleslake_flows.served.names import BY_HAND, HOURLY, SCHEDULED, WEEKLY

_ONE_ELSE_NONE = ConcurrencyLimitConfig(limit=1, collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW)
_ONE_BY_ONE = ConcurrencyLimitConfig(limit=1, collision_strategy=ConcurrencyLimitStrategy.ENQUEUE)

_MIDNIGHT = datetime(2024, 1, 1, tzinfo=UTC)

_SUNDAY = datetime(2024, 1, 7, 3, tzinfo=UTC)


def of_scraper(sources: list[Source], faulty: dict[str, list[Fault]]) -> list[RunnerDeployment]:
    """One deployment a source, on its cadence if it has one; of a faulty profile without, to be seen.

    And the backfill, that somebody asks for.
    """
    from saleslake_flows.served.backfill import backfill
    from saleslake_flows.served.scrape import scrape

    again = "Fetches the days from since to until again, of a source or of all; a dry run changes nothing."
    served = [_deployment(backfill, BY_HAND, again, _ONE_BY_ONE, None, {})]
    for source in sources:
        every = cadence.interval(source.cadence)
        often = "when it is asked for" if every is None else f"every {source.cadence}"
        text = f"Fetches {source.name} of {source.company} {often}."
        schedule = Interval(every, anchor_date=cadence.anchor(source.name, every)) if every else None
        parameters = {"source": source.name}
        served.append(_deployment(scrape, source.name, text, _ONE_ELSE_NONE, schedule, parameters))
    for name, faults in faulty.items():
        text = "Its profile has faults, so that it has no schedule:\n" + "\n".join(
            f"- {each}" for each in faults
        )
        served.append(_deployment(scrape, name, text, _ONE_ELSE_NONE, None, {"source": name}))
    return served


def of_processor(every: timedelta) -> list[RunnerDeployment]:
    """The microbatch by schedule, what the scraper or a person asks for, maintenance, and learning."""
    from saleslake_flows.served.learn import learn
    from saleslake_flows.served.maintain import maintain
    from saleslake_flows.served.microbatch import microbatch
    from saleslake_flows.served.rehearsal import rehearsal

    schedule = Interval(every, anchor_date=_MIDNIGHT)
    often = f"Takes in what was committed, every {every.total_seconds():g} s; skipped while one is under way."
    weekly = Interval(timedelta(weeks=1), anchor_date=_SUNDAY)
    cleans = "Removes what killed runs left in the lake, and gold that is no longer kept; on Sundays."
    hourly = Interval(timedelta(hours=1), anchor_date=_MIDNIGHT)
    learns = "Learns from all sales what is due, such as forecasts; looked for every hour."
    asked = "Takes in what was committed, when it is asked for; one after the other."
    shown = "Shows what a backfill would change, when its dry run asks for it."
    return [
        _deployment(microbatch, SCHEDULED, often, _ONE_ELSE_NONE, schedule, {}),
        _deployment(microbatch, BY_HAND, asked, _ONE_BY_ONE, None, {}),
        _deployment(maintain, WEEKLY, cleans, _ONE_ELSE_NONE, weekly, {}),
        _deployment(learn, HOURLY, learns, _ONE_ELSE_NONE, hourly, {}),
        _deployment(rehearsal, BY_HAND, shown, _ONE_BY_ONE, None, {}),
    ]


def _deployment(
    flow: "Flow[Any, Any]",
    name: str,
    description: str,
    limit: ConcurrencyLimitConfig,
    schedule: Schedule | None,
    parameters: dict[str, str],
) -> RunnerDeployment:
    return RunnerDeployment.from_flow(
        flow,
        name=name,
        description=description,
        concurrency_limit=limit,
        schedules=[] if schedule is None else [schedule],
        parameters=parameters,
        tags=["saleslake"],
        entrypoint_type=EntrypointType.MODULE_PATH,
    )
