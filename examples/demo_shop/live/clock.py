"""The shop's clock: what time it is there, in seconds since 1970 UTC."""

import time
from collections.abc import Callable
from pathlib import Path

DAY = 86400

Clock = Callable[[], int]

_MEMORY = ".clock"


def running(start: int, seconds_per_day: float = DAY, real: Callable[[], float] = time.time) -> Clock:
    """A clock that shows `start` now and lets a day pass in so many real seconds; with 0 it stands still."""
    begun = real()
    pace = DAY / seconds_per_day if seconds_per_day else 0

    def clock() -> int:
        return start + int((real() - begun) * pace)

    return clock


def remember(folder: Path, now: int) -> None:
    """Leaves the instant in the folder of the exports, for a clock that goes on from there."""
    aside = folder / f"{_MEMORY}.part"
    aside.write_text(str(now), encoding="utf-8")
    aside.replace(folder / _MEMORY)


def remembered(folder: Path) -> int | None:
    """Where the clock stopped; None when it never ran here."""
    try:
        return int((folder / _MEMORY).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
