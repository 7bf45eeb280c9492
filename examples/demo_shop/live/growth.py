"""The folder of exports in step with the clock: past days as in the frozen shop, the present one growing.

A daily file is sorted by the instants at which its rows were entered, so the present day's file is the
beginning of what it will be when it is closed, at 23:45. What was entered on days before is there from
midnight.
"""

from bisect import bisect_right
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple

from demo_shop import daily, everything, exports, stock
from demo_shop.crm.plan import Plan
from demo_shop.generate import Day, days
from demo_shop.geneva import files, rates, sales
from demo_shop.geneva.customers import OPENED_ON
from demo_shop.geneva.sales import GenevaSale
from demo_shop.orders import OrderBook
from demo_shop.paris import instant, local_day
from demo_shop.reference import reference

_AHEAD_DAYS = 400
"""How far the shop's future is planned at a time."""


class _File(NamedTuple):
    """A daily file: its rows have an `updated_at`, and `text` writes the first of them."""

    path: str
    rows: Sequence[Any]
    text: Callable[[Any], bytes]
    even_empty: bool = True


class Growth:
    """Brings a folder of exports forward; `book` and `plan` know more than has happened by now."""

    def __init__(self, folder: Path, seed: int, since: date) -> None:
        self._folder, self._seed, self._since = folder, seed, since
        self._lock = Lock()
        self._shown: dict[str, int] = {}
        self._now = 0
        self._shelves = stock.Shelves(seed)
        self.book: OrderBook
        self.plan: Plan

    def begin(self, now: int, progress: exports.Progress | None = None) -> None:
        """Writes all days that are closed by an instant, unless the folder has them, and nothing later."""
        today = local_day(now)
        closed = today if now >= _closing(today) else today - timedelta(days=1)
        self._foresee(closed + timedelta(days=1))
        exports.write(self._folder, self._seed, closed, self._since, progress, self.book)
        exports.clear(self._folder, closed)
        everything.write(self._folder, self._seed, closed, self._since, self.book.prices, self.plan)
        self.advance(now)

    def advance(self, now: int) -> None:
        """Makes the folder hold what there is at an instant; nothing is taken back for an earlier one."""
        with self._lock:
            # of two requests at a time the later one may come here first
            now = self._now = max(now, self._now)
            closed = None
            while now >= _closing(self._day):
                closed = self._day
                self._close()
            if closed:
                self._snapshots(closed)
            self._grow(now)

    @property
    def growing(self) -> Collection[str]:
        """Paths of the files to which rows are added."""
        return {file.path for file in self._files} | {everything.RATES}

    def _foresee(self, first: date) -> None:
        """Plans the days from the first one on, which becomes the present one."""
        self._until = first + timedelta(days=_AHEAD_DAYS)
        self.book = OrderBook(self._seed, self._until)
        self.plan = Plan(self._seed, self._until, self.book.staff)
        self._rates = rates.rates(self._seed, self._until)
        self._france: Iterator[Day] = days(self._seed, self._until, self._since, first, self.book)
        self._geneva: Iterator[tuple[date, list[GenevaSale]]] = sales.days(
            self._seed, self.book.prices, self._until, self._since, first
        )
        self._turn_to(first)

    def _turn_to(self, day: date) -> None:
        self._day = day
        france = next(self._france)
        self._files = [
            _File(f"sales/sales_{day}.csv", france.sales, daily.sales),
            _File(f"returns/returns_{day}.csv", france.returns, daily.returns, even_empty=False),
        ]
        if day >= OPENED_ON:
            self._files.append(_File(f"{everything.GENEVA}{day}.csv", next(self._geneva)[1], files.sales))

    def _close(self) -> None:
        """Writes the present day's files whole, as of their export, and turns to the next day."""
        for file in self._files:
            if file.rows or file.even_empty:
                exports.put(self._folder / file.path, file.text(file.rows), _closing(self._day))
            self._shown.pop(file.path, None)
        counts = self._shelves.counts(self.book, self._day)
        if counts:
            path, content = stock.file(counts)
            exports.put(self._folder / path, content, _closing(self._day))
        tomorrow = self._day + timedelta(days=1)
        if tomorrow > self._until:
            self._foresee(tomorrow)
        else:
            self._turn_to(tomorrow)

    def _snapshots(self, day: date) -> None:
        for path, (exported_on, content) in reference(self.book, self._since, day).items():
            exports.put(self._folder / path, content, _closing(exported_on))
        everything.snapshots(self._folder, self._seed, day, self.plan, self.book.staff)
        # last, since it says that all of it is there
        exports.close(self._folder, self._seed, day, self._since)

    def _grow(self, now: int) -> None:
        midnight = instant(self._day, 0)
        if now >= midnight:
            for file in self._files:
                count = bisect_right(file.rows, now, key=lambda row: row.updated_at)
                if count != self._shown.get(file.path, 0):
                    changed_at = max(midnight, file.rows[count - 1].updated_at)
                    exports.put(self._folder / file.path, file.text(file.rows[:count]), changed_at)
                    self._shown[file.path] = count
        published = bisect_right(self._rates, now, key=lambda rate: rate.published_at)
        if published != self._shown.get(everything.RATES, 0):
            everything.publish(self._folder, self._rates[:published])
            self._shown[everything.RATES] = published


def _closing(day: date) -> int:
    return instant(day, exports.EXPORTED_AT)
