"""What happens to an order after it was made: late export, corrections, cancellation, dirt, duplicates."""

from datetime import date, timedelta
from random import Random

from demo_shop.draw import Weighted, between, chance
from demo_shop.paris import instant
from demo_shop.rows import BAD_DATE, BAD_PRICE, BAD_QUANTITY, CANCELLED, NO_PRODUCT, Sale
from demo_shop.shops import WEB
from demo_shop.staff import Staff

# per order
LATE, MOVED, RESOLD, CANCELLED_ORDER = 0.015, 0.004, 0.005, 0.008
# per line
RECOUNTED, REPRICED, CANCELLED_LINE, SAME_SECOND = 0.006, 0.004, 0.007, 0.0004
# per exported row
DIRTY, REPEATED, MENDED = 0.002, 0.004, 0.5

LAST_CHANGE_DAYS = 90
OPENING, CLOSING = 9 * 3600, 18 * 3600
_FLAWS = Weighted((BAD_DATE, BAD_QUANTITY, BAD_PRICE, NO_PRODUCT), (3, 3, 2, 2))


class History:
    """The exported versions of one order's lines, each with its day of export, in order of `updated_at`."""

    def __init__(self, rng: Random, lines: list[Sale], since: date, staff: Staff) -> None:
        self._rng, self._since, self._staff = rng, since, staff
        self._made_on = lines[0].order_date
        self._day = self._made_on
        self._now = {line.line: line for line in lines}
        self.exports: list[tuple[date, Sale]] = []
        self.valid: dict[int, Sale] = {}
        self.last_export = self._made_on
        self._first_export()
        self._correct_order()
        for line in lines:
            self._correct_line(line.line)
        self._cancel()

    def _first_export(self) -> None:
        rng = self._rng
        exported_on = self._made_on + timedelta(days=between(rng, 1, 20) if chance(rng, LATE) else 0)
        for line in list(self._now.values()):
            # no duplicate of these two: which version it would bring back depends on how files are read
            if chance(rng, SAME_SECOND):
                self._put(line, exported_on)
                self._put(line._replace(quantity=self._other_quantity(line)), exported_on)
            else:
                self._export(line, exported_on)

    def _correct_order(self) -> None:
        rng = self._rng
        if chance(rng, MOVED) and self._wait(30):
            moved_to = self._other_date()
            for line in list(self._now.values()):
                self._change(line._replace(order_date=moved_to))
        if chance(rng, RESOLD) and self._wait(10):
            first = next(iter(self._now.values()))
            region = "Occitanie" if first.shop_id == WEB else first.region
            seller = self._staff.selling_in(region, self._made_on).pick(rng).salesperson_id
            for line in list(self._now.values()):
                self._change(line._replace(salesperson_id=seller))

    def _correct_line(self, number: int) -> None:
        rng = self._rng
        if chance(rng, RECOUNTED) and self._wait(10):
            line = self._now[number]
            self._change(line._replace(quantity=self._other_quantity(line)))
        if chance(rng, REPRICED) and self._wait(10):
            line = self._now[number]
            self._change(line._replace(unit_price=line.unit_price * between(rng, 80, 97) // 1000 * 10))

    def _cancel(self) -> None:
        rng = self._rng
        whole = chance(rng, CANCELLED_ORDER)
        leaving = [line for line in self._now.values() if whole or chance(rng, CANCELLED_LINE)]
        if leaving and self._wait(15):
            for line in leaving:
                self._change(line._replace(status=CANCELLED))

    def _other_quantity(self, line: Sale) -> int:
        return line.quantity + (1 if line.quantity == 1 or chance(self._rng, 0.5) else -1)

    def _other_date(self) -> date:
        waited = (self._day - self._made_on).days
        moved_to = self._made_on + timedelta(days=between(self._rng, -35, waited))
        moved_to = max(moved_to, self._since)
        return moved_to if moved_to != self._made_on else self._made_on + timedelta(days=1)

    def _wait(self, most: int) -> bool:
        days = between(self._rng, 1, most)
        if (self._day - self._made_on).days + days > LAST_CHANGE_DAYS:
            return False
        self._day += timedelta(days=days)
        return True

    def _change(self, line: Sale) -> None:
        """Exports a line's next version on the current day, entered during office hours."""
        changed = line._replace(updated_at=instant(self._day, between(self._rng, OPENING, CLOSING)))
        self._now[line.line] = changed
        self._export(changed, self._day)

    def _export(self, row: Sale, day: date) -> None:
        """Exports a row, perhaps with dirt and then perhaps mended days later, perhaps twice."""
        rng = self._rng
        dirty = row.status != CANCELLED and chance(rng, DIRTY)
        exported = row._replace(flaw=_FLAWS.pick(rng)) if dirty else row
        self._put(exported, day)
        if chance(rng, REPEATED):
            self._put(exported, day + timedelta(days=between(rng, 0, 1)))
        if dirty and chance(rng, MENDED):
            mended_on = max(day, self._day) + timedelta(days=between(rng, 1, 5))
            self._day = mended_on
            mended = row._replace(updated_at=instant(mended_on, between(rng, OPENING, CLOSING)))
            self._now[row.line] = mended
            self._put(mended, mended_on)

    def _put(self, row: Sale, day: date) -> None:
        self.exports.append((day, row))
        self.last_export = max(self.last_export, day)
        if not row.flaw:
            self.valid[row.line] = row
            self._now[row.line] = row
