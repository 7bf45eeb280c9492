"""Promotions: campaign weeks with a discount rate on some categories, the same ones each year."""

from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple


class Campaign(NamedTuple):
    """A promotion: code, first and last day, top categories, discount in thousandths, factor on orders."""

    code: str
    first: date
    last: date
    categories: frozenset[str]
    discount: int
    lift: float


def _nth_weekday(year: int, month: int, weekday: int, nth: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (nth - 1))


@lru_cache
def campaigns(year: int) -> tuple[Campaign, ...]:
    """The campaigns that begin in a year, in order of their first day; they do not overlap."""
    winter = _nth_weekday(year, 1, 2, 2)
    summer = _nth_weekday(year, 6, 2, 4)
    friday = _nth_weekday(year, 11, 3, 4) + timedelta(days=1)
    packs, suites, modules = "C10", "C20", "C30"

    def campaign(
        name: str, first: date, days: int, categories: set[str], discount: int, lift: float
    ) -> Campaign:
        last = first + timedelta(days=days - 1)
        return Campaign(f"{name}-{year}", first, last, frozenset(categories), discount, lift)

    return (
        campaign("SOLDES-HIVER", winter, 28, {packs}, 200, 1.18),
        campaign("PRINTEMPS", date(year, 3, 15), 14, {modules}, 100, 1.1),
        campaign("SOLDES-ETE", summer, 28, {packs}, 150, 1.12),
        campaign("RENTREE", date(year, 8, 25), 21, {suites}, 125, 1.3),
        campaign("BLACK-FRIDAY", friday - timedelta(days=4), 8, {packs, suites, modules}, 250, 1.8),
        campaign("NOEL", date(year, 12, 5), 20, {packs}, 100, 1.15),
    )


def campaign_on(day: date) -> Campaign | None:
    """The campaign that runs on a day, if any."""
    return next((each for each in campaigns(day.year) if each.first <= day <= each.last), None)
