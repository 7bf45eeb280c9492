"""The flow `maintain`: what counts for nothing is removed from the lake."""

import signal
import time

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Completed, Crashed, Failed

from saleslake import clock
from saleslake.lake import Lake
from saleslake.settings import Settings
from saleslake_flows import maintaining, tether
from saleslake_flows.served import discreet, run_page
from saleslake_flows.served.names import MAINTAIN
from saleslake_processor import orphans
from saleslake_processor.lock import LakeBusyError
from saleslake_processor.orphans import Orphan

TRIES, PAUSE_SECONDS = 60, 5.0
"""A microbatch may be under way, and next week is far."""


@flow(name=MAINTAIN, flow_run_name=MAINTAIN)
def maintain() -> State:
    """Remove what killed runs left in the lake, and gold that is no longer kept."""
    if not tether.to_starter(signal.SIGTERM):
        return Crashed(message="its service ended before it began")
    settings = Settings()
    lake = Lake(settings.lake.absolute())
    try:
        found = _as_soon_as_it_is_free(lake, settings.gold_snapshots_kept)
    except LakeBusyError:
        run_page.named("stepped aside")
        return Completed(message="stepped aside: another process is at the lake")
    except Exception as error:
        run_page.named("failed")
        return Failed(message=str(discreet.told(error)))
    names = ("what", "in", "files", "bytes")
    shown = [dict(zip(names, row, strict=True)) for row in maintaining.rows(lake, found)]
    run_page.table("removed", shown, "Removed")
    return Completed(message=maintaining.message(found, dry_run=False))


def _as_soon_as_it_is_free(lake: Lake, keep: int) -> list[Orphan]:
    for _ in range(TRIES - 1):
        try:
            return orphans.maintain(lake, keep, clock.now())
        except LakeBusyError:
            time.sleep(PAUSE_SECONDS)
    return orphans.maintain(lake, keep, clock.now())
