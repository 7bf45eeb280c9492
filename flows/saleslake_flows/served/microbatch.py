"""The flow `microbatch`: committed raw batches into log, state and gold, until none is left."""

import signal
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ParamSpec, TypeVar

import polars as pl
from prefect import flow, get_run_logger, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun
from prefect.states import Completed, Crashed, Failed

from saleslake.lake import Lake
from saleslake.profiles import Source
from saleslake.settings import Settings
from saleslake_flows import choose, room, soundness, tether
from saleslake_flows.served import discreet, run_page, taken
from saleslake_flows.served.names import MICROBATCH
from saleslake_flows.served.serve_settings import ServeSettings
from saleslake_processor import process
from saleslake_processor.gold_files import Manifest
from saleslake_processor.lock import LakeBusyError, writing
from saleslake_processor.marts.graph import MARTS

P = ParamSpec("P")
T = TypeVar("T")

RETRIES = 2
RETRY_SECONDS = [2.0, 10.0]


@dataclass
class Taken:
    """What a microbatch took in so far."""

    batches: list[taken.Batch] = field(default_factory=list)
    published: Manifest | None = None


@flow(name=MICROBATCH, flow_run_name=MICROBATCH)
def microbatch() -> State:
    """Take in the committed raw batches, and publish gold."""
    if not tether.to_starter(signal.SIGTERM):
        return Crashed(message="its service ended before it began")
    settings = Settings()
    lake = Lake(settings.lake.absolute())
    done = Taken()
    try:
        room.enough(lake, ServeSettings().free_megabytes)
        with writing(lake):
            waiting = _until_none_is_left(lake, settings, done)
    except LakeBusyError:
        run_page.named("stepped aside")
        return Completed(message="stepped aside: another process is at the lake; the next run takes it in")
    except Exception as error:
        run_page.named(f"{taken.run_name(done.batches)} failed" if done.batches else "failed")
        return Failed(message=str(discreet.told(error)))
    run_page.named(taken.run_name(done.batches))
    ledger = taken.ledger(lake, done.published, done.batches)
    message = taken.message(done.batches, ledger, done.published)
    if done.batches or done.published:
        _show(lake, done, ledger, message)
    return Failed(message=f"{message}; {'; '.join(waiting)}") if waiting else Completed(message=message)


def _until_none_is_left(lake: Lake, settings: Settings, done: Taken) -> list[str]:
    """Take in and publish until nothing new is committed; why the batches that still wait do so."""
    soundness.manifests(lake)
    looked = False
    said = _reference(lake, settings)
    while True:
        left = process.pending(lake)
        sources, waiting = _profiles(settings, left)
        pending = [each for each in left if each[1] in sources]
        if looked and not pending:
            break
        looked = True
        steps = run_page.Steps("taking-in", len(pending))
        for number, (batch, source) in enumerate(pending, 1):
            steps(f"batch {batch} of {source}, {number} of {len(pending)}")
            append.with_options(task_run_name=f"append {source} {batch}")(lake, sources[source], batch)
            done.batches.append((batch, source))
        steps.ended()
        # Without a batch as well: a pass that was killed is completed.
        done.published = derive_and_publish(lake, settings) or done.published
    return said + waiting


def _reference(lake: Lake, settings: Settings) -> list[str]:
    """Let reference files hold as they are; why they do not."""
    usable, _ = choose.usable(settings.sources.absolute())
    wanted, faults = process.obey_reference(lake, usable, settings)
    # Without what stands there.
    said = [f"{fault.file.name}: {fault.key}: expected {fault.expected}" for fault in faults]
    wait = "its reference lines wait: it is to be staged again first"
    return [*said, *(f"{source}: {wait}" for source in wanted.waiting)]


def _profiles(settings: Settings, left: list[taken.Batch]) -> tuple[dict[str, Source], list[str]]:
    """The profiles that can be worked with, and what keeps the batches of the others waiting."""
    usable, faults = choose.usable(settings.sources.absolute())
    sources = {source.name: source for source in usable}
    wait = {source for _, source in left if source not in sources}
    said = [f"its batches wait: {fault}" for fault in faults if fault.file.stem in wait]
    unknown = sorted(wait - {fault.file.stem for fault in faults})
    return sources, [*said, *(f"{name}: its batches wait: it has no profile" for name in unknown)]


def _is_passing(_task: object, _run: TaskRun, state: State) -> bool:
    """Whether a failed task is worth another try: a broken contract will be broken again."""
    return isinstance(state.result(raise_on_failure=False), discreet.PassingError)


def _discreet(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    try:
        return work(*args, **kwargs)
    except Exception as error:
        told = discreet.told(error)
    # Outside of `except`, or the log of the run would show what it came from.
    raise told


@task(
    retries=RETRIES,
    retry_delay_seconds=RETRY_SECONDS,
    retry_condition_fn=_is_passing,
    persist_result=False,
    cache_policy=NO_CACHE,
)
def append(lake: Lake, source: Source, batch: str) -> None:
    """Stage one batch and append it to the log, once however often it is tried."""
    done = _discreet(process.take_in, lake, [source], only={(batch, source.name)})
    if "held" in done.ledger["set_aside"]:
        held = done.ledger["held"].sum()
        get_run_logger().warning(
            "%s %s is held back whole, %s rows: `saleslake hold list` tells why", source.name, batch, held
        )
    for each in done.absent:
        # Without what may be meant: the header of a file that has none is its first row.
        get_run_logger().warning("%s: the table %s never had such a column", each.key, each.table)


@task(
    name="derive and publish",
    retries=RETRIES,
    retry_delay_seconds=RETRY_SECONDS,
    retry_condition_fn=_is_passing,
    persist_result=False,
    cache_policy=NO_CACHE,
)
def derive_and_publish(lake: Lake, settings: Settings) -> Manifest | None:
    """Bring state and gold to what the log holds; the new snapshot, or none where gold was there already."""
    steps = run_page.Steps("publishing", len(MARTS) + 1)
    manifest = _discreet(process.bring_forward, lake, settings, steps)
    steps.ended()
    return manifest


def _show(lake: Lake, done: Taken, ledger: pl.DataFrame, message: str) -> None:
    """Artifacts; what cannot be shown does not undo what is published."""
    log = get_run_logger()
    log.info("%s", message)
    try:
        if done.batches:
            run_page.markdown("batch-ledger", taken.ledger_markdown(ledger), "Batches taken in")
            run_page.table("refusals", taken.refusals(lake, done.batches), "Refused rows by rule")
        if done.published:
            rows = taken.gold_rows(lake, done.published)
            snapshot = done.published.snapshot
            run_page.table("gold", rows, f"Gold, snapshot {snapshot}: rows and money by company")
    except Exception as error:
        log.warning("not all of this run can be shown (%s)", type(error).__name__)
