"""Time as the shop knows it: local time, holidays, opening days, campaigns."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from demo_shop.campaigns import campaign_on, campaigns
from demo_shop.holidays import easter, holidays
from demo_shop.paris import instant, iso
from demo_shop.shops import WEB
from tests.unit.demo_shop.reading import day_of, sale_flaws

PARIS = ZoneInfo("Europe/Paris")


def test_local_time_is_that_of_paris():
    hours = range(0, 5 * 366 * 24)
    start = int(datetime(2023, 1, 1, tzinfo=UTC).timestamp())
    for seconds in (start + hour * 3600 for hour in hours):
        there = datetime.fromtimestamp(seconds, PARIS)
        assert iso(seconds) == there.isoformat()
        if there.hour != 2:
            assert instant(there.date(), there.hour * 3600) == seconds


@pytest.mark.parametrize("day", [date(2025, 3, 30), date(2025, 10, 26)])
def test_an_hour_that_is_missing_or_twice_is_refused(day):
    with pytest.raises(ValueError, match="missing or twice"):
        instant(day, 2 * 3600 + 1800)


def test_easter_and_what_hangs_on_it():
    sundays = [easter(year) for year in (2023, 2024, 2025, 2026, 2038)]
    assert sundays == [
        date(2023, 4, 9),
        date(2024, 3, 31),
        date(2025, 4, 20),
        date(2026, 4, 5),
        date(2038, 4, 25),
    ]
    assert {date(2025, 4, 21), date(2025, 5, 29), date(2025, 6, 9)} < holidays(2025)
    assert len(holidays(2025)) == 11


def test_shops_are_closed_on_sundays_and_holidays_and_the_web_is_not(sales):
    # corrections move orders to any day, so only what was exported on the day itself
    sold_on = {
        (row["shop_id"] == WEB, day)
        for day, row in sales
        if not sale_flaws(row) and day_of(row["order_date"]) == day
    }
    days = [date(2025, 1, 1) + timedelta(days=offset) for offset in range(181)]
    closed = {day for day in days if day.weekday() == 6 or day in holidays(2025)}
    assert len(closed) == 26 + 6
    assert {day for is_web, day in sold_on if not is_web} == set(days) - closed
    assert {day for is_web, day in sold_on if is_web} == set(days)


@pytest.mark.parametrize("year", range(2023, 2041))
def test_campaigns_do_not_overlap(year):
    planned = campaigns(year)
    for before, after in pairwise(planned):
        assert before.first <= before.last < after.first
    assert planned[-1].last.year == year


@pytest.mark.parametrize("friday", [date(2024, 11, 29), date(2025, 11, 28), date(2026, 11, 27)])
def test_black_friday_is_the_day_after_the_fourth_thursday(friday):
    campaign = campaign_on(friday)
    assert campaign is not None
    assert (campaign.code, campaign.discount) == (f"BLACK-FRIDAY-{friday.year}", 250)
    assert campaign_on(friday - timedelta(days=5)) is None
