"""The sales of Geneva: what is ordered, and what happens to an order until it is exported for the last time.

A day's exports depend on the seed, the first day and that day, as in France. Instants are true ones: in the
night in which clocks are set back, half past two comes twice.
"""

from bisect import insort
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import NamedTuple

from demo_shop.baskets import Counter, quantity
from demo_shop.customers import PERSON
from demo_shop.draw import Weighted, between, chance, one_of, source
from demo_shop.geneva.customers import OPENED_ON, buyer
from demo_shop.mishaps import CLOSING, OPENING
from demo_shop.paris import instant, local_day
from demo_shop.prices import PriceList
from demo_shop.rows import CANCELLED, COMPLETED

SHOP_ID = "G01"
# per order
LATE, MOVED, CANCELLED_ORDER = 0.02, 0.01, 0.015
# per line, per exported row
RECOUNTED, REPEATED = 0.015, 0.005
LONGEST_DAYS = 45
_HOUR, _DAY = 3600, 86400
_HOURS = Weighted(range(24), (2, 1, 1, 1, 0, 0, 1, 2, 5, *(8,) * 10, 6, 5, 4, 3, 3))
_WEEK = (7, 8, 9, 8, 9, 10, 5)
# the export is written at 23:45, a quarter of an hour after the last order
_SALES_END = 23 * _HOUR + 1750


class GenevaSale(NamedTuple):
    """A version of an order line: `unit_price` in centimes with VAT, `discount` in thousandths.

    `ordered_at` and `updated_at` are in seconds since 1970 UTC.
    """

    order_id: str
    line: int
    ordered_at: int
    customer_id: str
    product_id: str
    quantity: int
    unit_price: int
    discount: int
    status: str
    updated_at: int


def days(
    seed: int, prices: PriceList, until: date, since: date, first: date | None = None
) -> Iterator[tuple[date, list[GenevaSale]]]:
    """Each day's exported rows from `first` (or `since`) to `until`, in the order of their files."""
    since = max(since, OPENED_ON)
    first = max(first or since, since)
    planned: dict[date, list[GenevaSale]] = defaultdict(list)
    day = max(since, first - timedelta(days=LONGEST_DAYS))
    while day <= until:
        rng = source(seed, "geneva", day)
        for order in _orders(rng, seed, prices, day):
            for exported_on, row in _exports(rng, order, day, since):
                insort(planned[exported_on], row, key=lambda row: (row.updated_at, row.order_id, row.line))
        rows = planned.pop(day, [])
        if day >= first:
            yield day, rows
        day += timedelta(days=1)


def _price(euro_cents: int) -> int:
    """A price in centimes with Swiss VAT, in steps of five, from the French one: dearer by an eighth."""
    return euro_cents * 1081 * 1125 // (1200 * 1000 * 5) * 5


def _moments(rng: Random, day: date) -> list[int]:
    """Instants of the day's orders; some lie in the night on which clocks change."""
    midnight, length = instant(day, 0), instant(day + timedelta(days=1), 0) - instant(day, 0)
    end = length - _DAY + _SALES_END
    count = int(_WEEK[day.weekday()] * (0.7 + 0.6 * rng.random()) + rng.random())
    seconds = [min(_HOURS.pick(rng) * _HOUR + between(rng, 0, _HOUR - 1), end) for _ in range(count)]
    if length != _DAY:
        # one hour apart: half past two twice, or the half hours before and after the missing one
        seconds += [hours * _HOUR + 1800 for hours in (1, 2, 3)]
    return [midnight + second for second in sorted(seconds)]


def _orders(rng: Random, seed: int, prices: PriceList, day: date) -> Iterator[list[GenevaSale]]:
    counter = Counter(day)
    for number, ordered_at in enumerate(_moments(rng, day), start=1):
        who = buyer(rng, seed, day)
        updated_at = ordered_at + between(rng, 5, 840)
        lines = []
        for line, product in enumerate(counter.products(rng, who.segment), start=1):
            units = quantity(rng, who.segment, product)
            negotiated = who.segment != PERSON and chance(rng, 0.25)
            lines.append(
                GenevaSale(
                    order_id=f"GVA-{day:%Y%m%d}-{number:03d}",
                    line=line,
                    ordered_at=ordered_at,
                    customer_id=who.customer_id,
                    product_id=product.product_id,
                    quantity=units,
                    unit_price=_price(prices.of(product.product_id, day).cents),
                    discount=one_of(rng, (25, 50, 75, 100)) if negotiated else 0,
                    status=COMPLETED,
                    updated_at=updated_at,
                )
            )
        yield lines


def _exports(
    rng: Random, lines: list[GenevaSale], made_on: date, since: date
) -> Iterator[tuple[date, GenevaSale]]:
    """The versions of an order's lines with their days of export."""
    late = between(rng, 1, 6) if chance(rng, LATE) else 0
    for line in lines:
        yield from _put(rng, line, made_on + timedelta(days=late))
    now, day = list(lines), made_on
    for place in range(len(now)):
        if chance(rng, RECOUNTED):
            day += timedelta(days=between(rng, 1, 5))
            now[place] = _changed(rng, now[place]._replace(quantity=now[place].quantity + 1), day)
            yield from _put(rng, now[place], day)
    if chance(rng, MOVED):
        # by whole days, so that the francs are worth another day's euros
        ordered_at = lines[0].ordered_at - _DAY * between(rng, 1, 20)
        if local_day(ordered_at) >= since:
            day += timedelta(days=between(rng, 1, 8))
            now = [_changed(rng, line._replace(ordered_at=ordered_at), day) for line in now]
            for line in now:
                yield from _put(rng, line, day)
    if chance(rng, CANCELLED_ORDER):
        day += timedelta(days=between(rng, 1, 8))
        for line in now:
            yield from _put(rng, _changed(rng, line._replace(status=CANCELLED), day), day)


def _changed(rng: Random, line: GenevaSale, day: date) -> GenevaSale:
    return line._replace(updated_at=instant(day, between(rng, OPENING, CLOSING)))


def _put(rng: Random, line: GenevaSale, day: date) -> Iterator[tuple[date, GenevaSale]]:
    yield day, line
    if chance(rng, REPEATED):
        yield day + timedelta(days=between(rng, 0, 1)), line
