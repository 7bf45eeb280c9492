"""Every mart as DuckDB makes it of facts and dimensions, value by value, for all companies in one lake."""

from collections.abc import Iterator

import duckdb
import pytest

from saleslake_processor.marts.graph import MARTS
from tests.e2e.oracle.asked import QUERIES, held, opened
from tests.e2e.shell import ABOUT_RUNS, Shell

PROVED_ELSEWHERE = {
    *("dim_", "fact_", "commentary", "sales_forecast", "forecast_"),
    *("customer_accuracy", "customer_clusters"),
}
"""Dimensions and facts are held to known totals, and to plain Python, from the sources' own rows; sentences
to the cells that they say (`test_commentary`); what is learnt to its own rules (`test_learning`)."""


@pytest.fixture(scope="module")
def corner(run_once: Shell) -> Iterator[duckdb.DuckDBPyConnection]:
    with opened(run_once) as connection:
        yield connection


@pytest.fixture(scope="module")
def all_companies(companies: Shell) -> Iterator[duckdb.DuckDBPyConnection]:
    with opened(companies) as connection:
        yield connection


def test_every_mart_has_a_query():
    marts = {mart.name for mart in MARTS if not mart.name.startswith(tuple(PROVED_ELSEWHERE))}
    assert set(QUERIES) == (marts | {"fact_targets"}) - ABOUT_RUNS


@pytest.mark.parametrize("table", QUERIES)
def test_of_the_corner_shop(run_once: Shell, corner: duckdb.DuckDBPyConnection, table: str):
    held(run_once, corner, table)


@pytest.mark.slow
@pytest.mark.parametrize("table", QUERIES)
def test_of_all_companies(companies: Shell, all_companies: duckdb.DuckDBPyConnection, table: str):
    # The shop counts its stock only later.
    assert held(companies, all_companies, table) > 0 or table == "reorder_plan"
