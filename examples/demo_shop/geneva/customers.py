"""The customers of Geneva; they are none of the French ones."""

from datetime import date, timedelta
from functools import lru_cache
from random import Random
from typing import NamedTuple

from demo_shop import names
from demo_shop.customers import COMPANY, FREELANCER, PERSON, SMALL
from demo_shop.draw import Weighted, between, source
from demo_shop.paris import instant

OPENED_ON = date(2024, 9, 2)
"""First day of sale, a Monday."""
_FOUNDERS, _DAYS_PER_THREE = 60, 4
_SEGMENTS = Weighted((PERSON, FREELANCER, SMALL, COMPANY), (50, 18, 24, 8))


class Town(NamedTuple):
    """A Swiss town: its name, postal code and canton."""

    name: str
    postal_code: str
    canton: str


HOME = Town("Genève", "1204", "Genève")
_TOWNS = Weighted(
    (
        HOME,
        Town("Carouge", "1227", "Genève"),
        Town("Lausanne", "1003", "Vaud"),
        Town("Nyon", "1260", "Vaud"),
        Town("Neuchâtel", "2000", "Neuchâtel"),
        Town("Fribourg", "1700", "Fribourg"),
        Town("Sion", "1950", "Valais"),
    ),
    (46, 14, 18, 9, 5, 4, 4),
)


class Customer(NamedTuple):
    """A customer of Geneva, known since `created_on`; `updated_at` is in seconds since 1970 UTC."""

    customer_id: str
    name: str
    segment: str
    email: str
    town: Town
    created_on: date
    updated_at: int


@lru_cache(maxsize=8192)
def customer(seed: int, number: int) -> Customer:
    """The customer of a number, counted from 1 in order of coming."""
    rng = source(seed, "geneva customer", number)
    segment = _SEGMENTS.pick(rng)
    first, last = names.person(rng)
    created_on = OPENED_ON + timedelta(days=max(0, number - _FOUNDERS) * _DAYS_PER_THREE // 3)
    return Customer(
        customer_id=f"GE{number:05d}",
        name=names.business(rng) if segment in (SMALL, COMPANY) else f"{first} {last}",
        segment=segment,
        email=names.email(rng, first, last, 700_000 + number * 10),
        town=_TOWNS.pick(rng),
        created_on=created_on,
        updated_at=instant(created_on, between(rng, 4 * 3600, 18 * 3600)),
    )


def known(day: date) -> int:
    """How many customers have come by a day."""
    return _FOUNDERS + ((day - OPENED_ON).days * 3) // _DAYS_PER_THREE


def buyer(rng: Random, seed: int, day: date) -> Customer:
    """Who buys on a day: of two that might, the one who came first, so that some buy often."""
    count = known(day)
    return customer(seed, min(between(rng, 1, count), between(rng, 1, count)))
