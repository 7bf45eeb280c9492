"""Marts of sales and of operation: ranks, shares, classes, customers, and what waits."""

from datetime import date
from decimal import Decimal

import pytest

from tests.property.memory_lake import COMPANY
from tests.unit.processor.derived import DAY, LATER, Row, come_back, event, line, taken
from tests.unit.processor.gold import built, given, ledger, table

MONTH = DAY.replace(day=1)


def products(**prices: str) -> list[Row]:
    """A line of each product at its price, as `sales_by_product`, by rank."""
    lines = [
        line(f"l{name}", order_id=name, product_id=name, unit_price=price) for name, price in prices.items()
    ]
    return sorted(table("sales_by_product", *lines), key=lambda row: row["rank"])


def test_products_are_ranked_by_net_and_equal_ones_by_id():
    ranked = products(b="5", c="9", a="5")
    assert [(row["product"], row["rank"]) for row in ranked] == [("c", 1), ("a", 2), ("b", 3)]


def test_months_are_ranked_apart():
    lines = [line("a"), line("b", product_id="q", order_date=date(2026, 4, 1))]
    assert [row["rank"] for row in table("sales_by_product", *lines)] == [1, 1]


def test_classes_go_by_what_is_ahead_of_a_product():
    ranked = products(a="60", b="20", c="14", d="1", e="5")
    # Ahead of them: 0, 60, 80, 94 and 99 %.
    assert [(row["product"], row["abc_class"]) for row in ranked] == [
        ("a", "A"),
        ("b", "A"),
        ("c", "B"),
        ("e", "B"),
        ("d", "C"),
    ]


def test_one_product_alone_is_of_the_first_class():
    assert [row["abc_class"] for row in products(a="1")] == ["A"]


def test_in_a_month_that_lost_money_no_product_is_of_the_first_class():
    lost = [come_back(f"r{number}", product_id=f"p{number}", return_amount="1") for number in range(10)]
    assert {row["abc_class"] for row in table("sales_by_product", *lost)} == {"C"}


def test_shares_add_up_to_one():
    ranked = products(a="60", b="30", c="10")
    assert [row["share_rate"] for row in ranked] == [0.6, 0.3, 0.1]


def test_a_month_without_net_has_no_shares():
    rows = table("sales_by_product", line("a"), come_back("r", order_line_id="a"))
    assert [row["share_rate"] for row in rows] == [None]


def test_a_return_outweighs_what_it_is_a_share_of():
    events = [line("a"), come_back("r", product_id="q", return_amount="5", return_date=DAY)]
    shares = {row["product"]: row["share_rate"] for row in table("sales_by_product", *events)}
    assert shares == {"p": 2.0, "q": -1.0}


@pytest.mark.parametrize("events", [[], [come_back("r", order_line_id="a")]], ids=["kept", "returned"])
def test_only_cancelled_lines_make_no_row(events):
    for name in ("sales_daily", "sales_by_product", "sales_by_store", "sales_by_region"):
        assert table(name, line("a", status="cancelled"), *events) == [], name


def test_a_day_is_told_by_store_and_category():
    events = [
        event("product", "p", category_id="k"),
        event("category", "k", name="Tea"),
        line("a", store_id="s"),
        line("b", store_id="s"),
        line("c", product_id="q"),
    ]
    rows = table("sales_daily", *events)
    got = {(row["category"], row["store_key"] != 0): (row["lines"], row["orders"]) for row in rows}
    assert got == {("Tea", True): (2, 1), ("unknown", False): (1, 1)}


def test_stores_go_by_name_and_share():
    events = [event("store", "s", name="Lyon"), line("a", store_id="s", unit_price="30"), line("b")]
    got = {row["store"]: row["share_rate"] for row in table("sales_by_store", *events)}
    assert got == {"Lyon": 0.75, "unknown": 0.25}


REGIONS = [event("place", "x", region="north", country="FR"), event("place", "y", region="south")]


def regions(*events) -> dict[str, Row]:
    return {row["region"]: row for row in table("sales_by_region", *REGIONS, *events)}


def test_customers_are_counted_once_a_region_and_month():
    got = regions(
        line("a", place_id="x", customer_id="c"),
        line("b", place_id="x", customer_id="c", order_id="o2"),
        line("c", place_id="x", customer_id="d", order_id="o3"),
        line("d", place_id="y", customer_id="c", order_id="o4"),
    )
    assert {name: row["customers"] for name, row in got.items()} == {"north": 2, "south": 1}
    assert got["north"]["country"] == "FR"


def test_unknown_and_cancelled_buyers_are_no_customers():
    got = regions(
        line("a", place_id="x"),
        line("b", place_id="x", customer_id="c", status="cancelled", order_id="o2"),
    )
    assert got["north"]["customers"] == 0


def test_who_only_returned_is_no_customer():
    back = come_back("r", product_id="p", customer_id="c", place_id="x", return_amount="1")
    assert regions(line("a", place_id="x", customer_id="d"), back)["north"]["customers"] == 1


def test_a_sale_without_a_place_is_in_the_unknown_region():
    [row] = table("sales_by_region", line("a"))
    assert (row["region"], row["country"], row["region_key"], row["lines"]) == ("unknown", None, 0, 1)


def test_rows_that_wait_are_taken_out_of_what_they_were_counted_as():
    lake = taken(line("a", order_date=None), line("b"), line("c", order_date=None))
    frames = given(lake, ledger=ledger({"seen": 4, "new": 3, "quarantined": 1}))
    [row] = built(frames)["batch_ledger"].to_dicts()
    assert (row["seen"], row["new"], row["waiting"], row["quarantined"]) == (4, 1, 2, 1)


def test_what_waits_no_longer_counts_as_it_came():
    lake = taken(line("a", order_date=None))
    lake.take([event("order", "o", order_date=DAY)], "b")
    [row] = built(given(lake, ledger=ledger({"seen": 1, "new": 1})))["batch_ledger"].to_dicts()
    assert (row["new"], row["waiting"]) == (1, 0)


def test_rows_wait_where_they_came_from():
    lake = taken(line("a", order_date=None))
    one = {"seen": 1, "new": 1}
    rows = ledger(one, one | {"batch": "b"}, one | {"raw_table": "other"}, one | {"source": "x"})
    got = built(given(lake, ledger=rows))["batch_ledger"].to_dicts()
    assert [(row["source"], row["batch"], row["raw_table"]) for row in got if row["waiting"]] == [
        ("test", "a", "order_line")
    ]


def test_as_of_is_the_day_after_the_last_business_date():
    lake = taken(line("a"), come_back("r", order_line_id="a"), line("b", order_date=None))
    [row] = built(given(lake, ledger=ledger({"seen": 1, "new": 1}, {"batch": "b"})))[
        "refresh_info"
    ].to_dicts()
    assert (row["company"], row["first_date"], row["last_date"]) == (COMPANY, DAY, LATER)
    assert (row["as_of"], row["last_batch"]) == (LATER.replace(day=21), "b")
    assert (row["lines"], row["orders"], row["sales_amount"], row["net_amount"]) == (1, 1, 10, 0)


@pytest.mark.parametrize(
    "name", ["sales_daily", "sales_by_product", "sales_by_store", "sales_by_region", "sales_by_salesperson"]
)
def test_every_mart_adds_up_to_the_same(name):
    events = [
        *REGIONS,
        line("a", place_id="x", store_id="s"),
        line("b", product_id="q", place_id="y", discount_rate="0.1"),
        come_back("r", product_id="q", return_amount="2"),
    ]
    rows = table(name, *events)
    assert sum(row["net_amount"] for row in rows) == 17
    assert sum(row["sales_amount"] for row in rows) == Decimal(19)
