"""Lines are fitted to what their order says, by largest remainder; what it does not say stays."""

from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from saleslake_processor.contracts.columns import PRICE
from saleslake_processor.derive.amounts import fitted
from saleslake_processor.money import TICKS

ORDER = ("order_subtotal", "order_tax", "order_freight", "order_total")
MEASURES = ("gross", "discount", "sales", "tax", "freight")


def fit(
    sales: list[str], taxes: list[str] | None = None, priced_by: str = "line", **said
) -> dict[str, list[Decimal]]:
    """The amounts of an order's lines, in the order of the lines; without a discount of their own."""
    terms = {"tax_rate": Decimal(0), "prices_include_tax": False, "money_places": 2}
    ticks = [int(Decimal(amount) * TICKS) for amount in sales]
    rows = [
        {"order_key": 1, "order_line_key": number, "gross": amount, "sales": amount, "discount": 0}
        | {"tax": int(Decimal(taxes[number]) * TICKS) if taxes else 0, "freight": 0}
        | {"price_origin": priced_by, "tax_amount": said.get("tax_amount")}
        | terms
        | {name: said.get(name) for name in terms if name in said}
        | {name: None if said.get(name) is None else Decimal(said[name]) for name in ORDER}
        for number, amount in enumerate(ticks)
    ]
    schema: dict[str, pl.DataType] = {
        "order_key": pl.Int64(),
        "order_line_key": pl.Int64(),
        **dict.fromkeys(MEASURES, pl.Int128()),
        "tax_rate": PRICE,
        "prices_include_tax": pl.Boolean(),
        "money_places": pl.Int64(),
        "price_origin": pl.String(),
        "tax_amount": PRICE,
        **dict.fromkeys(ORDER, PRICE),
    }
    lines = pl.LazyFrame(rows, schema=schema).with_columns(
        order_tax_rate="tax_rate", order_includes_tax="prices_include_tax"
    )
    frame = fitted(lines).collect().sort("order_line_key")
    return {name: [Decimal(value) / TICKS for value in frame[name].to_list()] for name in MEASURES}


def amounts(*values: str) -> list[Decimal]:
    return [Decimal(value) for value in values]


def test_sales_are_fitted_to_the_subtotal_and_the_difference_is_a_discount():
    got = fit(["10", "20"], order_subtotal="29.99")
    assert got["sales"] == amounts("10", "19.99")
    assert got["discount"] == amounts("0", "0.01")
    assert got["gross"] == amounts("10", "20")


def test_lines_that_add_up_already_stay_as_they_are():
    # Shares go by size alone: a line of credit would become one of debit.
    assert fit(["10", "-2"], order_subtotal="8")["sales"] == amounts("10", "-2")


def test_a_subtotal_of_nothing_leaves_nothing():
    got = fit(["10", "20"], order_subtotal="0")
    assert got["sales"] == amounts("0", "0")
    assert got["discount"] == amounts("10", "20")


def test_a_subtotal_over_free_lines_is_shared_alike():
    got = fit(["0", "0", "0"], priced_by="missing", order_subtotal="0.05")
    assert got["sales"] == got["gross"] == amounts("0.02", "0.02", "0.01")


def test_a_subtotal_above_lines_with_prices_speaks_of_lines_that_are_not_here():
    got = fit(["10", "20"], ["9", "9"], order_subtotal="60", order_tax="12", order_freight="3")
    assert got["sales"] == amounts("10", "20")
    assert got["tax"] == amounts("2", "4")
    assert sum(got["freight"]) == 3


def test_a_total_leaves_tax_to_lines_that_are_not_here_too():
    assert fit(["10", "20"], order_subtotal="60", order_total="72")["tax"] == amounts("2", "4")


def test_a_subtotal_above_list_prices_is_what_was_paid():
    got = fit(["10", "20"], priced_by="list", order_subtotal="60")
    assert got["sales"] == got["gross"] == amounts("20", "40")
    assert got["discount"] == amounts("0", "0")


def test_a_subtotal_may_round_up():
    got = fit(["10", "20"], order_subtotal="30.02")
    assert sum(got["sales"]) == Decimal("30.02")
    assert got["discount"] == amounts("0", "0")


def test_tax_follows_a_discount_on_the_order():
    got = fit(["10", "20"], ["2", "4"], order_subtotal="15", tax_rate=Decimal("0.2"))
    assert got["tax"] == amounts("1", "2")


def test_included_tax_follows_a_discount_on_the_order():
    said: dict[str, Any] = {"tax_rate": Decimal("0.2"), "prices_include_tax": True}
    got = fit(["10", "20"], ["2", "4"], order_subtotal="18.01", **said)
    assert sum(got["sales"]) + sum(got["tax"]) == Decimal("18.01")
    assert sum(got["sales"]) == Decimal("15.01")


def test_tax_that_a_line_brings_stands_before_a_discount_on_the_order():
    tax = Decimal("2")
    assert fit(["10"], ["2"], order_subtotal="5", tax_amount=tax)["tax"] == amounts("2")


def test_a_total_below_its_parts_gives_no_negative_tax():
    assert fit(["10", "20"], ["2", "4"], order_total="25")["tax"] == amounts("2", "4")


def test_tax_follows_the_sales():
    assert fit(["10", "20"], ["9", "9"], order_tax="1")["tax"] == amounts("0.33", "0.67")


def test_freight_follows_the_sales():
    assert fit(["10", "20"], order_freight="5")["freight"] == amounts("1.67", "3.33")


def test_what_the_order_does_not_say_stays():
    got = fit(["10", "20"], ["2", "4"], order_freight="3")
    assert got["tax"] == amounts("2", "4")
    assert got["sales"] == amounts("10", "20")


def test_a_total_alone_gives_the_tax():
    got = fit(["10", "20"], ["9", "9"], order_total="36")
    assert got["tax"] == amounts("2", "4")
    assert got["sales"] == amounts("10", "20")


def test_a_total_gives_the_tax_that_subtotal_and_freight_leave():
    got = fit(["10", "20"], order_subtotal="27", order_freight="3", order_total="35.4")
    assert sum(got["sales"]) == 27
    assert sum(got["freight"]) == 3
    assert got["tax"] == amounts("1.80", "3.60")


def test_the_order_s_tax_beats_its_total():
    assert sum(fit(["10", "20"], order_tax="5", order_total="99")["tax"]) == 5


def test_a_subtotal_with_tax_in_it_is_fitted_without():
    got = fit(["10", "20"], order_subtotal="36", tax_rate=Decimal("0.2"), prices_include_tax=True)
    assert got["sales"] == amounts("10", "20")


@pytest.mark.parametrize(
    ("name", "column"), [("order_subtotal", "sales"), ("order_tax", "tax"), ("order_freight", "freight")]
)
def test_what_is_shared_adds_up_to_the_cent(name: str, column: str):
    said: dict[str, Any] = {name: "7.01"}
    got = fit(["3.33", "3.33", "3.34", "0.01"], **said)[column]
    assert sum(got, Decimal(0)) == Decimal("7.01")


def test_an_order_that_says_nothing_is_left_alone():
    assert fit(["10"], ["2"])["tax"] == amounts("2")
