"""Partial sums: what facts give to each measure, and how sums move by what touched orders give."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from saleslake_processor.contracts.columns import MONEY
from saleslake_processor.derive import advance
from saleslake_processor.derive.sums import AMOUNTS, COUNTS, MEASURES, SUMS, added_up, contributions, moved
from tests.property.memory_lake import Event
from tests.unit.processor.derived import DAY, LATER, come_back, event, line, taken

SCHEMA: dict[str, pl.DataType] = {
    "month": pl.Int64(),
    **dict.fromkeys(COUNTS, pl.Int64()),
    **dict.fromkeys(AMOUNTS, MONEY),
}


def sums(*cells: Mapping[str, Any]) -> pl.LazyFrame:
    """Sums by month; what a cell does not say is 0."""
    return pl.LazyFrame([dict.fromkeys(SCHEMA, 0) | dict(cell) for cell in cells], schema=SCHEMA)


def contribution(month: int, order: int | None, net: str) -> dict[str, Any]:
    counts = {"month": month, "order_key": order, "counted": 1, "lines": 1}
    return counts | dict.fromkeys(AMOUNTS, Decimal(0)) | {"net_amount": Decimal(net)}


def contributed(*rows: dict[str, Any]) -> pl.LazyFrame:
    schema = {"month": pl.Int64, "order_key": pl.Int64, "counted": pl.Int64, "lines": pl.Int64}
    return pl.LazyFrame(list(rows), schema={**schema, **dict.fromkeys(AMOUNTS, MONEY)})


def cells(frame: pl.LazyFrame) -> list[tuple[Any, ...]]:
    return frame.select("month", "rows", "orders", "net_amount").collect().rows()


def test_orders_are_counted_once_a_cell():
    rows = contributed(contribution(1, 7, "1"), contribution(1, 7, "2"), contribution(2, 7, "4"))
    assert sorted(cells(added_up(rows, ["month"]))) == [(1, 2, 1, 3), (2, 1, 1, 4)]


def test_rows_without_an_order_count_for_none():
    assert cells(added_up(contributed(contribution(1, None, "-5")), ["month"])) == [(1, 1, 0, -5)]


def test_sums_move_by_what_is_given_now_less_what_was_given_before():
    old = sums({"month": 1, "rows": 3, "orders": 2, "net_amount": Decimal(30)})
    before = contributed(contribution(1, 7, "10"), contribution(1, 7, "5"))
    after = contributed(contribution(1, 7, "11.25"), contribution(2, 7, "5"))
    assert cells(moved(old, before, after, ["month"])) == [
        (1, 2, 2, Decimal("26.25")),
        (2, 1, 1, Decimal(5)),
    ]


def test_a_cell_without_rows_is_gone():
    old = sums({"month": 1, "rows": 1, "orders": 1, "net_amount": Decimal(10)}, {"month": 2, "rows": 1})
    gone = moved(old, contributed(contribution(1, 7, "10")), contributed(), ["month"])
    assert cells(gone) == [(2, 1, 0, 0)]


def test_a_cell_whose_amounts_cancel_out_stays():
    rows = contributed(contribution(1, 7, "10"), contribution(1, 8, "-10"))
    assert cells(moved(sums(), contributed(), rows, ["month"])) == [(1, 2, 2, 0)]


def test_sums_come_in_the_order_of_their_grain():
    rows = contributed(*(contribution(month, month, "1") for month in (3, 1, 2)))
    assert [month for month, *_ in cells(moved(sums(), contributed(), rows, ["month"]))] == [1, 2, 3]


def given(*events: Event) -> list[dict[str, Any]]:
    """What the facts of the events add to each measure, by date."""
    state = {name: frame.lazy() for name, frame in taken(*events).state.items()}
    rows = contributions(advance.fact(state, "fact_sales"), advance.fact(state, "fact_returns"))
    return rows.sort("date", "lines").collect().to_dicts()


def of(row: dict[str, Any], *names: str) -> tuple[Any, ...]:
    return tuple(row[name] for name in names)


def test_a_line_gives_its_amounts_on_the_day_of_the_sale():
    [row] = given(line("a", quantity="2", unit_cost="3"))
    assert of(row, "date", "month", "counted", "lines", "units") == (DAY, DAY.replace(day=1), 1, 1, 2)
    assert of(row, "gross_amount", "net_amount", "cost_amount", "margin_amount", "uncosted_amount") == (
        20,
        20,
        6,
        14,
        0,
    )


def test_a_cancelled_line_gives_nothing_but_itself():
    [row] = given(line("a", status="cancelled", unit_cost="3", tax_amount="1", freight_amount="1"))
    assert of(row, "counted", "lines", "order_key") == (0, 0, None)
    assert {row[name] for name in AMOUNTS} == {0}


def test_a_return_lowers_the_net_of_its_sale_and_is_refunded_on_its_own_day():
    sale, back = given(line("a", unit_cost="3"), come_back("r", order_line_id="a"))
    names = ("date", "returned_units", "returned_amount", "net_amount", "refunded_amount", "cost_amount")
    assert of(sale, *names) == (DAY, 1, 10, 0, 0, 0)
    assert of(back, *names) == (LATER, 0, 0, 0, 10, 0)


def test_a_return_whose_sale_is_unknown_lowers_the_net_of_its_own_day():
    product = event("product", "p", list_price="12", unit_cost="5")
    [row] = given(product, come_back("r", product_id="p", quantity="2"))
    names = ("returned_units", "returned_amount", "net_amount", "refunded_amount")
    assert of(row, "date", "lines", *names) == (LATER, 0, 2, 24, -24, 24)
    assert of(row, "cost_amount", "margin_amount", "uncosted_amount") == (-10, -14, 0)


def test_an_unknown_cost_is_told_apart():
    product = event("product", "p", list_price="12")
    [row] = given(product, come_back("r", product_id="p", quantity="2"))
    assert of(row, "net_amount", "cost_amount", "margin_amount", "uncosted_amount") == (-24, 0, 0, -24)


@pytest.mark.parametrize("name", SUMS)
def test_every_grain_adds_up_every_measure(name):
    lake = taken(line("a", store_id="s"), line("b", customer_id="c"), come_back("r", order_line_id="b"))
    assert lake.state[f"sums/{name}"].columns == [*SUMS[name], *MEASURES]
    assert lake.state[f"sums/{name}"]["net_amount"].sum() == 10
