"""The calendar: whole years around the business dates, and the fiscal year by its first month."""

from datetime import date, timedelta

import polars as pl
import pytest

from saleslake_processor.marts.calendar import dim_date
from tests.unit.processor.derived import Row

WORK = ("attribution_date", "engage_date", "close_date")


def calendar(
    *dates: date, fiscal_year_start: int = 1, dated: dict[str, date] | None = None
) -> dict[date, Row]:
    """Around dates of sales, and those of opportunities, bookings and stock by the name of their column."""

    def column(name: str) -> pl.Series:
        return pl.Series([(dated or {}).get(name)], dtype=pl.Date())

    given = {
        "sums/date_store_category": pl.LazyFrame({"date": dates}, schema={"date": pl.Date}),
        "current/opportunity": pl.LazyFrame({name: column(name) for name in WORK}),
        "current/booking": pl.LazyFrame({"month": column("month")}),
        "current/stock": pl.LazyFrame({"stock_date": column("stock_date")}),
        "publication": pl.LazyFrame({"fiscal_year_start": [fiscal_year_start]}),
    }
    return {row["date"]: row for row in dim_date(given).collect().to_dicts()}


def test_whole_years_are_there_without_a_gap():
    days = sorted(calendar(date(2025, 12, 31), date(2027, 1, 1)))
    assert (days[0], days[-1]) == (date(2025, 1, 1), date(2027, 12, 31))
    assert days == [days[0] + timedelta(days=number) for number in range(3 * 365)]


def test_a_leap_day_is_a_day():
    assert len(calendar(date(2024, 5, 5))) == 366


@pytest.mark.parametrize("name", [*WORK, "month", "stock_date"])
def test_the_work_of_the_sales_team_has_its_days(name: str):
    assert {day.year for day in calendar(date(2026, 5, 5), dated={name: date(2024, 3, 1)})} == {
        2024,
        2025,
        2026,
    }
    assert {day.year for day in calendar(dated={name: date(2027, 3, 1)})} == {2027}


def test_without_business_dates_there_is_no_day():
    assert calendar() == {}


def test_what_a_day_is():
    row = calendar(date(2026, 3, 14))[date(2026, 3, 14)]
    assert row == {
        "date": date(2026, 3, 14),
        "year": 2026,
        "quarter": 1,
        "month": date(2026, 3, 1),
        "month_number": 3,
        "month_name": "March",
        "week": 11,
        "weekday": 6,
        "weekday_name": "Saturday",
        "is_weekend": True,
        "fiscal_year": 2026,
        "fiscal_quarter": 1,
        "fiscal_month": 3,
    }


def test_weekends_are_saturdays_and_sundays():
    days = calendar(date(2026, 3, 14)).values()
    assert {row["weekday_name"] for row in days if row["is_weekend"]} == {"Saturday", "Sunday"}
    assert {row["weekday"] for row in days if not row["is_weekend"]} == {1, 2, 3, 4, 5}


@pytest.mark.parametrize(
    ("start", "day", "fiscal"),
    [
        (1, date(2026, 1, 1), (2026, 1, 1)),
        (1, date(2026, 12, 31), (2026, 4, 12)),
        (7, date(2026, 6, 30), (2026, 4, 12)),
        (7, date(2026, 7, 1), (2027, 1, 1)),
        (7, date(2026, 12, 31), (2027, 2, 6)),
        (7, date(2026, 1, 1), (2026, 3, 7)),
        (4, date(2026, 3, 31), (2026, 4, 12)),
        (4, date(2026, 4, 1), (2027, 1, 1)),
        (12, date(2026, 11, 30), (2026, 4, 12)),
        (12, date(2026, 12, 1), (2027, 1, 1)),
        (2, date(2026, 1, 31), (2026, 4, 12)),
    ],
)
def test_a_fiscal_year_is_named_after_the_year_in_which_it_ends(start, day, fiscal):
    row = calendar(day, fiscal_year_start=start)[day]
    assert (row["fiscal_year"], row["fiscal_quarter"], row["fiscal_month"]) == fiscal


@pytest.mark.parametrize("start", range(1, 13))
def test_each_fiscal_year_has_twelve_months_in_a_row(start):
    days = calendar(date(2025, 1, 1), date(2027, 1, 1), fiscal_year_start=start)
    months = [row for day, row in sorted(days.items()) if day.day == 1]
    numbers = [row["fiscal_year"] * 12 + row["fiscal_month"] for row in months]
    assert numbers == list(range(numbers[0], numbers[0] + 36))
