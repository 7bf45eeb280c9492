"""What lies in the shops: counted on Saturday nights, sold from, and ordered anew by a simple rule.

Sales are what they are, whatever lies there: where a shelf would run empty, a courier brings what lacks on
the same day. So levels are not below nothing, and add up: what lay there, what came, less what was sold.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from math import ceil
from typing import NamedTuple

from demo_shop.catalogue import PRODUCTS, Product
from demo_shop.draw import between, chance, source
from demo_shop.orders import OrderBook
from demo_shop.shops import SHOPS, WEB
from demo_shop.text import french, table

FIRST_COUNT = date(2026, 8, 1)
"""A Saturday: from here on the shops count."""

COLUMNS = ("date", "shop_id", "product_id", "on_hand", "on_order", "lead_time_days")
STOCK = "stock/stock_"

_SATURDAY = 5
_PAST_DAYS = 28
_LEAD_DAYS = {"C10": (3, 6), "C20": (5, 9), "C30": (2, 4)}
"""Of boxes; services (C40) lie nowhere."""


class Count(NamedTuple):
    """What lay in a shop at the end of a day."""

    day: date
    shop_id: str
    product_id: str
    on_hand: int
    on_order: int
    lead_days: int


class _Shelf:
    """One product in one shop: its rule is to order at `low` as many as fill it up to `full`."""

    def __init__(self, seed: int, shop_id: str, product: Product, weekly: float) -> None:
        rng = source(seed, "stock", shop_id, product.product_id)
        self.lead_days = between(rng, *_LEAD_DAYS[product.top_category])
        # Somebody's rule of thumb, and a third of them are wrong.
        thumb = 0.5 if chance(rng, 0.33) else 1.3
        self.low = ceil(thumb * weekly * (self.lead_days + 7) / 7)
        self.full = self.low + max(2, ceil(2 * weekly))
        self.on_hand = between(rng, self.low, self.full)
        self.coming: list[tuple[date, int]] = []

    @property
    def on_order(self) -> int:
        return sum(units for _, units in self.coming)

    def pass_day(self, day: date, sold: int) -> int:
        """Let a day pass; how many units came."""
        came = sum(units for due, units in self.coming if due <= day)
        self.coming = [(due, units) for due, units in self.coming if due > day]
        came += max(0, sold - self.on_hand - came)
        self.on_hand += came - sold
        lacks = self.full - self.on_hand - self.on_order
        if day.weekday() < _SATURDAY and self.on_hand + self.on_order <= self.low and lacks > 0:
            self.coming.append((day + timedelta(days=self.lead_days), lacks))
        return came


class Shelves:
    """All shelves, day by day; a day's counts depend on the seed and the day alone."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._day = FIRST_COUNT - timedelta(days=1)
        self._shelves: dict[tuple[str, str], _Shelf] = {}
        self.came: Counter[tuple[str, str]] = Counter()
        """What came since the first count, by shop and product."""

    def counts(self, book: OrderBook, day: date) -> list[Count]:
        """What is counted on a day, by shop and product: nothing but on Saturdays from the first count on.

        Days are asked for in their order.
        """
        while self._day < day:
            self._day += timedelta(days=1)
            if self._day == FIRST_COUNT:
                self._open(book)
            elif self._day > FIRST_COUNT:
                self._pass(book)
        if day < FIRST_COUNT or day.weekday() != _SATURDAY:
            return []
        return [
            Count(day, shop_id, product_id, shelf.on_hand, shelf.on_order, shelf.lead_days)
            for (shop_id, product_id), shelf in sorted(self._shelves.items())
        ]

    def _open(self, book: OrderBook) -> None:
        past: Counter[tuple[str, str]] = Counter()
        for back in range(_PAST_DAYS):
            past.update(sold(book, self._day - timedelta(days=back)))
        shops = [WEB, *(shop.shop_id for shop in SHOPS if shop.opened_on <= self._day)]
        for shop_id in shops:
            for product in _boxes(self._day):
                weekly = past[shop_id, product.product_id] * 7 / _PAST_DAYS
                self._shelves[shop_id, product.product_id] = _Shelf(self._seed, shop_id, product, weekly)

    def _pass(self, book: OrderBook) -> None:
        units = sold(book, self._day)
        for at, shelf in self._shelves.items():
            self.came[at] += shelf.pass_day(self._day, units[at])


def sold(book: OrderBook, day: date) -> Counter[tuple[str, str]]:
    """Units that left each shop on a day, as they were sold.

    What was corrected, cancelled or came back later had left all the same.
    """
    units: Counter[tuple[str, str]] = Counter()
    for lines in book.orders(day):
        for line in lines:
            units[line.shop_id, line.product_id] += line.quantity
    return units


def file(counts: list[Count]) -> tuple[str, bytes]:
    """The path and the bytes of a day's counts."""
    rows = ((french(each.day), *each[1:]) for each in counts)
    return f"{STOCK}{counts[0].day}.csv", table(COLUMNS, rows)


def _boxes(day: date) -> Iterator[Product]:
    for product in PRODUCTS:
        if product.top_category in _LEAD_DAYS and product.launched_on <= day <= product.last_day:
            yield product
