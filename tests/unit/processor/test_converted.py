"""Sales and returns in another currency: converted at the rate of their day, or waiting for it."""

from datetime import timedelta
from decimal import Decimal

import pytest

from saleslake_processor.contracts.facts import FactSales
from tests.property.memory_lake import MemoryLake
from tests.unit.processor.derived import (
    DAY,
    LATER,
    Row,
    come_back,
    event,
    facts,
    line,
    rate,
    returns,
    sale,
    sales,
    taken,
)

FRANCS = {"currency": "CHF"}
TAXED = {"tax_rate": "0.081", "prices_include_tax": True}


def told(row: Row, *names: str) -> list[str]:
    return [f"{row[name].normalize():f}" for name in names]


def waits(lake: MemoryLake) -> list[str]:
    """What waits: lines and returns by number."""
    return sorted(lake.state["waiting"]["entity"]) if "waiting" in lake.state else []


def test_each_amount_is_rounded_in_its_own_currency_and_then_converted():
    row = sale(
        line(
            "a",
            quantity="3",
            unit_price="20.05",
            discount_rate="0.1",
            freight_amount="4.90",
            **FRANCS,
            **TAXED,
        ),
        rate("1.0514"),
    )
    amounts = ("gross", "discount", "sales", "tax", "freight", "total")
    original = told(row, *(f"original_{name}_amount" for name in amounts))
    assert original == ["55.64", "5.56", "50.08", "4.06", "4.9", "59.04"]
    # 58.499896, 5.845784, the difference, 4.268684, 5.15186, and their sum
    assert told(row, *(f"{name}_amount" for name in amounts)) == [
        "58.5",
        "5.85",
        "52.65",
        "4.27",
        "5.15",
        "62.07",
    ]
    assert (row["currency"], row["original_currency"], row["exchange_rate"]) == ("EUR", "CHF", 1.0514)


def test_what_is_not_converted_is_its_own_original():
    row = sale(line("a", discount_rate="0.1"), rate("1.05"))
    assert (row["original_currency"], row["exchange_rate"], row["original_sales_amount"]) == ("EUR", 1, 9)


def test_half_a_cent_is_rounded_away_from_zero():
    assert told(sale(line("a", unit_price="1.50", **FRANCS), rate("1.05")), "sales_amount") == ["1.58"]
    negative = sale(line("a", unit_price=None, sales_amount="-1.50", **FRANCS), rate("1.05"))
    assert told(negative, "sales_amount") == ["-1.58"]


def test_a_line_is_in_its_own_currency_else_its_orders_else_its_sources():
    events = [
        event("order", "o", currency="USD"),
        line("a", **FRANCS),
        line("b"),
        line("c", order_id="p", source_currency="GBP"),
        *(rate("2", of=currency) for currency in ("CHF", "USD", "GBP")),
    ]
    assert {name: row["original_currency"] for name, row in sales(*events).items()} == {
        "a": "CHF",
        "b": "USD",
        "c": "GBP",
    }


def test_a_cancelled_line_is_converted_as_well():
    row = sale(line("a", status="cancelled", **FRANCS), rate("1.05"))
    assert told(row, "cancelled_amount", "original_sales_amount") == ["10.5", "0"]


def test_lines_are_fitted_to_their_order_before_they_are_converted():
    order = event("order", "o", subtotal_amount="10.01", **FRANCS)
    rows = sales(order, line("a", unit_price="5"), line("b", unit_price="5"), rate("1.05"))
    assert sum(row["original_sales_amount"] for row in rows.values()) == Decimal("10.01")
    assert sorted(told(row, "sales_amount")[0] for row in rows.values()) == ["5.25", "5.26"]


@pytest.mark.parametrize(
    "events",
    [
        [event("order", "o", subtotal_amount="5", currency="USD"), line("a", **FRANCS)],
        [event("order", "o", subtotal_amount="5"), line("a", **FRANCS), line("b", currency="EUR")],
    ],
)
def test_amounts_of_an_order_in_another_currency_than_its_lines_fit_none(events):
    assert {row["original_sales_amount"] for row in sales(*events, rate("1.05")).values()} == {10}


def test_all_lines_of_an_order_wait_for_the_rate_of_one():
    lake = taken(line("a", **FRANCS), line("b"), line("c", order_id="p"))
    assert [row["order_line_id"] for row in facts(lake, "fact_sales")] == ["c"]
    assert waits(lake) == ["order_line", "order_line"]
    lake.take([rate("1.05")], "b")
    assert [row["order_line_id"] for row in facts(lake, "fact_sales")] == ["a", "b", "c"]
    assert waits(lake) == []


def test_a_rate_that_is_corrected_moves_and_one_that_goes_lets_wait_again():
    lake = taken(line("a", **FRANCS), rate("1.05"))
    lake.take([rate("1.06", version=1)], "b")
    assert [row["sales_amount"] for row in facts(lake, "fact_sales")] == [Decimal("10.6")]
    lake.take([rate("1.06", version=2, deleted=True)], "c")
    assert (facts(lake, "fact_sales"), waits(lake)) == ([], ["order_line"])
    lake.take([rate("0.9", of="EUR", into="CHF")], "d")
    assert [row["exchange_rate"] for row in facts(lake, "fact_sales")] == [10 / 9]


def test_a_rate_touches_no_other_day():
    lake = taken(line("a", **FRANCS), rate("1.05"))
    before = dict(lake.state)
    lake.take([rate("1.06", DAY + timedelta(days=1))], "b")
    assert [name for name in lake.state if lake.state[name] is not before.get(name)] == [
        "current/exchange_rate"
    ]


def test_a_line_that_moves_to_another_day_takes_the_rate_of_that_day():
    lake = taken(line("a", **FRANCS), rate("1.05"), rate("2", LATER))
    lake.take([line("a", order_date=LATER, version=1, **FRANCS)], "b")
    assert [row["sales_amount"] for row in facts(lake, "fact_sales")] == [20]
    assert [name for name in lake.state if name.startswith("asked_rates/")] == ["asked_rates/2026-03"]
    assert lake.state["asked_rates/2026-03"]["date"].to_list() == [LATER]


def test_a_rate_that_makes_more_of_a_line_than_gold_holds_is_none():
    lake = taken(line("a", unit_price="2000000", **FRANCS), rate("1000000"))
    assert (facts(lake, "fact_sales"), waits(lake)) == ([], ["order_line"])


@pytest.mark.parametrize(
    ("product", "lined", "cost"),
    [
        ({}, {}, "4"),
        ({"currency": "EUR"}, {}, "4"),
        ({"currency": "CHF"}, {}, "4.2"),
        ({"currency": "CHF"}, {"currency": "EUR"}, "4.2"),
        ({"currency": "USD"}, {}, "8"),
        ({"currency": "USD"}, {"unit_cost": "5"}, "5.25"),
        ({"currency": "USD"}, {"cost_amount": "6"}, "6.3"),
        ({"currency": "USD"}, {"profit_amount": "3"}, "7.35"),
    ],
)
def test_a_cost_is_converted_from_the_currency_of_who_tells_it(product, lined, cost):
    known = event("product", "p", unit_cost="4", **product)
    row = sale(known, line("a", **FRANCS | lined), rate("1.05"), rate("2", of="USD"))
    assert told(row, "sales_cost_amount") == [cost]


def test_a_line_waits_for_the_rate_of_its_products_cost_until_the_product_tells_otherwise():
    product = {"unit_cost": "4", "currency": "USD"}
    lake = taken(event("product", "p", **product), line("a"))
    assert waits(lake) == ["order_line"]
    lake.take([event("product", "p", version=1, **product | {"currency": "EUR"})], "b")
    assert [row["sales_cost_amount"] for row in facts(lake, "fact_sales")] == [4]


def test_a_list_price_is_in_the_currency_of_its_product():
    listed = event("product", "p", list_price="21", currency="EUR")
    row = sale(listed, line("a", unit_price=None, **FRANCS), rate("1.05"))
    assert (row["price_origin"], row["original_gross_amount"], row["gross_amount"]) == ("list", 20, 21)


def test_a_return_is_worth_its_share_of_the_sale_at_the_rate_of_the_sale():
    events = [line("a", quantity="3", **FRANCS), rate("1.05"), rate("2", LATER)]
    [back] = returns(*events, come_back("r", order_line_id="a", quantity="1"))
    assert told(back, "refunded_amount", "original_refunded_amount") == ["10.5", "10"]
    assert back["original_currency"] == "CHF"


def test_what_is_given_back_whole_leaves_nothing():
    # 1.50 and 1.20 in euros are 1.58 and 1.26, so the sale came to 0.32, and 0.30 by itself to 0.32 too
    sold = line("a", unit_price="1.50", discount_amount="1.20", **FRANCS)
    for amount in ("0.30", None):
        back = come_back("r", order_line_id="a", return_amount=amount, **FRANCS)
        row = sale(sold, back, rate("1.05"))
        assert told(row, "sales_amount", "net_amount") == ["0.32", "0"]
    uneven = line("a", unit_price="1.45", discount_amount="0.10", **FRANCS)
    back = come_back("r", order_line_id="a", return_amount="1.35", **FRANCS)
    # 1.52 - 0.11, where 1.35 by itself is 1.42
    assert told(sale(uneven, back, rate("1.05")), "sales_amount", "net_amount") == ["1.41", "0"]


def test_an_amount_given_back_in_another_currency_has_its_rate_of_the_day_of_the_sale():
    sold = [line("a", **FRANCS), rate("1.05"), rate("2", of="USD"), rate("3", LATER, "USD")]
    [back] = returns(*sold, come_back("r", order_line_id="a", return_amount="4", currency="USD"))
    assert (back["refunded_amount"], back["original_refunded_amount"]) == (8, 4)
    [home] = returns(*sold, come_back("r", order_line_id="a", return_amount="4"))
    assert (home["refunded_amount"], home["original_currency"]) == (4, "EUR")


def test_a_return_waits_for_a_rate_of_its_own_and_its_sale_does_not():
    back = come_back("r", order_line_id="a", return_amount="4", currency="USD")
    lake = taken(line("a", **FRANCS), rate("1.05"), back)
    assert (len(facts(lake, "fact_sales")), facts(lake, "fact_returns"), waits(lake)) == (1, [], ["return"])
    lake.take([rate("2", of="USD")], "b")
    assert [row["refunded_amount"] for row in facts(lake, "fact_returns")] == [8]


def test_a_return_waits_with_its_sale():
    lake = taken(line("a", **FRANCS), come_back("r", order_line_id="a"), rate("1.05", LATER))
    assert (facts(lake, "fact_returns"), waits(lake)) == ([], ["order_line", "return"])
    lake.take([rate("1.05")], "b")
    assert [row["refunded_amount"] for row in facts(lake, "fact_returns")] == [Decimal("10.5")]


def test_a_return_whose_sale_is_not_known_has_the_rate_of_its_own_day():
    back = come_back("r", product_id="p", quantity="2", return_amount="20", **FRANCS)
    cost = event("product", "p", unit_cost="3", currency="USD")
    lake = taken(back, cost, rate("1.05"), rate("2", LATER), rate("3", LATER, "USD"))
    [row] = facts(lake, "fact_returns")
    assert told(row, "refunded_amount", "cost_amount") == ["40", "18"]
    lake.take([rate("2", LATER, version=1, deleted=True)], "b")
    # the rate of six days ago
    assert [row["refunded_amount"] for row in facts(lake, "fact_returns")] == [21]
    lake.take([rate("1.05", version=1, deleted=True)], "c")
    assert (facts(lake, "fact_returns"), waits(lake)) == ([], ["return"])


def test_a_return_by_list_price_takes_the_price_in_its_own_currency():
    listed = event("product", "p", list_price="21", currency="EUR")
    [row] = returns(listed, come_back("r", product_id="p", quantity="2", **FRANCS), rate("1.05", LATER))
    assert told(row, "original_refunded_amount", "refunded_amount") == ["40", "42"]


def test_facts_keep_their_contract():
    lake = taken(line("a", **FRANCS), line("b", order_id="p"), rate("1.05"))
    [months] = [frame for name, frame in lake.state.items() if name.startswith("fact_sales/")]
    assert FactSales.is_valid(months.select(FactSales.column_names()))
