"""Which days ahead are known to be closed: weekdays that are, and feasts that were often enough."""

from collections.abc import Collection
from datetime import date, timedelta

import polars as pl
import pytest

from saleslake_processor.forecast import closed
from saleslake_processor.forecast.history import PERIOD, grid
from tests.forecast_rows import series

SATURDAY, SUNDAY = 5, 6
HORIZON = 28


def closed_ahead(
    start: date, last: date, days: Collection[date] = (), weekdays: Collection[int] = ()
) -> list[date]:
    """Of a shop of eight series that sells from start to last, but on some days and weekdays."""
    every = [start + timedelta(days=at) for at in range((last - start).days + 1)]
    shut = [day for day in every if day in days or day.weekday() in weekdays]
    whole = pl.concat(series([1.0] * len(every), f"s{at}", start) for at in range(8))
    made = grid(whole.filter(~pl.col(PERIOD).is_in(shut)), "1d")
    found = closed.ahead(made, HORIZON)
    return [made.period(made.length + at) for at in range(HORIZON) if found[at]]


@pytest.mark.parametrize("days", [370, 420, 700])
@pytest.mark.parametrize("weekdays", [{SUNDAY}, {SATURDAY, SUNDAY}])
def test_a_date_that_fell_on_a_closed_weekday_is_no_feast(days: int, weekdays: set[int]):
    start = date(2024, 9, 2)
    found = closed_ahead(start, start + timedelta(days=days - 1), weekdays=weekdays)
    assert {day.weekday() for day in found} == weekdays
    assert len(found) == 4 * len(weekdays)


def test_nor_is_one_that_fell_on_a_closed_weekend_each_year():
    """Monday 2025-09-01 was a Sunday in 2024, and a Friday in 2023; 2025-02-03 a Saturday, and a Friday."""
    for start in (date(2022, 9, 5), date(2022, 11, 14), date(2023, 1, 30)):
        found = closed_ahead(start, start + timedelta(days=799), weekdays={SATURDAY, SUNDAY})
        assert {day.weekday() for day in found} == {SATURDAY, SUNDAY}


def test_nor_one_that_was_closed_once():
    snow = date(2024, 10, 31)
    assert closed_ahead(date(2024, 9, 1), date(2025, 10, 15), days={snow}) == []


def test_a_date_that_was_closed_twice_is_a_feast_unless_it_was_open_once():
    start, last = date(2022, 9, 1), date(2025, 4, 15)
    twice = {date(2023, 5, 1), date(2024, 5, 1)}
    assert closed_ahead(start, last, twice) == [date(2025, 5, 1)]
    assert closed_ahead(date(2021, 9, 1), last, twice) == []


@pytest.mark.parametrize("years", [{2024}, {2023, 2024}])
def test_a_closed_christmas_and_new_year_are_known_after_one(years: set[int]):
    """Boxing Day is not, until there was another one."""
    days = {date(year, *on) for year in years for on in ((12, 25), (12, 26))}
    days |= {date(year + 1, 1, 1) for year in years}
    found = closed_ahead(date(min(years), 9, 1), date(2025, 12, 10), days)
    boxing_day = [date(2025, 12, 26)] if len(years) > 1 else []
    assert found == [date(2025, 12, 25), *boxing_day, date(2026, 1, 1)]


def test_christmas_on_a_closed_weekday_says_nothing_of_the_next_one():
    """That of 2022 was a Sunday."""
    found = closed_ahead(date(2022, 9, 1), date(2023, 12, 10), weekdays={SUNDAY})
    assert {day.weekday() for day in found} == {SUNDAY}


def test_days_beside_easter_are_known_after_two():
    """Good Fridays: 2023-04-07, 2024-03-29, 2025-04-18."""
    fridays = {date(2023, 4, 7), date(2024, 3, 29)}
    start, last = date(2022, 9, 1), date(2025, 4, 1)
    assert closed_ahead(start, last, fridays) == [date(2025, 4, 18)]
    assert closed_ahead(start, last, {max(fridays)}) == []
    assert closed_ahead(date(2023, 9, 1), last, {max(fridays)}) == []


def test_a_weekday_on_which_one_of_many_series_never_sells_is_closed_for_it_alone():
    start, days = date(2025, 1, 6), 120
    every = [start + timedelta(days=at) for at in range(days)]
    shut = series([float(day.weekday() != SUNDAY) for day in every], "shut", start)
    # Who sells on every third day sells on Sundays again.
    seldom = series([float(at % 3 == 0) for at in range(days)], "seldom", start)
    made = grid(pl.concat([shut, seldom, series([1.0] * days, "open", start)]), "1d")
    found = closed.of_series(made, HORIZON)
    coming = [made.period(made.length + at).weekday() for at in range(HORIZON)]
    assert [made.keys[at] for at in range(3) if found[at].any()] == ["shut"]
    assert found[made.keys.index("shut")].tolist() == [weekday == SUNDAY for weekday in coming]
    young = grid(shut.head(80), "1d")
    assert not closed.of_series(young, HORIZON).any()
