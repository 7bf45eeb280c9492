"""What a snapshot no longer holds was deleted, and nothing else."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from saleslake import clock
from saleslake.lake import Lake
from saleslake_processor import log_view
from saleslake_processor.contracts.entities import ENTITIES as OF
from saleslake_processor.history import history
from tests.integration.processor.shop import ENTITIES, START, gold, later, line, net, passed, source, write

A, B, C = (line(f"o{number}-1") for number in (1, 2, 3))


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path / "lake")


def taken(lake: Lake, snapshot: str) -> list[str]:
    """Lines that are there after a pass."""
    passed(lake, source(snapshot=snapshot))
    return sorted(net(lake))


@pytest.mark.slow
@pytest.mark.parametrize(("snapshot", "left"), [("none", 3), ("file", 2), ("table", 2)])
def test_what_a_newer_file_leaves_out_was_deleted(lake: Lake, snapshot: str, left: int):
    write(lake, {"lines": {"lines.csv": [A, B, C]}})
    taken(lake, snapshot)
    write(lake, {"lines": {"lines.csv": [A, C]}}, at=later(1))
    assert len(taken(lake, snapshot)) == left


def test_what_is_deleted_is_counted_apart(lake: Lake):
    write(lake, {"lines": [A, B]})
    write(lake, {"lines": [A]}, at=later(1))
    taken(lake, "file")
    last = gold(lake, "batch_ledger").sort("batch").row(-1, named=True)
    assert (last["seen"], last["unchanged"], last["missing"], last["deleted"]) == (1, 1, 1, 0)


def test_a_file_says_nothing_of_another(lake: Lake):
    write(lake, {"lines": {"lines_1.csv": [A], "lines_2.csv": [B]}})
    write(lake, {"lines": {"lines_2.csv": [C]}}, at=later(1), lines_1="unchanged")
    assert taken(lake, "file") == ["o1-1", "o3-1"]


def test_a_row_that_moves_to_another_file_stays(lake: Lake):
    write(lake, {"lines": {"lines_1.csv": [A], "lines_2.csv": [B]}})
    write(lake, {"lines": {"lines_1.csv": [C], "lines_2.csv": [A, B]}}, at=later(1))
    assert taken(lake, "file") == ["o1-1", "o2-1", "o3-1"]


@pytest.mark.parametrize(("snapshot", "left"), [("file", ["o1-1", "o2-1"]), ("table", ["o2-1"])])
def test_a_file_that_is_gone_takes_its_rows_from_a_table(lake: Lake, snapshot: str, left: list[str]):
    write(lake, {"lines": {"lines_1.csv": [A], "lines_2.csv": [B]}})
    write(lake, {"lines": {"lines_2.csv": [B]}}, at=later(1))
    assert taken(lake, snapshot) == left


@pytest.mark.parametrize("status", ["unchanged", "failed"])
def test_a_file_that_was_not_read_keeps_its_rows(lake: Lake, status: str):
    write(lake, {"lines": {"lines_1.csv": [A], "lines_2.csv": [B]}})
    write(lake, {"lines": {"lines_2.csv": [B]}}, at=later(1), lines_1=status)
    assert taken(lake, "table") == ["o1-1", "o2-1"]


def test_while_any_file_failed_no_file_counts_as_gone(lake: Lake):
    write(lake, {"lines": {"lines_1.csv": [A], "lines_2.csv": [B]}})
    write(lake, {"lines": {"lines_2.csv": [B]}}, at=later(1), products="failed")
    assert taken(lake, "table") == ["o1-1", "o2-1"]


def test_a_refused_row_is_still_there(lake: Lake):
    write(lake, {"lines": [A, B]})
    write(lake, {"lines": [A, B | {"quantity": "many"}]}, at=later(1))
    assert taken(lake, "file") == ["o1-1", "o2-1"]


def test_a_file_without_rows_deletes_all_that_it_held(lake: Lake):
    write(lake, {"lines": [A, B]})
    write(lake, {"lines": []}, at=later(1))
    assert taken(lake, "file") == []


def test_what_comes_back_is_there_again(lake: Lake):
    write(lake, {"lines": [A, B]})
    write(lake, {"lines": [A]}, at=later(1))
    write(lake, {"lines": [A, B]}, at=later(2))
    assert taken(lake, "file") == ["o1-1", "o2-1"]


def test_a_source_deletes_nothing_of_another(lake: Lake):
    write(lake, {"lines": [A]}, "till")
    write(lake, {"lines": [B]}, at=later(1))
    passed(lake, source(snapshot="table"), source("till", snapshot="table"))
    assert sorted(net(lake)) == ["o1-1", "o2-1"]


def test_a_file_that_is_gone_is_judged_once_its_table_can_be(lake: Lake):
    files = {"lines_1.csv": [A], "lines_2.csv": [B]}
    write(lake, {"lines": files | {"lines_3.csv": [C]}})
    nobody = dict.fromkeys(C) | {"quantity": "1"}
    write(lake, {"lines": files | {"lines_1.csv": [A, nobody]}}, at=later(1))
    assert taken(lake, "table") == ["o1-1", "o2-1", "o3-1"]
    write(lake, {"lines": files}, at=later(2))
    assert taken(lake, "table") == ["o1-1", "o2-1"]


TEA, MATE = (
    {"id": name, "name": name, "category": None, "price": "1", "cost": None} for name in ("tea", "mate")
)


def versions(lake: Lake) -> list[tuple[datetime, bool]]:
    """Of the tea: from when on which version counted, and whether it was gone."""
    found = history(log_view.scan(lake, "product"), OF["product"]).filter(pl.col("product_id") == "tea")
    return found.select("valid_from", "deleted").collect().rows()


@pytest.mark.parametrize("dated", [False, True])
def test_what_a_snapshot_leaves_out_was_there_until_its_fetch(
    lake: Lake, monkeypatch: pytest.MonkeyPatch, dated: bool
):
    """Whether versions have the instant of their fetch, or one that the source says, which stays the same."""
    for hours, there in enumerate(([TEA, MATE], [MATE], [TEA, MATE])):
        monkeypatch.setattr(clock, "now", lambda hours=hours: later(hours))
        rows = [{**row, "changed": f"{START - timedelta(days=1):%Y-%m-%d}"} for row in there]
        write(lake, {"products": rows}, at=later(hours) + timedelta(minutes=1))
    product: dict[str, Any] = {**ENTITIES["product"], **({"version_from": "changed"} if dated else {})}
    shop = source(snapshot="table", entities={"product": product})
    passed(lake, shop)
    said = datetime(2026, 2, 28, tzinfo=START.tzinfo)
    fetched = timedelta(0) if dated else timedelta(minutes=1)
    first = said if dated else START + fetched
    assert versions(lake) == [(first, False), (later(1), True), (later(2) + fetched, False)]
