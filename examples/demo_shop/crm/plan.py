"""The sales teams' work, day by day: which opportunities come up, and what becomes of them.

What has happened by an instant depends on the seed and the instant, never on how far the plan reaches.
"""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date, timedelta
from random import Random

from demo_shop import names
from demo_shop.crm.records import LOST, SIGNED, Account, Booking, Opportunity, Record, Version
from demo_shop.customers import COMPANY, PUBLIC, SMALL
from demo_shop.draw import Weighted, between, chance, one_of, source
from demo_shop.mishaps import CLOSING, OPENING
from demo_shop.paris import instant, local_day
from demo_shop.regions import ANYWHERE
from demo_shop.seasons import FIRST_DAY, shops_closed
from demo_shop.staff import Salesperson, Staff

_PER_DAY = 3.6
_KNOWN_ACCOUNT, _NEVER_TOUCHED, _NEVER_CLOSED = 0.3, 0.18, 0.05
_SEGMENTS = Weighted((SMALL, COMPANY, PUBLIC), (62, 28, 10))
_EMPLOYEES = {SMALL: (2, 3, 5, 8, 12, 20), COMPANY: (30, 50, 80, 140, 260, 600), PUBLIC: (15, 40, 90, 220)}
_MONTHS = (9, 10, 10, 10, 10, 10, 8, 5, 11, 12, 11, 9)


class Plan:
    """All records of the sales teams' system until a day, by kind, in order of `created_at`."""

    def __init__(self, seed: int, until: date, staff: Staff) -> None:
        self._seed, self._staff = seed, staff
        self._accounts: list[Account] = []
        self._opportunities: list[Opportunity] = []
        day = FIRST_DAY
        while day <= until:
            if _works(day):
                self._new(source(seed, "crm", day), day)
            day += timedelta(days=1)
        self._sign()
        self._kinds: dict[str, Sequence[Record]] = {
            "accounts": self._accounts,
            "opportunities": self._opportunities,
            "bookings": sorted(self._bookings(until), key=lambda each: (each.created_at, each.record_id)),
        }
        self._moments = {kind: [each.created_at for each in records] for kind, records in self._kinds.items()}

    def created(self, kind: str, now: int) -> Sequence[Record]:
        """The records of a kind that have been created by an instant; later ones come behind them."""
        return self._kinds[kind][: bisect_right(self._moments[kind], now)]

    def _new(self, rng: Random, day: date) -> None:
        count = int(_PER_DAY * (0.6 + 0.8 * rng.random()) + rng.random())
        known = len(self._accounts)
        for second in sorted(between(rng, OPENING, CLOSING) for _ in range(count)):
            created_at = instant(day, second)
            if known and chance(rng, _KNOWN_ACCOUNT):
                account = self._accounts[int(rng.random() * known)]
            else:
                account = self._account(rng, created_at)
            seller = self._staff.selling_in(account.city.region, day).pick(rng)
            self._opportunities.append(self._opportunity(rng, created_at, account, seller))

    def _account(self, rng: Random, created_at: int) -> Account:
        segment = _SEGMENTS.pick(rng)
        count = one_of(rng, _EMPLOYEES[segment]) + between(rng, 0, 3)
        employees = [Version(created_at, count)]
        if chance(rng, 0.2):
            counted_at = _office(rng, created_at, 30, 400)
            employees.append(Version(counted_at, max(1, count * between(rng, 80, 150) // 100)))
        account = Account(
            record_id=f"AC{len(self._accounts) + 1:05d}",
            created_at=created_at,
            name=names.public_body(rng) if segment == PUBLIC else names.business(rng),
            segment=segment,
            city=ANYWHERE.pick(rng),
            employees=tuple(employees),
            signed_at=None,
        )
        self._accounts.append(account)
        return account

    def _opportunity(
        self, rng: Random, created_at: int, account: Account, seller: Salesperson
    ) -> Opportunity:
        attributed_at = _office(rng, created_at, 0, 3)
        touched_at = None if chance(rng, _NEVER_TOUCHED) else _office(rng, attributed_at, 0, 21)
        open_ended = touched_at is None or chance(rng, _NEVER_CLOSED)
        closed_at = None if touched_at is None or open_ended else _office(rng, touched_at, 3, 110)
        outcome = SIGNED if chance(rng, 0.22 + 0.025 * seller.knack) else LOST
        # a hundred to three hundred euros a head, to full fifties
        estimate = account.employees[0].value * between(rng, 100, 300) // 50 * 5000 + 5000
        return Opportunity(
            record_id=f"OP{len(self._opportunities) + 1:06d}",
            created_at=created_at,
            account_id=account.record_id,
            salesperson_id=seller.salesperson_id,
            attributed_at=attributed_at,
            touched_at=touched_at,
            closed_at=closed_at,
            outcome=outcome if closed_at else "",
            estimate=estimate,
            amount=estimate * between(rng, 70, 115) // 100 if outcome == SIGNED else estimate,
        )

    def _sign(self) -> None:
        """Makes clients of the accounts with a signed opportunity."""
        first: dict[str, int] = {}
        for each in self._opportunities:
            if each.closed_at and each.outcome == SIGNED:
                first[each.account_id] = min(each.closed_at, first.get(each.account_id, each.closed_at))
        self._accounts = [each._replace(signed_at=first.get(each.record_id)) for each in self._accounts]

    def _bookings(self, until: date) -> list[Booking]:
        """A booking for each month that a client stays, entered on the second of the next one."""
        found = []
        for account in self._accounts:
            if account.signed_at is None:
                continue
            rng = source(self._seed, "bookings", account.record_id)
            stays = one_of(rng, (2, 5, 9, 14, 24, 48))
            month = local_day(account.signed_at).replace(day=1)
            for _ in range(stays):
                following = (month + timedelta(days=31)).replace(day=1)
                entered_on = following + timedelta(days=1)
                if entered_on > until:
                    break
                found.append(_booking(rng, account, month, entered_on))
                month = following
        return found


def _booking(rng: Random, account: Account, month: date, entered_on: date) -> Booking:
    entered_at = instant(entered_on, between(rng, 7 * 3600, 12 * 3600))
    heads = account.employees[0].value
    cents = heads * between(rng, 4000, 9000) * _MONTHS[month.month - 1] // 10
    gross = [Version(entered_at, cents)]
    if chance(rng, 0.04):
        gross.append(Version(_office(rng, entered_at, 2, 12), cents * between(rng, 70, 130) // 100))
    return Booking(f"{account.record_id}-{month:%Y%m}", entered_at, account.record_id, month, tuple(gross))


def _works(day: date) -> bool:
    return day.weekday() < 5 and not shops_closed(day)


def _office(rng: Random, after: int, least: int, most: int) -> int:
    """An instant in office hours, some days after another one."""
    today = local_day(after)
    day = today + timedelta(days=between(rng, least, most))
    while not _works(day):
        day += timedelta(days=1)
    second = between(rng, OPENING, CLOSING)
    return instant(day, second) if day > today else after + 60 + second // 60
