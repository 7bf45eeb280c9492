"""Gold contracts: every column has a meaning, names say types, and the same name is the same thing."""

from collections import defaultdict

import polars as pl
import pytest

from saleslake_processor.marts.graph import MARTS
from saleslake_processor.marts.mart import Mart
from tests.unit.processor.derived import line, taken
from tests.unit.processor.gold import built, given

MONEY = pl.Decimal(18, 4)
TYPES = {"_rate": pl.Float64(), "_amount": MONEY, "_key": pl.Int64(), "_id": pl.String(), "_days": pl.Int64()}
COLUMNS = [(mart.name, name, column) for mart in MARTS for name, column in mart.contract.columns().items()]


@pytest.mark.parametrize("mart", MARTS, ids=[mart.name for mart in MARTS])
def test_a_table_says_what_a_row_is_and_what_tells_rows_apart(mart: Mart):
    assert (mart.contract.__doc__ or "").startswith("One row per")
    assert mart.contract.primary_key()


@pytest.mark.parametrize("mart", MARTS, ids=[mart.name for mart in MARTS])
def test_every_column_has_a_meaning(mart: Mart):
    columns = mart.contract.columns()
    assert [name for name, column in columns.items() if not (column.description or "").strip()] == []


@pytest.mark.parametrize("suffix", TYPES)
def test_the_end_of_a_name_says_the_type(suffix: str):
    ending = [(table, name, column) for table, name, column in COLUMNS if name.endswith(suffix)]
    assert ending
    assert [(table, name) for table, name, column in ending if column.dtype != TYPES[suffix]] == []


def test_only_ratios_are_floating():
    floating = {name for _, name, column in COLUMNS if column.dtype == pl.Float64()}
    assert [
        name
        for name in floating
        if not (name.endswith(("_rate", "_index")) or name.startswith("probability_"))
    ] == []


def test_columns_have_few_types():
    few = {pl.String(), pl.Int64(), MONEY, pl.Date(), pl.Boolean(), pl.Float64()}
    assert {column.dtype for _, _, column in COLUMNS} <= few


def test_keys_are_never_missing():
    assert [name for _, name, column in COLUMNS if name.endswith("_key") and column.nullable] == []


def test_the_same_name_has_the_same_type_everywhere():
    types = defaultdict(set)
    for _, name, column in COLUMNS:
        types[name].add(str(column.dtype))
    assert {name: found for name, found in types.items() if len(found) > 1} == {}


def test_every_table_tells_whose_rows_they_are():
    without = [mart.name for mart in MARTS if "company" not in mart.contract.column_names()]
    assert without == ["dim_date"]


@pytest.mark.parametrize("mart", MARTS, ids=[mart.name for mart in MARTS])
def test_a_table_is_published_with_the_columns_of_its_contract(mart: Mart):
    assert sorted(mart.columns) == sorted(mart.contract.column_names())


def test_rates_of_plain_sales_are_within_0_and_1():
    tables = built(
        given(taken(line("a"), line("b", product_id="q", unit_price="3"), line("c", store_id="s")))
    )
    rates = [
        column
        for table in tables.values()
        for column in table.iter_columns()
        # How many francs a euro is worth is no share of anything.
        if column.name.endswith("_rate") and column.name != "exchange_rate"
    ]
    assert len(rates) >= 3
    assert all(column.drop_nulls().is_between(0, 1).all() for column in rates)
