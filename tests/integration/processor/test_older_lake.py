"""A lake of before there were currencies of rows: it goes on, and its sales are what they were."""

import json
import shutil
from pathlib import Path

import polars as pl
import pytest

from saleslake.lake import Lake
from saleslake_processor import lake_log, ledger, log_view
from saleslake_processor import state as states
from saleslake_processor.contracts.entities import ENTITIES
from saleslake_processor.contracts.operations import OUTCOMES
from saleslake_processor.ledger import taken_in
from tests.integration.processor.shop import gold, later, line, net, passed, trade, write

BEFORE = [
    *("company", "source", "batch", "raw_table", "entity", "fetched_on", "seen", *OUTCOMES, "deleted"),
    *("ignored", "quarantined", "missing"),
]
"""Columns of the ledger before batches could be staged again."""

SINCE = ["source_currency", "reporting_currency"]


@pytest.fixture
def older(tmp_path: Path) -> Lake:
    """A lake whose logs and state are without the columns that came with exchange rates."""
    lake = Lake(tmp_path / "lake")
    trade(lake)
    passed(lake)
    for name, entity in ENTITIES.items():
        rows = log_view.scan(lake, name).collect()
        if not lake.log_table(name).exists():
            continue
        if entity.priced:
            rows = rows.with_columns(currency="source_currency").drop(SINCE)
        elif "currency" in rows.columns:
            rows = rows.drop("currency", "source_currency")
        shutil.rmtree(lake.log_table(name))
        for batch, source in sorted(taken_in(lake)):
            of_batch = rows.filter(pl.col("batch") == batch)
            lake_log.append(lake, name, f"{source}/{batch}", of_batch, entity.dated_by)
    entered = ledger.entries(lake).select(BEFORE).collect()
    shutil.rmtree(lake.log_table(ledger.LEDGER))
    lake_log.append(lake, ledger.LEDGER, "all", entered)
    for file in states.load(lake).files.values():
        frame = pl.read_parquet(lake.state / file)
        gone = [name for name in frame.columns if name in SINCE or name.startswith("original_")]
        frame.drop(gone).write_parquet(lake.state / file)
    manifest = json.loads(lake.state_manifest.read_text())
    del manifest["layout"]
    lake.state_manifest.write_text(json.dumps(manifest))
    return lake


def test_its_state_is_made_anew_and_its_sales_are_what_they_were(older: Lake):
    before = gold(older, "fact_sales")
    assert passed(older).published
    assert gold(older, "fact_sales").equals(before)
    assert not passed(older).published


def test_gold_is_published_again_where_a_table_has_other_columns(tmp_path: Path):
    lake = Lake(tmp_path / "lake")
    trade(lake)
    passed(lake)
    document = json.loads(lake.gold_manifest.read_text())
    table = document["tables"]["fact_sales"]
    table["columns"] = [column for column in table["columns"] if not column["name"].startswith("original_")]
    lake.gold_manifest.write_text(json.dumps(document))
    assert passed(lake).published
    assert not passed(lake).published


def test_it_takes_in_what_comes(older: Lake):
    was = net(older)
    write(older, {"lines": [line("o9-1", price="7")]}, at=later(30))
    passed(older)
    assert net(older) == was | {"o9-1": 14}
    assert set(gold(older, "fact_sales")["original_currency"]) == {"EUR"}


@pytest.mark.slow
def test_what_gold_told_before_it_had_a_column_is_held_to_what_it_tells_now(tmp_path: Path):
    lake = Lake(tmp_path / "lake")
    trade(lake)
    passed(lake)
    for file in lake.gold_files.glob("fact_sales-*.parquet"):
        rows = pl.read_parquet(file)
        rows.drop([name for name in rows.columns if name.endswith("_at_sale")]).write_parquet(file)
    lake.state_manifest.unlink()
    write(lake, {"lines": [line("o1-1", price="13")]}, at=later(30))
    passed(lake)
    told = gold(lake, "restatements").filter(kpi="sales_amount").select("month", "difference")
    assert [(month.month, float(difference)) for month, difference in told.iter_rows()] == [(1, 4.0)]
