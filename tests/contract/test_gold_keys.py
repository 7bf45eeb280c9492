"""Every key in facts and marts is a member of its dimension: known, inferred or the unknown one."""

from collections.abc import Mapping
from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings

from saleslake_processor.marts.graph import MARTS
from tests.property.memory_lake import built_at_once
from tests.property.test_incremental_equals_rebuild import histories
from tests.unit.processor.derived import come_back, event, line, taken
from tests.unit.processor.gold import built
from tests.unit.processor.gold import given as frames_of

DIMENSIONS = {
    f"{mart.name.removeprefix('dim_')}_key": mart.name for mart in MARTS if mart.name.startswith("dim_")
} | {"date": "dim_date", "order_date": "dim_date", "return_date": "dim_date", "month": "dim_date"}
DIMENSIONS |= dict.fromkeys(("attribution_date", "engage_date", "close_date", "stock_date"), "dim_date")

EVENTS = [
    event("product", "p", category_id="leaf"),
    event("category", "leaf", parent_id="top"),
    event("store", "s", place_id="nowhere"),
    event("customer", "c", place_id="x"),
    event("salesperson", "m", team_id="t"),
    line("a", customer_id="c", store_id="s", salesperson_id="m"),
    line("b", product_id="inferred", customer_id="inferred", store_id="inferred", place_id="inferred"),
    line("c", salesperson_id="inferred", status="cancelled", product_id="only cancelled"),
    come_back("r", product_id="only returned", store_id="only returned", customer_id="only returned"),
    event("product", "gone") | {"deleted": True},
    event("account", "k", place_id="only of an account"),
    event("opportunity", "u", status="lost", account_id="only there", close_date=date(2031, 5, 5)),
    event("opportunity", "v", status="signed", salesperson_id="only there", product_id="only offered"),
    event("booking", "w", account_id="only booked", month=date(2022, 2, 1), booked_amount="1"),
    line("d", product_id="gone"),
    event(
        "stock",
        "n",
        stock_date=date(2032, 1, 1),
        product_id="only counted",
        store_id="only counted",
        quantity="1",
    ),
]


def strays(tables: Mapping[str, pl.DataFrame]) -> list[tuple[str, str, object]]:
    """Keys that no member has, with table and column."""
    found = []
    for name, rows in tables.items():
        for key, dimension in DIMENSIONS.items():
            if key in rows.columns and name != dimension:
                member = "date" if dimension == "dim_date" else key
                alone = (
                    rows.select(member=pl.col(key))
                    .drop_nulls()
                    .join(tables[dimension].select(member=member), on="member", how="anti")
                )
                found += [(name, key, value) for value in alone["member"]]
    return found


def test_members_that_nothing_has_brought_are_there():
    tables = built(frames_of(taken(*EVENTS)))
    assert strays(tables) == []
    assert {row["product_id"] for row in tables["dim_product"].to_dicts()} == {
        "",
        "p",
        "inferred",
        "only cancelled",
        "only returned",
        "only offered",
        "only counted",
        "gone",
    }
    assert set(tables["dim_account"]["account_id"]) == {"", "k", "only there", "only booked"}
    assert {"only of an account"} <= set(tables["dim_place"]["place_id"])


@pytest.mark.parametrize("key", ["customer_key", "product_key", "store_key", "place_key", "salesperson_key"])
def test_facts_of_orders_have_the_key(key: str):
    of_orders = [mart for mart in MARTS if mart.name in ("fact_sales", "fact_returns")]
    assert all(key in mart.contract.column_names() for mart in of_orders)


def test_a_stray_key_is_seen():
    tables = dict(built(frames_of(taken(*EVENTS))))
    tables["dim_store"] = tables["dim_store"].filter(pl.col("store_key") != 0)
    assert ("fact_sales", "store_key", 0) in strays(tables)


@settings(max_examples=8, deadline=None)
@given(histories())
def test_no_history_leaves_a_stray_key(history):
    batches, _ = history
    assert strays(built(frames_of(built_at_once(batches)))) == []
