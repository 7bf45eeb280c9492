"""The flow `learn`: studies that are due, such as forecasts, and gold with what they say."""

import signal

from prefect import flow, get_run_logger
from prefect.client.schemas.objects import State
from prefect.states import Completed, Crashed, Failed

from saleslake.lake import Lake
from saleslake.settings import Settings
from saleslake_flows import pipeline, room, tether
from saleslake_flows.served import discreet, run_page
from saleslake_flows.served.names import LEARN
from saleslake_flows.served.serve_settings import ServeSettings
from saleslake_processor.lock import LakeBusyError
from saleslake_processor.marts.graph import MARTS


@flow(name=LEARN, flow_run_name=LEARN)
def learn() -> State:
    """Learn what is due. The lake is held only while it is read, and when what was learnt is published."""
    if not tether.to_starter(signal.SIGTERM):
        return Crashed(message="its service ended before it began")
    settings = Settings()
    lake = Lake(settings.lake.absolute())
    steps = run_page.Steps("learning", len(MARTS))
    try:
        room.enough(lake, ServeSettings().free_megabytes)
        done = pipeline.learn(lake, settings, steps)
    except LakeBusyError:
        run_page.named("stepped aside")
        return Completed(message="stepped aside: another process is at the lake; the next run learns")
    except Exception as error:
        run_page.named("failed")
        return Failed(message=str(discreet.told(error)))
    steps.ended()
    if done.failed:
        run_page.named("failed")
        reasons = [f"study {name}: {discreet.told(error)}" for name, error in done.failed.items()]
        return Failed(message="; ".join(reasons))
    if not done.studies:
        run_page.named("nothing due")
        return Completed(message="nothing was due")
    run_page.named(" ".join(done.studies))
    snapshot = done.manifest.snapshot if done.manifest else 0
    message = f"learnt: {', '.join(done.studies)}; snapshot {snapshot}"
    get_run_logger().info("%s", message)
    return Completed(message=message)
