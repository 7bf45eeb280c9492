"""Stock counts as facts, and the plan with names."""

from datetime import date, timedelta
from decimal import Decimal

import polars as pl

from saleslake_processor import keys
from saleslake_processor.contracts.stock import Stock
from saleslake_processor.marts.stock import LEAD_TIME_DAYS
from tests.property.memory_lake import COMPANY, Event
from tests.unit.processor.derived import DAY, Row, event, line, taken
from tests.unit.processor.gold import built, given, ledger, table

FETCHED = ledger({"batch": "20260501T000000000000Z"})
"""Long after the day of the sales."""


def count(identifier: str = "n", **fields) -> Event:
    """Five of `p` at `s` on the day of the sales."""
    plain = {"stock_date": DAY, "product_id": "p", "store_id": "s", "quantity": "5"}
    return event("stock", identifier, **{**plain, **fields})


def the(*events: Event) -> Row:
    [row] = table("fact_stock", *events)
    return row


def test_a_count_is_a_row_with_nothing_missing():
    row = the(count())
    assert (row["company"], row["stock_id"], row["stock_date"], row["quantity"]) == (COMPANY, "n", DAY, 5)
    assert (row["on_order_quantity"], row["lead_time_days"]) == (0, LEAD_TIME_DAYS)


def test_without_a_store_it_is_of_the_unknown_one():
    assert the(count(store_id=None))["store_key"] == keys.UNKNOWN


def test_a_begun_day_of_lead_time_is_a_whole_one():
    assert the(count(lead_time_days=Decimal("2.25")))["lead_time_days"] == 3


def test_a_later_version_takes_its_place_and_another_day_does_not():
    rows = table(
        "fact_stock",
        count(),
        count() | {"quantity": Decimal(4), "version": 1},
        count("m", stock_date=date(2026, 3, 1)),
    )
    assert sorted(row["quantity"] for row in rows) == [4, 5]


def test_what_cannot_be_is_refused():
    plain = {
        "stock_id": "n",
        "stock_date": DAY,
        "product_id": "p",
        "store_id": None,
        "quantity": Decimal(-5),
        "on_order_quantity": Decimal(0),
        "lead_time_days": Decimal(0),
    }
    wrong = {
        "stock_date": date(1899, 12, 31),
        "product_id": None,
        "quantity": Decimal(-10_000_000),
        "on_order_quantity": Decimal(-1),
        "lead_time_days": Decimal(731),
    }
    schema = {name: column.dtype for name, column in Stock.columns().items()}
    rows = [plain, *({**plain, name: value} for name, value in wrong.items())]
    kept, _ = Stock.filter(pl.DataFrame(rows, schema=schema), cast=False)
    assert kept.height == 1


def test_the_plan_has_names_and_what_is_counted_alone_is_a_member():
    events = [
        event("store", "s", name="Corner"),
        event("product", "p", name="Tea"),
        line("a", store_id="s", quantity="2"),
        count(),
        count("m", product_id="only counted", store_id="only here"),
    ]
    tables = built(given(taken(*events), ledger=FETCHED))
    rows = {row["product"]: row for row in tables["reorder_plan"].to_dicts()}
    assert rows["Tea"]["store"] == "Corner"
    assert (rows["Tea"]["method"], rows["Tea"]["demand_units"]) == ("history", 16)
    assert (rows["only counted"]["store"], rows["only counted"]["reorder"]) == ("only here", False)


def test_without_sales_there_is_what_was_counted_and_nothing_to_order():
    [row] = table("reorder_plan", count())
    assert (row["position_units"], row["demand_units"], row["reorder"]) == (5, 0, False)
    assert row["as_of"] == DAY + timedelta(days=1)


def test_a_sale_of_a_day_to_come_does_not_move_the_plan():
    """Somebody mistyped the year."""
    lines = [line("a", store_id="s", quantity="2"), line("b", order_date=date(2062, 3, 1))]
    [row] = table("reorder_plan", *lines, count(), ledger=FETCHED)
    assert (row["as_of"], row["demand_units"]) == (DAY + timedelta(days=1), 16)


def test_without_stock_there_is_no_plan():
    assert table("reorder_plan", line("a")) == []
