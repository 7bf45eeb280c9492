"""Periods ahead on which nobody will sell: closed weekdays, and feasts on which nobody sold each time."""

from datetime import date, timedelta

import numpy as np
from dateutil.easter import easter

from saleslake_processor.forecast.history import Grid, has_sold

_WEEKS = 26
_LEAST_WEEKS = 3

_SURE_WEEKS = 13
"""Of a single series, which may be one that sells seldom."""
_OFTEN = 0.5
"""Part of its other days on which a series sold, from which on a weekday without any sale is a closed one."""

_TIMES = 2
"""Years in which a date was closed, from which on it is a feast: one closure may be snow, or stock-taking."""
_EVERYWHERE = {(1, 1), (12, 25)}
"""Month and day of those of which one year is enough."""


def ahead(grid: Grid, horizon: int) -> np.ndarray:
    """Whether each of the periods ahead is a closed one; weeks never are."""
    if grid.freq == "1w" or not grid.closed.any():
        return np.zeros(horizon, dtype=bool)
    days = [grid.period(at) for at in range(grid.length + horizon)]
    known = dict(zip(days, grid.closed, strict=False))
    weekdays = _weekdays(known, days[grid.length - 1])
    return np.array([day.weekday() in weekdays or _feast(day, known) for day in days[grid.length :]])


def of_series(grid: Grid, horizon: int) -> np.ndarray:
    """By series and period ahead, whether it falls on a weekday on which the series never sold in half a
    year, while it sold on most of its other days; weeks never do."""
    found = np.zeros((len(grid.keys), horizon), dtype=bool)
    if grid.freq == "1w":
        return found
    since = max(0, grid.length - 7 * _WEEKS)
    sold = has_sold(grid.values[:, since:])
    begun = np.arange(since, grid.length) >= grid.first[:, None]
    weekday = np.array([grid.period(at).weekday() for at in range(since, grid.length + horizon)])
    past, coming = weekday[: grid.length - since], weekday[grid.length - since :]
    for day in range(7):
        on = begun & (past == day)
        never = (on.sum(axis=1) >= _SURE_WEEKS) & ~(sold & on).any(axis=1)
        others = begun & (past != day)
        often = (sold & others).sum(axis=1) >= _OFTEN * np.maximum(others.sum(axis=1), 1)
        found[np.ix_(never & often, coming == day)] = True
    return found


def _weekdays(known: dict[date, bool], last: date) -> set[int]:
    recent = {day: closed for day, closed in known.items() if (last - day).days < 7 * _WEEKS}
    found = set()
    for weekday in range(7):
        said = [closed for day, closed in recent.items() if day.weekday() == weekday]
        if len(said) >= _LEAST_WEEKS and all(said):
            found.add(weekday)
    return found


def _feast(day: date, known: dict[date, bool]) -> bool:
    years = {each.year for each in known} - {day.year}
    least = 1 if (day.month, day.day) in _EVERYWHERE else _TIMES
    if _always([_same_date(day, year) for year in years], known, least):
        return True
    from_easter = day - easter(day.year)
    near_easter = abs(from_easter) <= timedelta(days=2)
    return near_easter and _always([easter(year) + from_easter for year in years], known, _TIMES)


def _always(days: list[date], known: dict[date, bool], least: int) -> bool:
    """Whether those of the days that were a usual day of sales but for the feast were all closed, and are as
    many as `least`. A Sunday of who never opens on Sundays says nothing of the same date a year later."""
    said = [known[day] for day in days if day in known and _usually_open(day, known)]
    return len(said) >= least and all(said)


def _usually_open(day: date, known: dict[date, bool]) -> bool:
    """By most of the same weekdays in the half year around it."""
    weeks = [day + timedelta(weeks=at) for at in range(-_WEEKS // 2, _WEEKS // 2 + 1) if at]
    said = [known[each] for each in weeks if each in known]
    return len(said) >= _LEAST_WEEKS and sum(said) < len(said) / 2


def _same_date(day: date, year: int) -> date:
    return day.replace(year=year) if (day.month, day.day) != (2, 29) else date(year, 2, 28)
