"""Bands of discount, and what discounts cost."""

from datetime import date
from decimal import Decimal

import polars as pl
import pytest

from saleslake_processor.contracts.columns import MONEY
from saleslake_processor.derive.discounts import BANDS, band
from tests.unit.processor.derived import DAY, LATER, Row, come_back, event, line
from tests.unit.processor.gold import table


def band_of(gross: str, discount: str) -> str:
    amounts = {"gross_amount": [Decimal(gross)], "discount_amount": [Decimal(discount)]}
    frame = pl.DataFrame(amounts, schema=dict.fromkeys(amounts, MONEY))
    return BANDS[int(frame.select(band()).item())]


@pytest.mark.parametrize(
    ("gross", "discount", "found"),
    [
        ("100", "0", "none"),
        ("0", "0", "none"),
        ("100", "0.0001", "to 5 %"),
        ("100", "5", "to 5 %"),
        ("100", "5.4999", "to 5 %"),
        ("100", "5.5", "to 10 %"),
        # 20 % of it, rounded to a cent.
        ("9.99", "2.00", "to 20 %"),
        ("100", "20.5", "to 30 %"),
        ("100", "30.49", "to 30 %"),
        ("100", "31", "above 30 %"),
        ("100", "100", "above 30 %"),
        ("100", "-1", "surcharge"),
    ],
)
def test_bands_go_by_whole_percents(gross: str, discount: str, found: str):
    assert band_of(gross, discount) == found


def impact(*events: Row) -> dict[tuple[str, str], Row]:
    return {(row["promotion"], row["band"]): row for row in table("discount_impact", *events)}


def test_a_discount_without_a_promotion_is_inferred_by_its_rate():
    got = impact(
        line("a"),
        line("b", discount_rate="0.1"),
        line("c", discount_rate="0.1", promotion="spring"),
        line("d", promotion="spring"),
    )
    assert {at: row["is_inferred"] for at, row in got.items()} == {
        ("", "none"): False,
        ("", "to 10 %"): True,
        ("spring", "to 10 %"): False,
        ("spring", "none"): False,
    }
    assert all(row["orders"] == row["lines"] == 1 for row in got.values())


def test_what_a_discount_must_bring():
    [row] = impact(line("a", quantity="2", discount_rate="0.2", unit_cost="6")).values()
    # Without it 20 would be sold at a cost of 12: of a margin of 8 a half is given away.
    assert (row["margin_amount"], row["margin_lost_amount"], row["break_even_rate"]) == (4, 4, 0.5)
    assert (row["discount_rate"], row["margin_rate"]) == (0.2, 0.25)


def test_a_discount_below_cost_cannot_pay():
    [row] = impact(line("a", discount_rate="0.5", unit_cost="6")).values()
    assert (row["margin_amount"], row["break_even_rate"]) == (-1, 1.25)


def test_what_would_earn_nothing_without_the_discount_has_no_break_even():
    [row] = impact(line("a", discount_rate="0.5", unit_cost="11")).values()
    assert (row["margin_lost_amount"], row["break_even_rate"]) == (5, None)


def test_without_a_cost_nothing_is_said_of_the_margin():
    [row] = impact(line("a", discount_rate="0.5")).values()
    assert (row["margin_rate"], row["margin_lost_amount"], row["break_even_rate"]) == (None, None, None)


def test_a_refund_is_in_the_band_of_its_line_in_its_own_month():
    later = date(2026, 4, 20)
    back = come_back("r", order_line_id="a", return_date=later)
    rows = table("discount_impact", line("a", discount_rate="0.2", promotion="spring"), back)
    got = [
        (row["month"], row["promotion"], row["band"], row["net_amount"], row["refunded_amount"])
        for row in rows
    ]
    assert got == [
        (DAY.replace(day=1), "spring", "to 20 %", 0, 0),
        (later.replace(day=1), "spring", "to 20 %", 0, 8),
    ]
    assert [row["return_rate"] for row in rows] == [1.0, None]


def test_a_return_without_a_sale_is_in_no_band():
    product = event("product", "p", list_price="12")
    [row] = table("discount_impact", product, come_back("r", product_id="p", quantity="1"))
    assert (row["month"], row["band"], row["net_amount"]) == (LATER.replace(day=1), "unknown", -12)


def test_bands_add_up_to_all_sales():
    events = [line(f"l{rate}", discount_rate=f"0.{rate:02}") for rate in (0, 3, 5, 8, 15, 25, 40)]
    rows = table("discount_impact", *events)
    assert [row["discount_band"] for row in rows] == [0, 1, 2, 3, 4, 5]
    assert sum(row["net_amount"] for row in rows) == Decimal("60.40")
