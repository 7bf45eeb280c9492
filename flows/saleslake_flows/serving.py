"""The command `serve`: what is made sure of before Prefect is imported."""

import os
from typing import Literal, NoReturn

from saleslake.lake import Lake
from saleslake.profiles import Fault, ProfileError
from saleslake.settings import Settings
from saleslake_flows import room, tether
from saleslake_flows.screen import Screen
from saleslake_flows.served import server


def serve(screen: Screen, service: Literal["scraper", "processor"], settings: Settings) -> NoReturn:
    """Serve until the process is ended; raises `ProfileError` where there is no folder of profiles."""
    if not settings.sources.is_dir():
        raise ProfileError([Fault(settings.sources, "", "", "no such folder; --sources names another")])
    room.make(Lake(settings.lake.absolute()))
    # Each run is a process of its own, and reads its settings there.
    os.environ["SALESLAKE_LAKE"] = str(settings.lake.absolute())
    os.environ["SALESLAKE_SOURCES"] = str(settings.sources.absolute())
    os.environ.update(tether.variables())
    api = server.set_up()
    server.wait(api, screen.note)
    from saleslake_flows.served.serve import serve_for_ever
    from saleslake_flows.served.service import named

    serve_for_ever(named(service), screen.note)
