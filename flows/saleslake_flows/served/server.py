"""Prefect's server: where it is, its settings, whether it answers. Nothing of Prefect is imported here."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

SETTINGS = Path(__file__).with_name("prefect.env")
"""The settings of Prefect that saleslake needs, explained."""

_API_URL = "http://127.0.0.1:4200/api"
"""Where a server that was started by hand is."""

_SECONDS = 5.0
"""That an answer may take."""

_FIRST_WAIT, _LONGEST_WAIT = 1.0, 10.0


def set_up() -> str:
    """Give the environment the settings that it does not say; the address of the API."""
    for name, value in settings().items():
        os.environ.setdefault(name, value)
    return os.environ.setdefault("PREFECT_API_URL", _API_URL)


def settings() -> dict[str, str]:
    """The settings of `prefect.env`."""
    lines = SETTINGS.read_text(encoding="utf-8").splitlines()
    pairs = (line.partition("=") for line in lines if line and not line.startswith("#"))
    return {name: value for name, _, value in pairs}


def wait(api: str, say: Callable[[str], None], sleep: Callable[[float], None] = time.sleep) -> None:
    """Return when the server answers; asks ever more rarely, and says that it waits."""
    pause = _FIRST_WAIT
    while (reason := unwell(api)) is not None:
        say(f"waiting for Prefect's server at {api} ({reason}); asking again in {pause:g} s")
        sleep(pause)
        pause = min(2 * pause, _LONGEST_WAIT)


def unwell(api: str) -> str | None:
    """Why the server does not answer; nothing where it does."""
    try:
        with urlopen(f"{api.rstrip('/')}/health", timeout=_SECONDS):
            return None
    except URLError as error:
        return str(error.reason)
    except (OSError, ValueError) as error:
        return str(error) or type(error).__name__
