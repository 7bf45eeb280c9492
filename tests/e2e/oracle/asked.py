"""What DuckDB makes of the facts and dimensions of a lake, and how it is held to a gold table."""

from pathlib import Path

import duckdb
import polars as pl
from polars.testing import assert_frame_equal
from scipy import stats

from saleslake_processor.contracts.marts import Measures
from saleslake_processor.marts.graph import MARTS
from saleslake_processor.marts.mart import Mart
from tests.e2e.shell import Shell

FOLDER = Path(__file__).parent
QUERIES = {file.stem: file for file in sorted(FOLDER.glob("*.sql")) if file.stem != "views"}
"""The query that makes a gold table anew, by its name."""

HASHED = {"region_key"}
"""Keys that SQL cannot make, of what stands in the row as well."""

LEARNT = {"cluster", "cluster_name"}
"""What is not made of facts at each publication, but learnt; it has tests of its own."""

_COUNTED = {"orders": "count(distinct order_key)"}
_MEASURES = ", ".join(f"{_COUNTED.get(name, f'sum({name})')} as {name}" for name in Measures.column_names())


def opened(shell: Shell) -> duckdb.DuckDBPyConnection:
    """Gold of a lake: a table for each, the views, and `setting` with its one row."""
    connection = duckdb.connect()
    connection.create_function("gamma_quantile", _gamma_quantile)
    manifest = shell.manifest()
    for name, table in manifest["tables"].items():
        files = [str(shell.lake / "gold" / file["path"]) for file in table["files"]]
        stored = "raw_" if name in QUERIES else ""
        connection.execute(f"create view {stored}{name} as select * from read_parquet({files})")
    connection.execute(f"create table setting as select {manifest['fiscal_year_start']} as fiscal_year_start")
    connection.execute(f"create table target_lines as {_target_lines(shell.lake.parent / 'reference')}")
    connection.execute((FOLDER / "views.sql").read_text())
    for name in sorted(QUERIES, key=[mart.name for mart in MARTS].index):
        # So that one query may stand on an earlier one, and none on what it is to prove.
        connection.execute(f"create view {name} as {text(name)}")
    return connection


def _gamma_quantile(share: float, shape: float) -> float:
    """DuckDB has none."""
    return float(stats.gamma.ppf(share, shape))


def _target_lines(reference: Path) -> str:
    """The lines of targets.csv, of companies that the lake knows, as text."""
    names = ("company", "month", "kpi", "value", "salesperson_id", "team_id", "store_id", "category_id")
    nothing = f"select {', '.join(f'null::text as {name}' for name in (*names, 'author', 'date', 'reason'))}"
    file = reference / "targets.csv"
    if not file.is_file():
        return f"{nothing} where false"
    lines = f"select * from read_csv('{file}', all_varchar=true)"
    return (
        f"{nothing} where false union all by name {lines} where company in (select company from refresh_info)"
    )


def text(name: str) -> str:
    """The query of a table."""
    return QUERIES[name].read_text().replace("{measures}", _MEASURES)


def mart(name: str) -> Mart:
    [found] = [mart for mart in MARTS if mart.name == name]
    return found


def held(shell: Shell, connection: duckdb.DuckDBPyConnection, name: str) -> int:
    """Hold a gold table to its query, value by value; how many rows it has."""
    gold = shell.gold(name)
    asked = pl.DataFrame(connection.sql(f"select * from {name}").arrow())
    assert set(gold.columns) - set(asked.columns) <= HASHED | LEARNT, name
    columns = [column for column in gold.columns if column in asked.columns]
    keys = [key for key in mart(name).contract.primary_key() if key in columns]
    keys += ["region", "country"] if "region_key" in gold.columns else []
    there = gold.select(columns).sort(keys, nulls_last=True)
    told = asked.select(pl.col(column).cast(gold.schema[column]) for column in columns)
    assert_frame_equal(
        there, told.sort(keys, nulls_last=True), check_exact=False, rel_tol=1e-9, abs_tol=1e-12
    )
    return gold.height
