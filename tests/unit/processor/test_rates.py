"""What a currency is worth on a day: its rate, an older one, or one turned over; and which changed."""

from datetime import date, timedelta
from fractions import Fraction

import polars as pl
import pytest

from saleslake_processor.derive.rates import OLDEST_DAYS, PAIR, changed, worth
from tests.property.memory_lake import COMPANY, Event, rows
from tests.unit.processor.derived import DAY, rate

YESTERDAY = DAY - timedelta(days=1)


def known(*events: Event) -> pl.LazyFrame:
    return rows(list(events), "a")["exchange_rate"].lazy()


def asking(*days: date, of: str = "CHF", into: str = "EUR") -> pl.LazyFrame:
    return pl.LazyFrame([(COMPANY, of, into, day) for day in days], schema=PAIR, orient="row")


def worths(pairs: pl.LazyFrame, *events: Event) -> list[Fraction | None]:
    found = worth(pairs, known(*events)).sort("date").collect()
    return [
        None if num is None else Fraction(num, den) for num, den in found.select("num", "den").iter_rows()
    ]


def test_the_rate_of_the_day_holds_before_an_older_one():
    assert worths(asking(DAY), rate("1.06", YESTERDAY), rate("1.05")) == [Fraction("1.05")]


def test_an_older_rate_holds_for_a_week():
    days = [DAY + timedelta(days=later) for later in (0, 1, OLDEST_DAYS, OLDEST_DAYS + 1)]
    assert worths(asking(*days), rate("1.05")) == [*[Fraction("1.05")] * 3, None]


def test_a_later_rate_does_not_hold():
    assert worths(asking(YESTERDAY), rate("1.05")) == [None]


def test_a_rate_of_the_other_way_round_is_turned_over_exactly():
    assert worths(asking(DAY), rate("0.9", of="EUR", into="CHF")) == [Fraction(10, 9)]


def test_a_rate_of_the_pair_wins_even_where_it_is_older():
    turned = rate("0.5", of="EUR", into="CHF")
    assert worths(asking(DAY), rate("1.06", YESTERDAY), turned) == [Fraction("1.06")]


def test_rates_of_other_pairs_and_companies_do_not_hold():
    other = known(rate("3")).with_columns(company=pl.lit("other"))
    assert worth(asking(DAY), other).collect()["num"].to_list() == [None]
    assert worths(asking(DAY), rate("3", of="USD"), rate("3", into="GBP")) == [None]


def test_of_two_for_one_day_the_later_version_holds():
    twice = [rate("1.06") | {"exchange_rate_id": "other", "version": 2}, rate("1.05") | {"version": 1}]
    assert worths(asking(DAY), *twice) == worths(asking(DAY), *reversed(twice)) == [Fraction("1.06")]


def test_all_ten_decimal_places_count():
    assert worths(asking(DAY), rate("0.0000333333")) == [Fraction("0.0000333333")]


BEFORE = [rate("1.05", date(2026, 3, 10)), rate("1.07", date(2026, 3, 20))]


@pytest.mark.parametrize(
    ("after", "moved"),
    [
        (BEFORE, []),
        ([*BEFORE, rate("1.06", date(2026, 3, 12))], [12, 13, 17, 18, 19]),
        ([*BEFORE, rate("1.05", date(2026, 3, 12))], [18, 19]),
        ([*BEFORE, rate("3", of="USD")], []),
        (BEFORE[1:], [10, 11, 12, 13, 17]),
        ([BEFORE[0], rate("1.08", date(2026, 3, 20))], [20, 27]),
        ([*BEFORE, rate("0.5", date(2026, 3, 12), "EUR", "CHF")], [18, 19]),
        ([], [10, 11, 12, 13, 17, 20, 27]),
    ],
)
def test_days_whose_rate_is_another_one_now(after, moved):
    days = asking(*(date(2026, 3, day) for day in (9, 10, 11, 12, 13, 17, 18, 19, 20, 27, 28)))
    found = changed(days, known(*BEFORE), known(*after)).collect()
    assert sorted(day.day for day in found["date"]) == moved
