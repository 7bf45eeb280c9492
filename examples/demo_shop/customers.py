"""The customers: who they are, when they come, move and leave."""

from bisect import bisect_left
from datetime import date, timedelta
from random import Random

from demo_shop import names
from demo_shop.draw import Weighted, between, chance, one_of, source
from demo_shop.paris import instant
from demo_shop.regions import ANYWHERE, REGIONS, WITHIN, City
from demo_shop.seasons import FIRST_DAY, new_customers

PERSON, FREELANCER, SMALL, COMPANY, PUBLIC = (
    "person",
    "freelancer",
    "small business",
    "company",
    "public body",
)
_SEGMENTS = Weighted((PERSON, FREELANCER, SMALL, COMPANY, PUBLIC), (52, 20, 19, 5, 4))
_TICKETS = {
    PERSON: (1, 1, 2, 4),
    FREELANCER: (2, 3, 6),
    SMALL: (4, 8, 14),
    COMPANY: (8, 20, 36),
    PUBLIC: (4, 10),
}
_LIFETIMES = (1, 30, 120, 250, 400, 600, 900, 1500, 3000, 9000)
_FOUNDED = date(2019, 1, 7)
_FOUNDERS = 2600
_OPENING, _CLOSING = 9 * 3600, 18 * 3600


class Customer:
    """A customer: `homes` are the towns lived in, each from a day on; `listed_on` the first export's day."""

    __slots__ = (
        "created_on",
        "customer_id",
        "email",
        "homes",
        "leaves_on",
        "listed_on",
        "name",
        "second",
        "segment",
    )

    def __init__(self, rng: Random, number: int, created_on: date) -> None:
        first, last = names.person(rng)
        self.customer_id = f"CL{number:06d}"
        self.segment = _SEGMENTS.pick(rng)
        self.name = f"{first} {last}"
        if self.segment in (SMALL, COMPANY):
            self.name = names.business(rng)
        elif self.segment == PUBLIC:
            self.name = names.public_body(rng)
        self.email = names.email(rng, first, last, number * 10)
        self.created_on = created_on
        # the shop's till knows some customers days before the export does
        late = created_on >= FIRST_DAY and chance(rng, 0.03)
        self.listed_on = created_on + timedelta(days=between(rng, 1, 6) if late else 0)
        self.leaves_on = max(created_on, FIRST_DAY) + timedelta(days=one_of(rng, _LIFETIMES))
        self.homes = [(created_on, ANYWHERE.pick(rng))]
        self.second = between(rng, _OPENING, _CLOSING)

    def home(self, day: date) -> City:
        """The town lived in on a day."""
        return next((city for since, city in reversed(self.homes) if since <= day), self.homes[0][1])

    def updated_at(self, day: date) -> int:
        """The instant of the last change that an export of the day shows."""
        changed = max(since for since, _ in self.homes if since <= day)
        return instant(max(changed, self.listed_on), self.second)


class Customers:
    """All customers who come until a day; those of past days do not depend on how far it reaches."""

    def __init__(self, seed: int, until: date) -> None:
        self.all: list[Customer] = []
        self._created: dict[date, list[Customer]] = {}
        self._pools: dict[str, list[Customer]] = {region: [] for region in REGIONS}
        self._pool_days: dict[str, list[date]] = {region: [] for region in REGIONS}
        self.changes: set[date] = set()
        rng = source(seed, "customers")
        span = (FIRST_DAY - _FOUNDED).days
        for created_on in sorted(
            _FOUNDED + timedelta(days=between(rng, 0, span - 1)) for _ in range(_FOUNDERS)
        ):
            self._add(rng, created_on)
        for offset in range((until - FIRST_DAY).days + 1):
            day = FIRST_DAY + timedelta(days=offset)
            rng = source(seed, "customers", day)
            self._move(rng, day)
            for _ in range(new_customers(rng, day)):
                self._add(rng, day)

    def _add(self, rng: Random, created_on: date) -> None:
        customer = Customer(rng, len(self.all) + 1, created_on)
        self.all.append(customer)
        self._created.setdefault(created_on, []).append(customer)
        self.changes.add(customer.listed_on)
        tickets = one_of(rng, _TICKETS[customer.segment])
        region = customer.homes[0][1].region
        self._pools[region] += [customer] * tickets
        self._pool_days[region] += [created_on] * tickets

    def _move(self, rng: Random, day: date) -> None:
        if not chance(rng, 0.7):
            return
        customer = one_of(rng, self.all)
        here = customer.homes[-1][1]
        there = WITHIN[here.region].pick(rng) if chance(rng, 0.8) else ANYWHERE.pick(rng)
        if there != here and customer.listed_on < day:
            customer.homes.append((day, there))
            self.changes.add(day)

    def new_on(self, day: date) -> list[Customer]:
        """Those created on a day; each orders on it."""
        return self._created.get(day, [])

    def known(self, rng: Random, region: str, day: date) -> Customer:
        """Somebody of a region who came before the day and has not left, busy ones more often."""
        pool = self._pools[region]
        count = bisect_left(self._pool_days[region], day)
        customer = pool[int(rng.random() * count)]
        for _ in range(6):
            if customer.leaves_on > day:
                break
            customer = pool[int(rng.random() * count)]
        return customer

    def listed(self, day: date) -> list[Customer]:
        """Those whom an export of the day shows."""
        return [each for each in self.all if each.listed_on <= day]
