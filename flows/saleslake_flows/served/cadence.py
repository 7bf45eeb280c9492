"""How often a source is fetched, and when in the day."""

import zlib
from datetime import UTC, datetime, timedelta

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}

_START = datetime(2024, 1, 1, 2, tzinfo=UTC)
"""At two in the morning the day before is complete in most of the world."""

_SPREAD = timedelta(minutes=10)
"""Sources of one cadence begin within it, each at a moment of its own."""


def interval(cadence: str) -> timedelta | None:
    """The time between two fetches: `15m` is fifteen minutes; none where somebody starts them."""
    if cadence == "manual":
        return None
    return timedelta(**{_UNITS[cadence[-1]]: int(cadence[:-1])})


def anchor(name: str, every: timedelta) -> datetime:
    """An instant from which the intervals are counted: the same at each start of a service.

    Counted from its start, a service that is started every day would never come to what is due once a day.
    """
    spread = min(every, _SPREAD)
    return _START + timedelta(seconds=zlib.crc32(name.encode()) % int(spread.total_seconds()))
