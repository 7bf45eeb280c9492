"""Orders and customers of a period are counted once each, as plain Python counts them one by one."""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

import pytest

from tests.unit.processor.derived import line
from tests.unit.processor.kpi_figures import figures


def plain(days: list[tuple[date, str, str]], since: date, until: date) -> tuple[int, int, int]:
    """Orders, customers and new customers of a stretch of days, counted one by one."""
    there = [(order, customer) for day, order, customer in days if since <= day <= until]
    before = {customer for day, _, customer in days if day < since}
    customers = {customer for _, customer in there}
    return len({order for order, _ in there}), len(customers), len(customers - before)


def drawn(seed: int) -> list[tuple[date, str, str]]:
    random = Random(seed)
    return [
        (date(2023, 1, 1) + timedelta(days=random.randrange(900)), f"o{number}", f"c{random.randrange(12)}")
        for number in range(60)
    ]


def stretches(months: list[date]) -> Iterator[tuple[str, date, date, date]]:
    """Grain, period, first and last day of what periods by the month add up."""
    for month in months:
        until = (month + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        yield "month", month, month, until
        yield "year_to_date", month, month.replace(month=1), until
        begun = month.year if month.month >= 7 else month.year - 1
        yield "fiscal_year_to_date", month, date(begun, 7, 1), until
        yield "rolling_12_months", month, (until - timedelta(days=364)).replace(day=1), until


@pytest.mark.parametrize("seed", range(3))
def test_members_are_counted_as_plain_python_counts_them(seed: int):
    days = drawn(seed)
    events = [
        line(f"l{at}", order_id=name, order_date=day, customer_id=who)
        for at, (day, name, who) in enumerate(days)
    ]
    found = figures(*events, fiscal_year_start=7)
    months = sorted({period for grain, period, _ in found if grain == "month"})
    compared = 0
    for grain, period, since, until in stretches(months):
        if (grain, period, "orders") in found:
            values = [found[grain, period, kpi]["value"] for kpi in ("orders", "customers", "new_customers")]
            assert values == [*plain(days, since, until)], (grain, period)
            compared += 1
    assert compared > 3 * len(months)
