"""Stamps that say when a record changed, as they are written: instants, days, or growing numbers."""

import re
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta, tzinfo
from decimal import Decimal

import polars as pl

_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d([Tt ]\d\d:\d\d.*)?")
_FRACTION = re.compile(r"\d{2}[.,](\d+)")
_MILLISECONDS = 10**11
"""Seconds since 1970 do not get there for three thousand years; milliseconds are beyond it since 1973."""

_SECONDS = 10**8
"""What is less counts something else: seconds since 1970 have been above it since 1973."""
_DAY = len("2026-01-31")

Stamp = Decimal | datetime


class StampError(ValueError):
    """A text that stands for no instant and no number, or two that cannot be compared."""


def stamp(text: str, zone: tzinfo) -> Stamp:
    """The text as something that can be compared; an instant without a zone is local to `zone`."""
    if _NUMBER.fullmatch(text):
        return Decimal(text)
    try:
        if not _MOMENT.fullmatch(text):
            raise ValueError
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise StampError("neither an ISO instant nor a number") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def greatest(texts: Iterable[str], zone: tzinfo) -> str | None:
    """The greatest of the texts."""
    stamps: dict[str, Stamp] = {text: stamp(text, zone) for text in set(texts)}
    if not stamps:
        return None
    if len({type(each) for each in stamps.values()}) > 1:
        raise StampError("instants and numbers")
    # Of two texts for one instant always the same one.
    return max(stamps, key=lambda each: (stamps[each], each))


def not_after(text: str, zone: tzinfo, now: datetime) -> str:
    """The text, or `now` written like it where it is later than that: a wrong clock hides no changes."""
    latest = stamp(text, zone)
    if isinstance(latest, datetime) and latest > now:
        return _written(now.astimezone(latest.tzinfo), text)
    return text


def earlier(text: str, seconds: int, zone: tzinfo) -> str:
    """The text for that much before, written the same way; a number stands for seconds, or milliseconds."""
    if not seconds:
        return text
    latest = stamp(text, zone)
    if isinstance(latest, datetime):
        return _written(latest - timedelta(seconds=seconds), text)
    unit = 1000 if latest >= _MILLISECONDS else 1
    return format(latest - seconds * unit, "f")


def written(day: date, like: str, zone: tzinfo) -> str | None:
    """The beginning of a day, written as another text; none where numbers like it count no seconds."""
    begins = datetime.combine(day, time.min, zone)
    example = stamp(like, zone)
    if isinstance(example, datetime):
        return _written(begins.astimezone(example.tzinfo) if len(like) > _DAY else begins, like)
    if example < _SECONDS:
        return None
    return str(int(begins.timestamp()) * (1000 if example >= _MILLISECONDS else 1))


def within(texts: pl.Series, first: date, end: date, zone: tzinfo) -> pl.Series:
    """Whether each text stands for an instant from a day on and before another one; what says none does.

    So do numbers that count no seconds. Raises `StampError`.
    """
    begins, ends = (datetime.combine(day, time.min, zone) for day in (first, end))

    def inside(text: str) -> bool:
        at = stamp(text, zone)
        if isinstance(at, datetime):
            return begins <= at < ends
        seconds = at / 1000 if at >= _MILLISECONDS else at
        return at < _SECONDS or begins.timestamp() <= float(seconds) < ends.timestamp()

    return pl.Series([text is None or inside(text) for text in texts], dtype=pl.Boolean)


def _written(moment: datetime, like: str) -> str:
    """In the form of another text: a day only, its zone, its digits below the second."""
    if len(like) == _DAY:
        return moment.date().isoformat()
    zoned = datetime.fromisoformat(like).tzinfo is not None
    fraction = _FRACTION.search(like[10:])
    text = moment.replace(tzinfo=None, microsecond=0).isoformat(like[10])
    if fraction:
        text += f".{moment.microsecond:06d}"[: 1 + len(fraction[1])]
    if not zoned:
        return text
    return text + ("Z" if like[-1] in "zZ" else moment.isoformat()[-6:])
