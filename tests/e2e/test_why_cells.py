"""Random cells of each data set: what `why` makes of raw anew, and what another reader makes of it.

The other reader (`plain_raw`, `plain_facts`, `plain_cells`) is plain Python and DuckDB over raw Parquet. It
works out all measures, units, counts, shares, ranks, days, keys, ids and names; not what is about runs and
publications, refusals by rule, opportunities in other currencies, the unknown member, `price_origin`.

`SALESLAKE_WHY_CELLS` says how many.
"""

import os
import random
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from demo_shop import exports
from demo_shop.run import serving
from saleslake.lake import Lake
from saleslake.profiles import load
from saleslake.settings import Settings
from saleslake_processor import gold_files
from saleslake_processor.marts.graph import MARTS
from saleslake_processor.why.answer import answered, same
from saleslake_processor.why.chosen import of_company
from saleslake_processor.why.reading import Known, known
from saleslake_processor.why.world import MISSING, World
from tests.e2e.plain_cells import Cells
from tests.e2e.plain_facts import UNCOVERED
from tests.e2e.shell import ROOT, Shell

pytestmark = pytest.mark.slow

CELLS = int(os.environ.get("SALESLAKE_WHY_CELLS", "400"))
MORE_CELLS, WHOLE_ANSWERS = CELLS // 4, 6
REAL = (
    *("adventureworks", "adventureworks_oltp", "superstore", "northwind", "simplon", "crm"),
    "online_retail",
)
TABLES = {mart.name: mart for mart in MARTS}

HELD_BY_QUERIES = {
    *("customer_analysis", "rfm_history", "segment_migration", "cohort_retention", "kpis"),
    *("discount_impact", "price_volume_mix", "product_demand", "product_affinity"),
    *("recommendation_accuracy", "customer_recommendations"),
    *("sales_by_salesperson", "opportunity_funnel", "team_profile", "team_performance"),
}
"""Tables that the other reader does not know: DuckDB makes them whole (`oracle`). They have `MORE_CELLS`."""

Row = dict[str, Any]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    """The demo shop, fetched in two goes, with a month corrected between them."""
    folder = tmp_path_factory.mktemp("demo")
    exports.write(folder / "exports", 20, date(2025, 3, 9), date(2024, 9, 1))
    with serving(folder / "exports") as server:
        shell = Shell(folder / "lake", ROOT / "sources", {"SALESLAKE_DEMO_SHOP": server.url})
        shell.well("run", "demo")
        exports.write(folder / "exports", 20, date(2025, 3, 20), date(2024, 9, 1))
        shell.well("run", "demo")
        yield shell


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory, shared_data: Path) -> Shell:
    """All real companies in one lake."""
    folder = tmp_path_factory.mktemp("real")
    shell = Shell(folder / "lake", ROOT / "sources", {"SALESLAKE_DATA": str(shared_data)})
    shell.well("run", *REAL)
    return shell


def drawn(there: Known, company: str) -> Iterator[tuple[str, Row, str]]:
    """Table, row and column of random cells of a company, spread over all tables and columns with rows."""
    draw = random.Random(company)
    tables = {}
    for name in TABLES:
        rows = there.gold(name)
        if "company" in rows.collect_schema():
            rows = rows.filter(pl.col("company") == company)
        if not (found := rows.collect()).is_empty():
            tables[name] = found
    for among, cells in ((TABLES.keys() - HELD_BY_QUERIES, CELLS), (HELD_BY_QUERIES, MORE_CELLS)):
        columns = [
            (name, column) for name, rows in tables.items() if name in among for column in rows.columns
        ]
        draw.shuffle(columns)
        for number in range(cells):
            name, column = columns[number % len(columns)]
            yield name, tables[name].row(draw.randrange(tables[name].height), named=True), column


@pytest.mark.parametrize("company", ["demo", *REAL])
def test_random_cells_are_what_two_readers_of_raw_make_of_it(company: str, request: pytest.FixtureRequest):
    shell: Shell = request.getfixturevalue("demo" if company == "demo" else "real")
    lake = Lake(shell.lake)
    manifest = gold_files.load(lake)
    assert manifest is not None
    profile = load(ROOT / "sources", company, shell.environment)
    there = known(lake, manifest, [profile], Settings(_env_file=None))
    reading = there.read_again(of_company(there.log, company))
    assert reading.wrong == []
    world, plain = (
        World(reading.versions, there.records),
        Cells(shell.lake, [ROOT / "sources" / f"{company}.toml"]),
    )
    covered: Counter[str] = Counter()
    last_run = there.gold("run_results").select(pl.col("run").max()).collect().item()
    cells = list(drawn(there, company))
    for table, row, column in cells:
        anew = world.cell(TABLES[table], row, column)
        # The calendar reaches over all companies of the lake.
        assert same(anew, row[column]) or (table == "dim_date" and anew is MISSING), (
            table,
            row,
            column,
            anew,
        )
        other = plain.cell(table, row, column)
        # The other reader knows what there is now, not what a run before came to.
        if other is not UNCOVERED and row.get("run", last_run) == last_run:
            covered[table] += 1
            near = pytest.approx(other, rel=1e-12) if isinstance(other, float) else other
            assert row[column] == near, (table, row, column, other)
    assert covered.total() > CELLS * 0.5, covered
    of_sales = ("fact_sales", "sales_daily", "sales_by_product", "sales_by_store", "sales_by_region")
    if company != "crm":
        assert sum(covered[table] for table in of_sales) > CELLS * 0.35, covered
    for table, row, column in cells[:WHOLE_ANSWERS]:
        answer = answered(there, TABLES[table], row, column)
        assert answer.proved, (table, row, column, answer.derived, answer.summed, answer.wrong)
