"""What a Swiss franc is worth in euros, as a table that grows by a day's rate each working day.

Now and then a rate comes a day late, so that a sale is there before its rate. The first one does too: the
sales of the opening day have no rate at all before it, not even an older one.
"""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from demo_shop.draw import between, chance, source
from demo_shop.geneva.customers import OPENED_ON
from demo_shop.paris import instant
from demo_shop.text import table

RATE_COLUMNS = ("date", "from", "to", "rate")
LATE = 0.08
OLDEST_DAYS = 7
"""A sale on a day without rate takes an older one that is at most so many days older."""
_PUBLISHED_AT = 16 * 3600
_FIRST, _MEAN = 10_480, 10_550


class Rate(NamedTuple):
    """Ten-thousandths of a euro for a franc on a day, and the instant at which they are published."""

    day: date
    value: int
    published_at: int


def rates(seed: int, until: date) -> list[Rate]:
    """All rates that are published until a day has ended, in the order in which they are."""
    found, value = [], _FIRST
    for offset in range((until - OPENED_ON).days + 1):
        day = OPENED_ON + timedelta(days=offset)
        if day.weekday() >= 5:
            continue
        rng = source(seed, "rate", day)
        value += between(rng, -45, 45) + (_MEAN - value) // 40
        late = chance(rng, LATE) or day == OPENED_ON
        published_on = day + timedelta(days=1) if late else day
        if published_on <= until:
            found.append(Rate(day, value, instant(published_on, _PUBLISHED_AT)))
    return sorted(found, key=lambda rate: (rate.published_at, rate.day))


def text(listed: Iterable[Rate]) -> bytes:
    """The file of the rates: ISO date, decimal point, four places."""
    return table(
        RATE_COLUMNS,
        ((rate.day, "CHF", "EUR", f"{rate.value // 10000}.{rate.value % 10000:04d}") for rate in listed),
    )


def by_day(listed: Iterable[Rate]) -> dict[date, Decimal]:
    """Euros for a franc by the day that they are of."""
    return {rate.day: Decimal(rate.value) / 10_000 for rate in listed}


def rate_on(day: date, known: Mapping[date, Decimal]) -> Decimal | None:
    """The rate that holds on a day: its own, else the last one before it; None where that is too old."""
    tried = (day - timedelta(days=back) for back in range(OLDEST_DAYS + 1))
    return next((known[each] for each in tried if each in known), None)
