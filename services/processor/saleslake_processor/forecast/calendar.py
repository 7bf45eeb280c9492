"""What is known of any period: its place in week, month and year, and how near Easter and Christmas are."""

from datetime import date, timedelta
from typing import Literal

import numpy as np
from dateutil.easter import easter

_FAR = 21
"""Days beyond which a feast is not near."""

DAILY = (
    "weekday",
    "day_of_month",
    "days_to_month_end",
    "day_of_year",
    "month",
    "from_easter",
    "from_christmas",
)
WEEKLY = ("day_of_month", "day_of_year", "month", "from_easter", "from_christmas")


def calendar(periods: list[date], freq: Literal["1d", "1w"]) -> np.ndarray:
    """A row a period, a column for each name of `DAILY` or `WEEKLY`; of a week, as of its middle."""
    middle = [period + timedelta(days=3 if freq == "1w" else 0) for period in periods]
    rows = [_of_day(day) for day in middle]
    names = DAILY if freq == "1d" else WEEKLY
    return np.array([[row[name] for name in names] for row in rows], dtype=np.float32).reshape(-1, len(names))


def _of_day(day: date) -> dict[str, float]:
    next_month = (day.replace(day=28) + timedelta(days=4)).replace(day=1)
    return {
        "weekday": day.weekday(),
        "day_of_month": day.day,
        "days_to_month_end": (next_month - day).days,
        "day_of_year": day.timetuple().tm_yday,
        "month": day.month,
        "from_easter": _near((day - easter(day.year)).days),
        "from_christmas": _near((day - date(day.year + (day.month < 7) * -1, 12, 25)).days),
    }


def _near(days: int) -> float:
    return days if abs(days) <= _FAR else np.nan
