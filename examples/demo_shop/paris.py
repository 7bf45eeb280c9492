"""Local time of metropolitan France, by the rule of the European Union since 1996; Switzerland keeps it too.

Written out so that the bytes do not depend on a time zone database, which not every platform has.
"""

from datetime import UTC, date, datetime, timedelta, timezone
from functools import lru_cache

_HOUR = 3600
_WINTER = timezone(timedelta(hours=1))
_SUMMER = timezone(timedelta(hours=2))


def _last_sunday(year: int, month: int) -> date:
    last = date(year, month, 31)
    return last - timedelta(days=(last.weekday() + 1) % 7)


def _midnight_utc(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())


@lru_cache
def _summer(year: int) -> tuple[int, int]:
    """First instant of summer time and first instant after it, in seconds since 1970 UTC."""
    begin, end = (_midnight_utc(_last_sunday(year, month)) + _HOUR for month in (3, 10))
    return begin, end


@lru_cache(maxsize=4096)
def _start_of(day: date) -> tuple[int, int, int]:
    """UTC seconds of 00:00 UTC on the day; seconds local time is ahead, before and after 02:00."""
    midnight = _midnight_utc(day)
    begin, end = _summer(day.year)
    if day == _last_sunday(day.year, 10):
        return midnight, 2 * _HOUR, _HOUR
    if day == _last_sunday(day.year, 3):
        return midnight, _HOUR, 2 * _HOUR
    offset = 2 * _HOUR if begin <= midnight < end else _HOUR
    return midnight, offset, offset


def instant(day: date, second: int) -> int:
    """Seconds since 1970 UTC of a local day and second; 02:00 to 02:59 is refused when clocks change."""
    midnight, before, after = _start_of(day)
    if before != after and 2 * _HOUR <= second < 3 * _HOUR:
        raise ValueError(f"{day} {second // _HOUR:02d}h is missing or twice in local time")
    return midnight + second - (before if second < 2 * _HOUR else after)


def _local(seconds: int) -> datetime:
    begin, end = _summer(datetime.fromtimestamp(seconds, UTC).year)
    return datetime.fromtimestamp(seconds, _SUMMER if begin <= seconds < end else _WINTER)


def iso(seconds: int) -> str:
    """An instant as local ISO text with its offset, such as 2025-03-30T18:04:05+02:00."""
    return _local(seconds).isoformat()


def local_day(seconds: int) -> date:
    """The local day of an instant."""
    return _local(seconds).date()
