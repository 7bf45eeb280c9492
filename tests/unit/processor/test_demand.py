"""Demand by month: months without sales, trend, classes."""

from datetime import date
from random import Random

import pytest

from tests.unit.processor.derived import Row, come_back, event, line, taken
from tests.unit.processor.gold import built, given, table


def month(number: int) -> date:
    """The months of 2024 and after, from 0."""
    return date(2024 + number // 12, 1 + number % 12, 1)


def sold(units: dict[int, int] | list[int], product: str = "p", price: str = "10") -> list[Row]:
    """A line of so many units in each month, on its first day."""
    numbered = units.items() if isinstance(units, dict) else enumerate(units)
    return [
        line(
            f"{product}{number}",
            order_id=f"{product}{number}",
            product_id=product,
            order_date=month(number),
            quantity=str(quantity),
            unit_price=price,
        )
        for number, quantity in numbered
        if quantity
    ]


def over(*events: Row) -> list[Row]:
    """Rows of product `p`, where the company's last month is over."""
    last = max(row["order_date"] for row in events if row["entity"] == "order_line")
    until = month((last.year - 2024) * 12 + last.month)
    rows = table("product_demand", *events, line("end", product_id="q", order_id="end", order_date=until))
    return [row for row in rows if row["product"] == "p" and row["is_complete"]]


def last(*events: Row) -> Row:
    return over(*events)[-1]


def test_a_month_without_a_sale_is_a_row_of_0():
    rows = over(*sold([3, 0, 0, 2]))
    assert [(row["month"], row["units"], row["months_since_sale"]) for row in rows] == [
        (month(0), 3, 0),
        (month(1), 0, 1),
        (month(2), 0, 2),
        (month(3), 2, 0),
    ]
    assert [row["return_rate"] for row in rows] == [0.0, None, None, 0.0]


def test_the_slope_is_a_part_of_the_mean():
    row = last(*sold([10, 12, 14, 16, 18]))
    assert row["trend_rate"] == pytest.approx(2 / 14)
    assert (row["trend_fit_rate"], row["demand_class"]) == (1.0, "rising")


def test_only_the_last_twelve_months_count():
    row = last(*sold([90, 80, 70, *range(10, 22)]))
    assert row["trend_rate"] == pytest.approx(1 / 15.5)
    assert row["trailing_net_amount"] == 10 * sum(range(10, 22))


@pytest.mark.parametrize(
    ("units", "found"),
    [
        ([5, 5], "new"),
        ([100, 110, 120], "new"),
        ([100, 102, 104, 106], "steady"),
        ([100, 103, 106, 109], "rising"),
        ([109, 106, 103, 100], "falling"),
        # It rises, and scatters more than it does.
        ([10, 30, 5, 28, 10, 35], "steady"),
        ([5, 5, 5, 5], "steady"),
    ],
)
def test_classes(units: list[int], found: str):
    assert last(*sold(units))["demand_class"] == found


def test_what_is_not_sold_for_half_a_year_has_ended():
    events = [*sold([5, 5, 5]), *sold({12: 1}, "other")]
    rows = [row for row in table("product_demand", *events) if row["product"] == "p"]
    assert [row["demand_class"] for row in rows[7:9]] == ["falling", "ended"]
    assert [row["months_since_sale"] for row in rows[7:9]] == [5, 6]


def test_a_month_that_is_not_over_says_nothing_of_the_trend():
    events = [*sold([10, 12, 14, 16]), *sold({4: 1})]
    *_, before, now = [row for row in table("product_demand", *events) if row["product"] == "p"]
    assert (now["is_complete"], now["units"]) == (False, 1)
    assert now["trend_rate"] == before["trend_rate"] > 0


def test_a_year_without_a_sale_has_no_trend():
    events = [*sold([1, 2, 3]), *sold({15: 1}, "other")]
    rows = [row for row in table("product_demand", *events) if row["product"] == "p"]
    # Its last sale leaves the window in the fifteenth month; the sixteenth is not over.
    assert [row["trend_rate"] is None for row in rows[-3:]] == [False, True, True]


def test_what_only_came_back_was_never_sold():
    back = come_back("r", product_id="p", return_amount="3", return_date=month(0))
    rows = [row for row in table("product_demand", back, *sold({4: 1}, "q")) if row["product"] == "p"]
    assert [row["net_amount"] for row in rows] == [-3, 0, 0, 0, 0]
    assert {row["months_since_sale"] for row in rows} == {None}
    assert rows[-1]["demand_class"] == "ended"


def test_classes_of_turnover_look_back_a_year():
    events = [*sold({0: 90, 13: 1}, "was"), *sold({0: 5, 13: 10}, "now")]
    got = {(row["product"], row["month"]): row["abc_class"] for row in table("product_demand", *events)}
    assert [got[name, month(11)] for name in ("was", "now")] == ["A", "B"]
    assert [got[name, month(13)] for name in ("was", "now")] == ["B", "A"]


def test_all_products_add_up_and_the_order_of_rows_does_not_matter():
    events = [
        *(row for name in "abc" for row in sold([Random(name).randrange(6) for _ in range(15)], name)),
        line("alone", product_id=None, order_id="alone", order_date=month(3)),
        come_back("r", product_id="z", return_amount="3", return_date=month(2)),
        event("product", "a", unit_cost="4"),
    ]
    tables = built(given(taken(*events)))
    rows = tables["product_demand"]
    for name in ("units", "net_amount", "margin_amount"):
        assert rows[name].sum() == tables["sales_by_product"][name].sum()
    Random(1).shuffle(events)
    assert built(given(taken(*events)))["product_demand"].equals(rows)
