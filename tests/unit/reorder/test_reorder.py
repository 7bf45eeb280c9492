"""The reorder plan: what there is, what is expected until an order has come, and what to order."""

from datetime import date, timedelta
from decimal import Decimal

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from saleslake_processor.contracts.reorder import FORECAST, HISTORY
from saleslake_processor.reorder.plan import upper
from tests.unit.reorder.frames import LAST, OTHER, PLAIN, PRODUCT, counted, expected, plan, planned, sold

STEADY = sold([2] * 120)
"""Two units each day."""


def test_demand_is_that_of_the_lead_time_and_a_day():
    row = planned([counted(5, lead=6)], STEADY, expected([1, 2, 3, 4, 5, 6, 7, 100]))
    assert (row["demand_units"], row["daily_units"], row["method"]) == (28, 4, FORECAST)
    assert row["as_of"] == date(2026, 4, 1)


def test_without_doubt_the_safety_stock_is_nothing():
    row = planned([counted(5, lead=6)], STEADY, expected([4] * 10))
    assert row["demand_upper_units"] == row["demand_units"] + row["safety_stock_units"]
    # Of one store, and a portion of two units a line, as much as comes by chance is in doubt all the same.
    assert row["safety_stock_units"] > 0
    assert row["reorder_point_units"] == row["demand_upper_units"]


@pytest.mark.parametrize(
    ("there", "ordered", "reorder"), [(100, 0, False), (20, 0, True), (20, 80, False), (-3, 0, True)]
)
def test_orders_where_what_is_there_and_to_come_is_too_little(there, ordered, reorder):
    row = planned([counted(there, ordered)], STEADY, expected([4] * 10))
    assert row["position_units"] == there + ordered
    assert row["reorder"] is reorder
    assert (row["order_units"] > 0) is reorder


def test_an_order_brings_the_position_to_the_reorder_point_and_two_weeks_more():
    row = planned([counted(3.5, 2)], STEADY, expected([4] * 10))
    up_to = row["reorder_point_units"] + 14 * 4
    assert row["order_units"] == int(row["order_units"])
    assert 0 <= row["order_units"] - (up_to - Decimal("5.5")) < 1


def test_at_the_reorder_point_itself_it_orders():
    point = planned([counted(0)], STEADY, expected([4] * 10))["reorder_point_units"]
    at, above = (
        planned([counted(float(point) + more)], STEADY, expected([4] * 10))["reorder"] for more in (0, 0.0001)
    )
    assert (at, above) == (True, False)


def test_cover_is_what_is_left_by_the_day():
    assert planned([counted(10)], STEADY, expected([4] * 10))["cover_days"] == 2
    assert planned([counted(-10)], STEADY, expected([4] * 10))["cover_days"] == 0
    assert planned([counted(10)])["cover_days"] is None


def test_what_nobody_buys_is_not_ordered():
    row = planned([counted(0)])
    assert (row["demand_units"], row["reorder"], row["order_units"]) == (0, False, 0)
    assert row["method"] == HISTORY


def test_what_was_sold_since_the_count_is_there_no_more():
    row = planned([counted(30, stock_date=LAST - timedelta(days=3))], STEADY, expected([4] * 10))
    assert (row["stock_units"], row["sold_units"], row["position_units"]) == (30, 6, 24)
    assert row["cover_days"] == 6


def test_a_cancelled_line_was_no_sale():
    cancelled = sold([50], status="cancelled")
    count = counted(30, stock_date=LAST - timedelta(days=1))
    assert planned([count], [*STEADY, *cancelled])["sold_units"] == 2


def test_the_last_count_stands_and_places_of_a_day_add_up():
    old = counted(99, stock_date=LAST - timedelta(days=1))
    here = [counted(3, 1, lead=4), counted(2, 1, lead=9, stock_key=2)]
    row = planned([old, *here], STEADY)
    assert (row["stock_units"], row["on_order_units"], row["lead_time_days"]) == (5, 2, 9)
    assert row["stock_date"] == LAST


def test_a_count_after_the_last_closed_day_stands_and_the_plan_begins_after_it():
    old = counted(100, stock_date=LAST - timedelta(days=7))
    sunday = counted(2, lead=2, stock_date=LAST + timedelta(days=1))
    row = planned([old, sunday], STEADY, expected([100, 1, 2, 3, 100]))
    assert (row["stock_units"], row["sold_units"], row["position_units"]) == (2, 0, 2)
    assert (row["as_of"], row["demand_units"], row["reorder"]) == (LAST + timedelta(days=2), 6, True)


def test_each_place_is_planned_from_its_own_day_on():
    there = [counted(5, lead=2), counted(5, lead=2, store_key=0, stock_date=LAST + timedelta(days=1))]
    rows = plan(there, STEADY, expected([10, 1, 2, 30]))
    assert rows["demand_units"].to_list() == [33, 13]


def test_a_day_that_is_not_over_is_part_of_what_is_to_come():
    half = sold([1], last=LAST + timedelta(days=1))
    row = planned([counted(30, lead=0, stock_date=LAST - timedelta(days=1))], [*STEADY, *half], expected([4]))
    assert (row["sold_units"], row["demand_units"]) == (2, 4)


def test_without_a_forecast_the_last_ninety_days_tell():
    # 200 days ago ten a day were sold, which is no longer what is expected.
    row = planned([counted(5, lead=6)], [*sold([10] * 60, last=LAST - timedelta(days=140)), *STEADY])
    assert (row["method"], row["demand_units"]) == (HISTORY, 14)


def test_a_product_that_is_new_was_not_sold_before():
    row = planned([counted(5, lead=6)], sold([3] * 10))
    assert row["demand_units"] == 21


def test_a_forecast_that_is_over_is_none():
    old = [row | {"period": row["period"] - timedelta(days=30)} for row in expected([9] * 20)]
    assert planned([counted(5)], STEADY, old)["method"] == HISTORY


@pytest.mark.parametrize("wrong", [{"kpi": "net_amount"}, {"level": "total"}, {"company": "another"}])
def test_forecasts_of_other_things_are_none(wrong):
    assert planned([counted(5)], STEADY, expected([9] * 20, **wrong))["method"] == HISTORY


def test_weeks_come_after_days():
    ahead = [*expected([1] * 4), *expected([70] * 4, "week")]
    # The first four days say one each, the other three of the week and the next ten of it.
    assert planned([counted(5, lead=9)], STEADY, ahead)["demand_units"] == 4 + 6 * 10


def test_what_reaches_further_than_forecasts_is_as_the_days_that_are_known():
    assert planned([counted(5, lead=99)], STEADY, expected([3] * 10))["demand_units"] == 300


def test_forecasts_below_nothing_are_nothing():
    assert planned([counted(5, lead=3)], STEADY, expected([-4, 2, 2, 2]))["demand_units"] == 6


def test_a_store_has_its_share_of_the_product():
    sales = [*sold([3] * 90), *sold([1] * 90, OTHER)]
    there = [counted(5, lead=6), counted(5, lead=6, store_key=OTHER), counted(5, lead=6, store_key=3)]
    demand = plan(there, sales, expected([4] * 10))["demand_units"].to_list()
    assert demand == [21, 7, 0]


def test_stock_of_no_store_is_for_all_of_them():
    sales = [*sold([3] * 90), *sold([1] * 90, OTHER)]
    row = planned([counted(5, store_key=0, stock_date=LAST - timedelta(days=1))], sales, expected([4] * 10))
    assert (row["demand_units"], row["sold_units"]) == (28, 4)


def test_doubt_grows_with_the_bounds_and_with_the_lead_time():
    def safety(half: float, lead: int) -> Decimal:
        found: Decimal = planned([counted(0, lead=lead)], STEADY, expected([50] * 28, half=half))[
            "safety_stock_units"
        ]
        return found

    assert safety(50, 6) > safety(40, 6) > safety(30, 6)
    assert safety(40, 20) > safety(40, 6)


def test_the_bound_of_a_sum_lies_between_days_that_are_apart_and_days_that_are_together():
    apart = [1, 5] * 100
    # The same, a fortnight each.
    together = [each for place in range(14) for each in [1 + 4 * (place % 2)] * 14]
    ahead = expected([50] * 28, half=40)
    loose, tight = (
        planned([counted(0, lead=13)], sold(units), ahead)["safety_stock_units"]
        for units in (apart, together)
    )
    deviation = Decimal(40 / 1.959964)
    assert float(loose) == pytest.approx(float(deviation) * 14**0.5 * 1.645, rel=0.05)
    assert 2 * loose < tight < deviation * 14 * 2


def test_the_order_of_rows_does_not_matter():
    sales = [*sold([3.3, 0.7, 1.9] * 50), *sold([1.1, 2.3] * 70, OTHER)]
    there = [counted(5, lead=6), counted(5, lead=9, store_key=OTHER)]
    ahead = [*expected([4.4, 3.1, 2.7] * 9, half=2.3), *expected([23.7] * 9, "week", half=7.1)]
    first, second = plan(there, sales, ahead), plan(there[::-1], sales[::-1], ahead[::-1])
    assert_frame_equal(first, second, check_exact=True, check_row_order=False)
    assert first["product_key"].unique().to_list() == [PRODUCT]
    assert first["store_key"].to_list() == [PLAIN, OTHER]


def test_of_nothing_there_is_no_plan():
    assert plan([]).height == 0
    assert isinstance(plan([]).schema["reorder"], pl.Boolean)


@pytest.mark.parametrize(("mean", "variance", "bound"), [(0.55, 5, 3.09), (1.71, 66, 8.65), (40, 60, 53.54)])
def test_what_is_bought_rarely_and_in_portions_has_a_safety_stock(mean: float, variance: float, bound: float):
    told = pl.select(pl.lit(mean).alias("mean"), pl.lit(variance, pl.Float64).alias("variance"))
    assert told.select(upper(pl.col("mean"), pl.col("variance"))).item() == pytest.approx(bound, abs=0.1)
