"""Rows and money are counted at each hop: where they do not tie, nothing is published."""

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from saleslake.damage import DamagedError
from saleslake.lake import Lake
from saleslake_processor import gold_files, publish
from saleslake_processor import state as states
from saleslake_processor.derive import advance
from saleslake_processor.derive import facts as derive_facts
from saleslake_processor.marts.graph import MARTS
from saleslake_processor.totals.tie import UntiedError
from tests.integration.processor.shop import bytes_of, later, line, net, passed, trade, write


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    lake = Lake(tmp_path_factory.mktemp("published"))
    trade(lake)
    passed(lake)
    return lake


@pytest.fixture
def lake(published: Lake, tmp_path: Path) -> Lake:
    """A lake with gold, and a batch that is not taken in yet."""
    shutil.copytree(published.root, tmp_path / "lake")
    lake = Lake(tmp_path / "lake")
    write(lake, {"lines": [line("o9-1", day="2026-03-01")]}, at=later(5))
    return lake


def refused(lake: Lake) -> str:
    """What a pass says that must not publish; the old gold is there as it was."""
    before, manifest = bytes_of(lake.gold), lake.gold_manifest.read_bytes()
    with pytest.raises(UntiedError) as error:
        passed(lake)
    after = bytes_of(lake.gold)
    assert {name: after.get(name) for name in before} == before
    assert lake.gold_manifest.read_bytes() == manifest
    return str(error.value)


def altered(lake: Lake, name: str, change: Any) -> None:
    """Change a frame of the state where it lies."""
    file = lake.state / states.load(lake).files[name]
    rows = pl.read_parquet(file)
    change(rows).cast(rows.schema).write_parquet(file)


def plus_one(column: str) -> Any:
    first = pl.int_range(pl.len()) == 0
    return lambda rows: rows.with_columns(pl.when(first).then(pl.col(column) + 1).otherwise(column))


def test_sound_totals_are_published(lake: Lake):
    assert passed(lake).published
    assert "o9-1" in net(lake)


@pytest.mark.parametrize("lost", ["sales", "waiting"])
def test_a_row_of_the_log_that_becomes_no_fact_and_does_not_wait(
    lake: Lake, monkeypatch: pytest.MonkeyPatch, lost: str
):
    write(lake, {"lines": [line("o10-1", day=None)]}, at=later(6))
    real = derive_facts.facts

    def losing(*given: Any) -> Any:
        derived = real(*given)
        return replace(derived, **{lost: getattr(derived, lost).head(0)})

    monkeypatch.setattr(advance, "facts", losing)
    said = refused(lake)
    assert said.startswith("log -> facts and waiting, company acme, rows: 2 in log, 1 in facts and waiting")
    assert "first at entity=order_line key=" in said


def test_a_line_with_other_units_than_the_log_says(lake: Lake, monkeypatch: pytest.MonkeyPatch):
    real = derive_facts.facts

    def changing(*given: Any) -> Any:
        derived = real(*given)
        return replace(derived, sales=derived.sales.with_columns(pl.col("quantity") + 1))

    monkeypatch.setattr(advance, "facts", changing)
    assert "units: 2.0000 in log, 3.0000 in facts and waiting, difference 1.0000" in refused(lake)


@pytest.mark.parametrize(
    ("frame", "column"),
    [
        ("company", "orders"),
        ("month_customer", "sales_amount"),
    ],
)
def test_a_sum_that_is_not_that_of_the_facts(lake: Lake, frame: str, column: str):
    altered(lake, f"sums/{frame}", plus_one(column))
    said = refused(lake)
    assert f"-> sums/{frame}, company acme, {column}: " in said
    assert "difference 1" in said


def test_a_fact_that_was_altered(lake: Lake):
    altered(lake, "fact_sales/2026-01", plus_one("quantity"))
    assert "facts -> sums/company, company acme, units: " in refused(lake)


def test_a_mart_that_loses_a_row(lake: Lake, monkeypatch: pytest.MonkeyPatch):
    [mart] = [mart for mart in MARTS if mart.name == "sales_by_store"]
    losing = replace(mart, build=lambda given: mart.build(given).slice(1))
    monkeypatch.setattr(publish, "MARTS", [losing if each is mart else each for each in MARTS])
    assert "counted sums/month_store -> sales_by_store, company acme, lines: " in refused(lake)


def test_a_file_that_holds_something_else(lake: Lake):
    manifest = gold_files.load(lake)
    assert manifest is not None
    [kept] = [file for file in manifest.tables["fact_sales"].files if file.part == "2026-01"]
    rows = pl.read_parquet(lake.gold / kept.path)
    rows.with_columns(pl.col("net_amount") + 1).cast(rows.schema).write_parquet(lake.gold / kept.path)
    said = refused(lake)
    assert said.startswith("fact_sales -> files of fact_sales, company acme, net_amount: ")


def test_a_file_that_cannot_be_read(lake: Lake):
    manifest = gold_files.load(lake)
    assert manifest is not None
    [kept] = [file for file in manifest.tables["fact_sales"].files if file.part == "2026-01"]
    body = (lake.gold / kept.path).read_bytes()
    (lake.gold / kept.path).write_bytes(body[:-9])
    with pytest.raises(DamagedError, match="2026-01"):
        passed(lake)
    assert gold_files.load(lake) == manifest


def test_what_does_not_tie_stays_refused_until_it_is_made_anew(lake: Lake):
    altered(lake, "sums/month_customer", plus_one("lines"))
    first = refused(lake)
    assert refused(lake) == first
    shutil.rmtree(lake.state)
    assert passed(lake).published
    assert "o9-1" in net(lake)
