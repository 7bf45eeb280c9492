"""Which orders are derived anew: those whose own rows changed, and those that take from what changed."""

import polars as pl
import pytest

from saleslake_processor import keys
from saleslake_processor.derive import advance, touched
from saleslake_processor.derive.difference import gained
from tests.property.memory_lake import COMPANY, Event, MemoryLake
from tests.unit.processor.derived import come_back, event, facts, line

LINES = [line("a"), line("b", order_id="p", product_id="q"), come_back("r", order_line_id="a")]


def key(entity: str, identifier: str) -> int:
    value: int = pl.select(keys.key(COMPANY, entity, pl.lit(identifier))).item()
    return value


ORDERS = {key("order", name): name for name in ("o", "p", "n")} | {key("return", "r"): "r"}


def at(events: list[Event], version: int) -> list[Event]:
    return [event | {"version": version} for event in events]


def by_rows(known: list[Event], *changes: Event) -> list[str]:
    """Orders, and returns without one, that the changes touch."""
    lake = MemoryLake()
    lake.take(known, "a")
    state = {name: frame.lazy() for name, frame in lake.state.items()}
    placed = pl.concat(
        advance.fact(state, fact).select(pl.lit(entity).alias("entity"), "touch_key", key=f"{entity}_key")
        for fact, entity in (("fact_sales", "order_line"), ("fact_returns", "return"))
    )
    added = {name: frame.lazy() for name, frame in lake.append(at(list(changes), 1), "b").items()}
    log = {name: frame.lazy() for name, frame in lake.log.items()}
    return sorted(ORDERS[found] for found in touched.by_rows(gained(added), log, placed)["touch_key"])


def test_a_line_touches_its_order():
    assert by_rows(LINES, line("c", order_id="n")) == ["n"]


def test_a_line_that_says_what_it_said_touches_nothing():
    assert by_rows(LINES, line("a")) == []


def test_a_line_that_moves_touches_the_order_that_it_leaves():
    assert by_rows(LINES, line("b", order_id="n")) == ["n", "p"]


def test_a_return_moves_with_its_line():
    assert by_rows(LINES, line("a", order_id="n")) == ["n", "o", "r"]


def test_a_header_touches_its_order():
    assert by_rows(LINES, event("order", "p", customer_id="c")) == ["p"]


def test_a_return_touches_the_order_of_its_line():
    assert by_rows(LINES[:2], come_back("r", order_line_id="b")) == ["p", "r"]


def test_a_return_that_names_another_line_touches_both_orders():
    assert by_rows(LINES, come_back("r", order_line_id="b")) == ["o", "p", "r"]


def test_dimensions_touch_nothing_by_their_rows():
    assert by_rows(LINES, event("product", "p", list_price="3")) == []


def test_deleted_lines_touch_their_order():
    assert by_rows(LINES, line("b", order_id="p", deleted=True)) == ["p"]


def after_one_is_lost(last: Event, older: Event, *others: Event) -> MemoryLake:
    """A lake in which the batch that brought the last version of a row is read again, and gives nothing."""
    lake = MemoryLake()
    lake.take(at([last], 1), "a")
    lake.take([older, *others], "b")
    lake.stage_again([], "a")
    return lake


def test_an_older_line_that_counts_again_is_in_its_own_order():
    [sold] = facts(after_one_is_lost(line("a"), line("a", order_id="n")), "fact_sales")
    assert (sold["order_id"], sold["sales_amount"]) == ("n", 10)


def test_an_older_return_that_counts_again_is_of_its_own_line():
    sold = [line("a"), line("b", order_id="p")]
    lake = after_one_is_lost(come_back("r", order_line_id="a"), come_back("r", order_line_id="b"), *sold)
    [back] = facts(lake, "fact_returns")
    assert (back["order_id"], back["refunded_amount"]) == ("p", 10)


def by_terms(known: list[Event], *changes: Event) -> list[str]:
    """Orders and returns that take something from what the changes say of dimensions."""
    lake = MemoryLake()
    lake.take(known, "a")
    before = {name: frame.lazy() for name, frame in lake.state.items()}
    sold_and_back = [advance.fact(before, name) for name in ("fact_sales", "fact_returns")]
    lake.take(at(list(changes), 1), "b")
    after = {name: frame.lazy() for name, frame in lake.state.items()}
    was, now = (
        {name: advance.members(state, name) for name in touched.DIMENSIONS} for state in (before, after)
    )
    return sorted(ORDERS[found] for found in touched.by_terms(was, now, sold_and_back)["touch_key"])


SHOP = [
    event("product", "p", name="P", list_price="5", category_id="leaf"),
    event("product", "q", name="Q"),
    event("store", "s", place_id="x"),
    event("customer", "c", place_id="y"),
    event("place", "x", region="north"),
    event("category", "leaf", parent_id="top"),
    line("a", store_id="s"),
    line("b", order_id="p", product_id="q", customer_id="c"),
]


@pytest.mark.parametrize(
    ("change", "orders"),
    [
        (event("product", "p", name="P", list_price="6", category_id="leaf"), ["o"]),
        (event("product", "p", name="renamed", list_price="5", category_id="leaf"), []),
        (event("product", "q", name="Q", unit_cost="1"), ["p"]),
        (event("category", "leaf", parent_id="other"), ["o"]),
        (event("category", "leaf", parent_id="top", name="renamed"), []),
        (event("category", "top", parent_id="higher"), ["o"]),
        (event("store", "s", place_id="y"), ["o"]),
        (event("store", "s", place_id="x", name="renamed"), []),
        (event("customer", "c", place_id="x"), ["p"]),
        (event("place", "x", region="south"), ["o"]),
        (event("place", "x", region="north", city="renamed"), []),
        (event("place", "y", region="north"), ["p"]),
        (event("product", "p", deleted=True), ["o"]),
        (event("product", "new", list_price="1"), []),
    ],
)
def test_orders_that_take_something_from_what_changed(change, orders):
    assert by_terms(SHOP, change) == orders


def test_a_return_without_a_sale_takes_its_value_from_the_product():
    known = [event("product", "p", list_price="5"), come_back("r", product_id="p", quantity="1")]
    assert by_terms(known, event("product", "p", list_price="6")) == ["r"]


def test_nothing_known_is_touched_by_nothing():
    assert by_terms([], event("product", "p", list_price="1")) == []
