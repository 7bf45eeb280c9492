"""The shop's days: what it exports on each, from its first day to the day the clock shows.

A day's exports depend on the seed, the first day and that day, never on how far the clock has come.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from demo_shop.draw import source
from demo_shop.mishaps import LAST_CHANGE_DAYS, History
from demo_shop.orders import OrderBook
from demo_shop.returns import returns_of
from demo_shop.rows import Return, Sale
from demo_shop.seasons import FIRST_DAY

# to be raised whenever the same arguments give other bytes
VERSION = 2
DEFAULT_SEED = 20
DEFAULT_UNTIL = date(2026, 10, 31)
# after its last change an order may be mended (5), repeated (1), returned (28) and its return changed (7)
LONGEST_DAYS = LAST_CHANGE_DAYS + 45


class Day(NamedTuple):
    """The rows exported on a day, in the order of their files."""

    day: date
    sales: list[Sale]
    returns: list[Return]


def days(
    seed: int,
    until: date,
    since: date = FIRST_DAY,
    first: date | None = None,
    book: OrderBook | None = None,
) -> Iterator[Day]:
    """Each day's exports from `first` (or `since`) to `until`; no order is older than `since`.

    A book of the seed that reaches to `until` or further saves making one.
    """
    check(until, since)
    first = max(first or since, since)
    book = book or OrderBook(seed, until)
    sales: dict[date, list[Sale]] = defaultdict(list)
    returns: dict[date, list[Return]] = defaultdict(list)
    start = max(since, first - timedelta(days=LONGEST_DAYS))
    for offset in range((until - start).days + 1):
        day = start + timedelta(days=offset)
        rng = source(seed, "mishaps", day)
        for order in book.orders(day):
            history = History(rng, order, since, book.staff)
            for exported_on, sale in history.exports:
                sales[exported_on].append(sale)
            for exported_on, returned in returns_of(rng, history):
                returns[exported_on].append(returned)
        day_sales, day_returns = sales.pop(day, []), returns.pop(day, [])
        if day >= first:
            # stable: of two versions of the same second, the one entered later stays below
            day_sales.sort(key=lambda row: (row.updated_at, row.order_id, row.line))
            day_returns.sort(key=lambda row: (row.updated_at, row.return_id))
            yield Day(day, day_sales, day_returns)


def check(until: date, since: date) -> None:
    """Refuses a period that the shop does not know."""
    if since < FIRST_DAY:
        raise ValueError(f"since {since} is before the shop's first day {FIRST_DAY}")
    if until < since:
        raise ValueError(f"until {until} is before since {since}")
