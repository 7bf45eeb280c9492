"""Amounts of one line by what the line, its product and its source say; then against plain Python."""

from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from saleslake_processor.contracts.columns import MONEY, PRICE
from saleslake_processor.derive.amounts import priced
from saleslake_processor.money import TICKS
from tests.property import plain_amounts

TYPES: dict[str, pl.DataType] = {
    "quantity": MONEY,
    **dict.fromkeys(
        (
            "unit_price",
            "list_price",
            "discount_rate",
            "discount_amount",
            "sales_amount",
            "unit_cost",
            "product_unit_cost",
            "cost_amount",
            "profit_amount",
            "tax_amount",
            "freight_amount",
            "tax_rate",
        ),
        PRICE,
    ),
    "prices_include_tax": pl.Boolean(),
    "money_places": pl.Int64(),
}
PLAIN: dict[str, Any] = {
    "quantity": "1",
    "tax_rate": "0",
    "prices_include_tax": False,
    "money_places": 2,
}
MEASURES = ["gross", "discount", "sales", "tax", "freight", "cost"]
TAXED = {"tax_rate": "0.2", "prices_include_tax": True}


def amounts(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What the lines come to, as amounts."""
    rows = [dict.fromkeys(TYPES) | PLAIN | line for line in lines]
    read = [
        {name: Decimal(value) if isinstance(value, str) else value for name, value in row.items()}
        for row in rows
    ]
    frame = (
        priced(pl.LazyFrame(read, schema=TYPES))
        .with_columns(cost=pl.coalesce("cost", "product_cost"))
        .collect()
    )
    return [
        {name: None if row[name] is None else Decimal(row[name]) / TICKS for name in MEASURES}
        | {"price_origin": row["price_origin"]}
        for row in frame.to_dicts()
    ]


CASES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "price times quantity": (
        {"quantity": "3", "unit_price": "19.99"},
        {"gross": "59.97", "discount": "0", "sales": "59.97", "tax": "0", "price_origin": "line"},
    ),
    "parts of a unit": (
        {"quantity": "1.2345", "unit_price": "3.333333"},
        {"gross": "4.11", "sales": "4.11"},
    ),
    "a price finer than money": ({"quantity": "1000", "unit_price": "0.000125"}, {"gross": "0.13"}),
    "discount as a rate": (
        {"quantity": "3", "unit_price": "10", "discount_rate": "0.125"},
        {"gross": "30", "discount": "3.75", "sales": "26.25"},
    ),
    "a half cent let off is a whole one": (
        {"unit_price": "0.10", "discount_rate": "0.05"},
        {"discount": "0.01", "sales": "0.09"},
    ),
    "discount as an amount, once a line": (
        {"quantity": "3", "unit_price": "10", "discount_amount": "4.5"},
        {"gross": "30", "discount": "4.5", "sales": "25.5"},
    ),
    "discount implied by the sales amount": (
        {"quantity": "2", "unit_price": "10", "sales_amount": "17"},
        {"gross": "20", "discount": "3", "sales": "17", "price_origin": "line"},
    ),
    "price implied by the sales amount": (
        {"quantity": "2", "sales_amount": "17"},
        {"gross": "17", "discount": "0", "sales": "17", "price_origin": "implied"},
    ),
    "price implied by sales amount and rate": (
        {"quantity": "2", "sales_amount": "15", "discount_rate": "0.25"},
        {"gross": "20", "discount": "5", "sales": "15", "price_origin": "implied"},
    ),
    "price implied by sales amount and amount let off": (
        {"quantity": "2", "sales_amount": "15", "discount_amount": "5"},
        {"gross": "20", "discount": "5", "sales": "15", "price_origin": "implied"},
    ),
    "a sales amount beats the list price": (
        {"sales_amount": "8", "list_price": "10"},
        {"gross": "8", "sales": "8", "price_origin": "implied"},
    ),
    "the list price where the line has none": (
        {"quantity": "2", "list_price": "12.5"},
        {"gross": "25", "sales": "25", "price_origin": "list"},
    ),
    "the line's own price beats the list price": (
        {"unit_price": "9", "list_price": "12.5"},
        {"gross": "9", "price_origin": "line"},
    ),
    "a missing price": (
        {"quantity": "2", "discount_rate": "0.5"},
        {"gross": "0", "discount": "0", "sales": "0", "tax": "0", "price_origin": "missing"},
    ),
    "nothing is let off a missing price": (
        {"discount_amount": "5", **TAXED},
        {"gross": "0", "discount": "0", "sales": "0", "tax": "0", "price_origin": "missing"},
    ),
    "all is let off": (
        {"quantity": "2", "unit_price": "10", "discount_rate": "1"},
        {"gross": "20", "discount": "20", "sales": "0"},
    ),
    "all is let off, and the sales amount says so": (
        {"quantity": "2", "sales_amount": "0", "discount_rate": "1", "list_price": "10"},
        {"gross": "20", "discount": "20", "sales": "0", "price_origin": "implied"},
    ),
    "all is let off a price that nobody knows": (
        {"sales_amount": "0", "discount_rate": "1"},
        {"gross": "0", "discount": "0", "sales": "0"},
    ),
    "a free line": ({"unit_price": "0"}, {"gross": "0", "sales": "0", "tax": "0", "price_origin": "line"}),
    "tax on top": (
        {"quantity": "3", "unit_price": "9.99", "tax_rate": "0.2"},
        {"gross": "29.97", "sales": "29.97", "tax": "5.99"},
    ),
    "tax in the price": (
        {"quantity": "3", "unit_price": "9.99", **TAXED},
        {"gross": "24.98", "sales": "24.98", "tax": "4.99"},
    ),
    "tax in price and amount let off": (
        {"unit_price": "12", "discount_amount": "6", **TAXED},
        {"gross": "10", "discount": "5", "sales": "5", "tax": "1"},
    ),
    "tax in price, discount as a rate": (
        {"unit_price": "12", "discount_rate": "0.1", **TAXED},
        {"gross": "10", "discount": "1", "sales": "9", "tax": "1.8"},
    ),
    "tax in the sales amount": (
        {"unit_price": "12", "sales_amount": "11.99", **TAXED},
        {"gross": "10", "discount": "0.01", "sales": "9.99", "tax": "2"},
    ),
    "tax in the list price": ({"list_price": "12", **TAXED}, {"gross": "10", "tax": "2"}),
    "the line's own tax": (
        {"unit_price": "12", "tax_amount": "1.95", **TAXED},
        {"sales": "10", "tax": "1.95"},
    ),
    "freight of the line": ({"unit_price": "1", "freight_amount": "4.995"}, {"freight": "5", "sales": "1"}),
    "no freight": ({"unit_price": "1"}, {"freight": "0"}),
    "no cost": ({"unit_price": "10"}, {"cost": None}),
    "cost by the unit": ({"quantity": "3", "unit_price": "9", "unit_cost": "3.335"}, {"cost": "10.01"}),
    "cost by the product's unit": (
        {"quantity": "3", "unit_price": "9", "product_unit_cost": "2.5"},
        {"cost": "7.5"},
    ),
    "the line's unit cost beats the product's": (
        {"unit_price": "9", "unit_cost": "3", "product_unit_cost": "2.5"},
        {"cost": "3"},
    ),
    "the line's cost beats all": (
        {"unit_price": "9", "cost_amount": "4", "profit_amount": "1", "unit_cost": "3"},
        {"cost": "4"},
    ),
    "profit leaves a cost": ({"unit_price": "9", "profit_amount": "2.5"}, {"cost": "6.5"}),
    "a loss leaves a cost above the sales": ({"unit_price": "9", "profit_amount": "-1"}, {"cost": "10"}),
    "profit beats unit costs": (
        {"unit_price": "9", "profit_amount": "2.5", "unit_cost": "1", "product_unit_cost": "1"},
        {"cost": "6.5"},
    ),
    "money without decimal places": (
        {"unit_price": "1500", "discount_rate": "0.001", "money_places": 0},
        {"gross": "1500", "discount": "2", "sales": "1498"},
    ),
    "money with four decimal places": (
        {"unit_price": "0.33335", "money_places": 4},
        {"gross": "0.3334", "sales": "0.3334"},
    ),
}


@pytest.mark.parametrize(("line", "expected"), CASES.values(), ids=CASES)
def test_amounts_of_a_line(line: dict[str, Any], expected: dict[str, Any]):
    [got] = amounts([line])
    wanted = {
        name: value if name == "price_origin" or value is None else Decimal(value)
        for name, value in expected.items()
    }
    assert {name: got[name] for name in wanted} == wanted


def price(high: int = 10**9) -> st.SearchStrategy[Decimal | None]:
    return st.none() | st.integers(0, high).map(lambda millionths: Decimal(millionths) / 10**6)


lines = st.fixed_dictionaries(
    {
        "quantity": st.integers(1, 10**7).map(lambda parts: Decimal(parts) / TICKS),
        "unit_price": price(),
        "list_price": price(),
        "discount": st.tuples(st.sampled_from(["discount_rate", "discount_amount"]), price(10**6)),
        "sales_amount": price(),
        "unit_cost": price(),
        "product_unit_cost": price(),
        "cost_amount": price(),
        "profit_amount": price(),
        "tax_amount": price(),
        "freight_amount": price(),
        "tax_rate": price(10**6).map(lambda rate: rate or Decimal(0)),
        "prices_include_tax": st.booleans(),
        "money_places": st.integers(0, 4),
    }
).map(lambda line: {**line, line["discount"][0]: line["discount"][1]})


@settings(max_examples=30)
@given(st.lists(lines, min_size=1, max_size=30))
def test_amounts_are_those_of_plain_python(given_lines):
    rows = [{name: value for name, value in line.items() if name != "discount"} for line in given_lines]
    for line, got in zip(rows, amounts(rows), strict=True):
        product = {"list_price": line["list_price"], "unit_cost": line["product_unit_cost"]}
        wanted = plain_amounts.priced(line, product)
        wanted["discount"] = wanted["gross"] - wanted["sales"]
        assert {name: got[name] for name in MEASURES} == {
            name: None if wanted[name] is None else Decimal(wanted[name]) / TICKS for name in MEASURES
        }
