"""The shop's clock: what time it is there, in seconds since 1970 UTC."""

import time
from collections.abc import Callable

DAY = 86400

Clock = Callable[[], int]


def running(start: int, seconds_per_day: float = DAY, real: Callable[[], float] = time.time) -> Clock:
    """A clock that shows `start` now and lets a day pass in so many real seconds; with 0 it stands still."""
    begun = real()
    pace = DAY / seconds_per_day if seconds_per_day else 0

    def clock() -> int:
        return start + int((real() - begun) * pace)

    return clock
