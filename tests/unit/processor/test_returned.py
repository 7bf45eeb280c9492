"""What returns take back, of which lines, and what it is worth."""

from datetime import date
from decimal import Decimal

import pytest

from tests.property.memory_lake import MemoryLake
from tests.unit.processor.derived import DAY, LATER, come_back, event, facts, line, returns, sale, sales

COSTED = {"unit_cost": "4"}


def refunds(*events) -> list[str]:
    return [f"{row['refunded_amount'].normalize():f}" for row in returns(*events)]


def test_a_line_comes_back_whole_where_the_return_names_no_quantity():
    row = sale(line("a", quantity="3", **COSTED), come_back("r", order_line_id="a"))
    assert (row["returned_quantity"], row["returned_amount"], row["net_amount"]) == (3, 30, 0)
    assert (row["cost_amount"], row["margin_amount"], row["sales_cost_amount"]) == (0, 0, 12)


def test_a_part_of_a_line_comes_back():
    row = sale(line("a", quantity="3", **COSTED), come_back("r", order_line_id="a", quantity="2"))
    assert (row["returned_quantity"], row["returned_amount"], row["net_amount"]) == (2, 20, 10)
    assert (row["cost_amount"], row["margin_amount"]) == (4, 6)


def test_three_thirds_add_up_to_the_sale_to_the_cent():
    thirds = [come_back(name, order_line_id="a", quantity="1") for name in ("r1", "r2", "r3")]
    sold = line("a", quantity="3", sales_amount="10", cost_amount="5")
    assert sorted(refunds(sold, *thirds)) == ["3.33", "3.33", "3.34"]
    row = sale(sold, *thirds)
    assert (row["returned_amount"], row["net_amount"], row["cost_amount"]) == (10, 0, 0)


def test_parts_are_valued_in_the_order_of_their_days():
    sold = line("a", quantity="3", sales_amount="10")
    first, second = (
        come_back(name, order_line_id="a", quantity="1", return_date=day)
        for name, day in (("r1", date(2026, 4, 2)), ("r2", date(2026, 4, 1)))
    )
    third = come_back("r3", order_line_id="a", quantity="1", return_date=None)
    # Without a day it came back on that of the sale, before the others: 3.33, then 6.67 - 3.33, then 3.33.
    assert refunds(sold, first, second, third) == ["3.33", "3.34", "3.33"]


def test_a_return_without_a_day_has_that_of_the_sale():
    [row] = returns(line("a"), come_back("r", order_line_id="a", return_date=None))
    assert row["return_date"] == DAY


def test_an_order_comes_back_whole():
    events = [line("a"), line("b", quantity="2"), come_back("r", order_id="o")]
    assert {name: row["net_amount"] for name, row in sales(*events).items()} == {"a": 0, "b": 0}
    assert [row["sale_known"] for row in returns(*events)] == [True, True]


def test_of_an_order_only_the_named_product_comes_back():
    events = [line("a"), line("b", product_id="q"), come_back("r", order_id="o", product_id="q")]
    assert {name: row["net_amount"] for name, row in sales(*events).items()} == {"a": 10, "b": 0}


def test_units_of_an_order_are_taken_from_line_after_line():
    events = [line("a", quantity="2"), line("b", quantity="2"), come_back("r", order_id="o", quantity="3")]
    back = [row["returned_quantity"] for row in sales(*events).values()]
    assert sorted(back) == [1, 2]


def test_an_amount_of_its_own_stands_whatever_the_share():
    row = sale(line("a", **COSTED), come_back("r", order_line_id="a", return_amount="7.5"))
    assert (row["returned_amount"], row["net_amount"], row["cost_amount"]) == (
        Decimal("7.5"),
        Decimal("2.5"),
        0,
    )


def test_an_amount_of_its_own_is_shared_by_what_came_back_of_each_line():
    events = [line("a"), line("b", unit_price="20"), come_back("r", order_id="o", return_amount="15")]
    got = {name: row["returned_amount"] for name, row in sales(*events).items()}
    assert got == {"a": 5, "b": 10}


def test_an_amount_with_tax_is_taken_without():
    terms = {"tax_rate": Decimal("0.2"), "prices_include_tax": True}
    events = [line("a", **terms), come_back("r", order_line_id="a", return_amount="6", **terms)]
    assert refunds(*events) == ["5"]


@pytest.mark.parametrize(
    ("said", "worth"),
    [
        ({"quantity": "2", "unit_price": "4.5"}, "9"),
        ({"quantity": "2", "unit_price": "0.333333"}, "0.67"),
        ({"quantity": "2", "unit_price": "0"}, "0"),
        # An amount says more than a price, and a price says nothing of how many came back.
        ({"quantity": "2", "unit_price": "4.5", "return_amount": "8"}, "8"),
        ({"unit_price": "4.5"}, "30"),
    ],
)
def test_a_price_of_its_own_stands_for_an_amount(said, worth):
    assert refunds(line("a", quantity="3"), come_back("r", order_line_id="a", **said)) == [worth]


def test_a_product_alone_has_the_price_that_the_return_says():
    terms = {"tax_rate": Decimal("0.2"), "prices_include_tax": True}
    product = event("product", "p", list_price="10")
    said = {"product_id": "p", "quantity": "3", "unit_price": "6"}
    assert refunds(product, come_back("r", **said, **terms)) == ["15"]


def test_more_than_was_sold_is_kept_as_said():
    row = sale(line("a", quantity="2", **COSTED), come_back("r", order_line_id="a", quantity="3"))
    assert (row["returned_quantity"], row["returned_amount"], row["net_amount"]) == (3, 30, -10)
    assert (row["cost_amount"], row["margin_amount"]) == (-4, -6)


def test_what_an_order_s_lines_cannot_hold_is_taken_from_the_last():
    events = [line("a"), line("b"), come_back("r", order_id="o", quantity="5")]
    assert sorted(row["returned_quantity"] for row in sales(*events).values()) == [1, 4]


def test_a_cancelled_line_gives_nothing_back():
    events = [line("a", status="cancelled", **COSTED), come_back("r", order_line_id="a")]
    row = sale(*events)
    assert (row["returned_amount"], row["net_amount"], row["returned_quantity"]) == (0, 0, 0)
    [back] = returns(*events)
    assert (back["quantity"], back["refunded_amount"], back["cost_amount"]) == (0, 0, 0)
    assert back["sale_known"]


@pytest.mark.parametrize("said", [{"return_amount": "10"}, {"quantity": "1"}, {}])
def test_of_an_order_only_what_was_not_cancelled_comes_back(said):
    events = [line(name, status="cancelled" if name != "c" else None) for name in "abcdef"]
    events.append(come_back("r", order_id="o", **said))
    assert refunds(*events) == ["10"]
    assert sales(*events)["c"]["net_amount"] == 0


def test_a_return_that_comes_before_its_line_waits_for_it():
    lake = MemoryLake()
    lake.take([come_back("r", order_line_id="a", return_date=None)], "a")
    assert lake.state["waiting"]["entity"].to_list() == ["return"]
    lake.take([line("a")], "b")
    assert "waiting" not in lake.state
    [row] = facts(lake, "fact_sales")
    assert row["net_amount"] == 0


def test_a_return_with_a_day_counts_before_its_line_comes_and_moves_to_it_then():
    lake = MemoryLake()
    lake.take(
        [
            event("product", "p", list_price="12"),
            come_back("r", order_line_id="a", product_id="p", quantity="1"),
        ],
        "a",
    )
    [alone] = facts(lake, "fact_returns")
    assert (alone["sale_known"], alone["refunded_amount"], alone["order_line_key"]) == (False, 12, 0)
    lake.take([line("a")], "b")
    [linked] = facts(lake, "fact_returns")
    assert (linked["sale_known"], linked["refunded_amount"]) == (True, 10)
    assert linked["order_line_key"] != 0


def test_a_product_alone_is_worth_its_list_price_and_costs_its_unit_cost():
    events = [event("product", "p", list_price="12", unit_cost="5")]
    events.append(come_back("r", product_id="p", quantity="2", store_id="s"))
    [row] = returns(*events)
    assert (row["refunded_amount"], row["cost_amount"], row["quantity"]) == (24, 10, 2)
    assert (row["return_date"], row["order_date"], row["sale_known"]) == (LATER, None, False)
    assert row["store_key"] != 0


def test_a_product_alone_without_price_or_quantity_is_worth_what_the_return_says():
    [row] = returns(come_back("r", product_id="p", return_amount="8"))
    assert (row["refunded_amount"], row["quantity"], row["cost_amount"]) == (8, 0, None)


def test_a_product_alone_that_nothing_values_is_worth_nothing():
    [row] = returns(come_back("r", product_id="p", quantity="1"))
    assert (row["refunded_amount"], row["cost_amount"]) == (0, None)


def test_two_returns_of_one_order_share_its_lines():
    events = [line("a", quantity="2"), line("b", product_id="q")]
    events += [come_back("r1", order_id="o", product_id="p"), come_back("r2", order_id="o", product_id="q")]
    assert refunds(*events) == ["20", "10"]
    assert {row["net_amount"] for row in sales(*events).values()} == {0}


def test_a_cost_that_is_unknown_stays_unknown():
    row = sale(line("a", quantity="2"), come_back("r", order_line_id="a", quantity="1"))
    assert (row["cost_amount"], row["margin_amount"], row["uncosted_amount"]) == (None, None, 10)


def test_units_that_came_back_do_not_come_back_again():
    events = [line("a"), line("b"), line("c")]
    events += [come_back(name, order_id="o", quantity="1") for name in ("r1", "r2")]
    assert sorted(row["returned_quantity"] for row in sales(*events).values()) == [0, 1, 1]


def test_an_order_that_comes_back_after_a_part_brings_the_rest():
    events = [line("a", quantity="3"), line("b")]
    events.append(come_back("r1", order_line_id="a", quantity="1", return_date=DAY))
    events.append(come_back("r2", order_id="o"))
    assert {row["net_amount"] for row in sales(*events).values()} == {0}
    assert sorted(refunds(*events)) == ["10", "10", "20"]


def test_a_second_refund_of_a_line_takes_no_units_and_counts():
    sold = line("a", **COSTED)
    refund = [come_back(name, order_line_id="a", return_amount="3") for name in ("r1", "r2")]
    row = sale(sold, *refund)
    assert (row["returned_quantity"], row["returned_amount"], row["cost_amount"]) == (1, 6, 0)
    assert [back["sale_known"] for back in returns(sold, *refund)] == [True, True]


def test_excess_falls_on_the_last_line_after_all_returns():
    events = [line("a"), line("b")]
    events += [come_back(name, order_id="o", quantity="2") for name in ("r1", "r2")]
    assert sorted(row["returned_quantity"] for row in sales(*events).values()) == [1, 3]
