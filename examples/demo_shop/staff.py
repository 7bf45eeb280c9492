"""The three sales teams: Paris with 7 people, Montpellier with 39, Region with 14."""

from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

from demo_shop.draw import Weighted, between, one_of, source
from demo_shop.names import person
from demo_shop.regions import REGIONS
from demo_shop.seasons import FIRST_DAY

PARIS, MONTPELLIER, REGION = "Paris", "Montpellier", "Region"
TEAM_SIZES = {PARIS: 7, MONTPELLIER: 39, REGION: 14}
_HOME = {"Île-de-France": PARIS, "Occitanie": MONTPELLIER, "Provence-Alpes-Côte d'Azur": MONTPELLIER}
_ELSEWHERE = tuple(region for region in REGIONS if region not in _HOME)
# the last ones of each team join while the shop is watched
_JOINERS = {
    PARIS: (date(2025, 1, 6),),
    MONTPELLIER: (
        date(2024, 1, 8),
        date(2024, 5, 13),
        date(2024, 9, 2),
        date(2025, 2, 10),
        date(2025, 6, 2),
        date(2025, 9, 1),
    ),
    REGION: (date(2024, 3, 4), date(2025, 4, 7)),
}


class Salesperson(NamedTuple):
    """A salesperson: team, first day at work, birth date, knack for selling, and the region served.

    `region` is empty where the whole team's area is served; it is not exported.
    """

    salesperson_id: str
    first_name: str
    last_name: str
    team: str
    start_date: date
    birth_date: date
    knack: int
    region: str


class Staff:
    """All salespeople, also those who have not joined yet."""

    def __init__(self, seed: int) -> None:
        rng = source(seed, "staff")
        people: list[Salesperson] = []
        taken = set[tuple[str, str]]()
        for team, size in TEAM_SIZES.items():
            joiners = _JOINERS[team]
            for place in range(size):
                name = person(rng)
                while name in taken:
                    name = person(rng)
                taken.add(name)
                start = date(2012, 1, 2) + timedelta(days=7 * between(rng, 0, 600))
                if place >= size - len(joiners):
                    start = joiners[place - size]
                birth = start - timedelta(days=between(rng, 22 * 365, 48 * 365))
                region = _ELSEWHERE[place % len(_ELSEWHERE)] if team == REGION else ""
                knack = one_of(rng, (3, 5, 6, 7, 8, 8, 9, 10, 12, 16))
                number = f"V{len(people) + 1:03d}"
                people.append(Salesperson(number, *name, team, start, birth, knack, region))
        self.people = tuple(people)
        self._choices = lru_cache(maxsize=512)(self._weighted)

    def _weighted(self, region: str, month: date) -> Weighted[Salesperson]:
        team = _HOME.get(region, REGION)
        people = [
            each
            for each in self.people
            if each.team == team and each.region in ("", region) and each.start_date <= month
        ]
        # who is new sells less at first
        months = [(month - each.start_date).days // 30 for each in people]
        return Weighted(
            people, [each.knack * min(6, 2 + age) for each, age in zip(people, months, strict=True)]
        )

    def selling_in(self, region: str, day: date) -> Weighted[Salesperson]:
        """Who may sell in a region on a day, weighted by knack and experience."""
        return self._choices(region, day.replace(day=1))

    def at(self, day: date) -> tuple[Salesperson, ...]:
        """Those who have joined by a day."""
        return tuple(each for each in self.people if each.start_date <= day)

    def changes(self) -> list[date]:
        """The days after the opening on which somebody joins."""
        return sorted({each.start_date for each in self.people if each.start_date > FIRST_DAY})
