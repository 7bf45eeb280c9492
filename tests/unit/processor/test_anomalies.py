"""Days that stand out, and those that do not."""

from datetime import date, timedelta
from decimal import Decimal
from random import Random

import polars as pl

from saleslake_processor.contracts.columns import MONEY
from saleslake_processor.marts.anomalies import sales_anomalies

FIRST = date(2024, 1, 1)


def days(number: int, **odd: int) -> list[tuple[date, int]]:
    """Days of a shop that is closed on Sundays, sells twice as much on Saturdays, and grows."""
    random = Random(5)
    found = []
    for at in range(number):
        day = FIRST + timedelta(days=at)
        usual = 0 if day.weekday() == 6 else (1000 + at) * (2 if day.weekday() == 5 else 1)
        found.append((day, odd.get(f"d{at}", usual * random.randint(90, 110) // 100)))
    return found


def table(rows: list[tuple[date, int]]) -> pl.DataFrame:
    frame = pl.DataFrame(rows, schema={"period": pl.Date, "value": pl.Int64}, orient="row")
    kpis = frame.select(
        "period",
        company=pl.lit("c"),
        grain=pl.lit("day"),
        kpi=pl.lit("net_sales"),
        value=pl.col("value").cast(MONEY),
        is_complete=pl.lit(True),
    )
    return sales_anomalies({"kpis": kpis.lazy()}).collect().sort("date")


def test_a_shop_as_usual_has_none():
    assert table(days(500)).is_empty()


def test_a_day_far_from_its_weekdays_stands_out():
    rows = table(days(500, d200=8000, d301=0))
    assert rows["date"].to_list() == [FIRST + timedelta(days=200), FIRST + timedelta(days=301)]
    assert rows["direction"].to_list() == ["above", "below"]
    high, low = rows["score_rate"]
    assert high > 3.5
    assert low < -3.5
    assert rows["net_amount"].to_list() == [Decimal(8000), Decimal(0)]
    assert all(1000 < expected < 1500 for expected in rows["expected_amount"])


def test_less_than_52_weeks_have_none():
    assert table(days(363, d200=8000)).is_empty()
    assert table(days(364, d200=8000)).height == 1


def test_an_open_sunday_is_no_oddity():
    assert (FIRST + timedelta(days=202)).weekday() == 6
    assert table(days(500, d202=1200)).is_empty()


def test_the_order_of_rows_does_not_matter():
    rows = days(500, d200=8000, d301=0)
    told = table(rows)
    Random(1).shuffle(rows)
    assert table(rows).equals(told)
