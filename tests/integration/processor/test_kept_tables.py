"""A publication builds the tables whose inputs changed, and keeps the files of the others."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from saleslake.lake import Lake
from saleslake_processor import gold_files, publish
from saleslake_processor.marts.graph import MARTS, OPERATIONAL
from saleslake_processor.marts.mart import Frames, Mart
from tests.integration.processor.shop import SETTINGS, gold, later, line, passed, trade, write

KEPT_ANYWAY = {mart.name for mart in MARTS if mart.kind == "additive"}
OF_THE_DATA = {mart.name for mart in MARTS} - {*OPERATIONAL} - KEPT_ANYWAY


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    lake = Lake(tmp_path)
    trade(lake)
    passed(lake)
    return lake


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Names of the tables that are built from now on."""
    names: set[str] = set()

    def told(mart: Mart) -> Mart:
        def build(given: Frames):
            names.add(mart.name)
            return mart.build(given)

        return replace(mart, build=build)

    monkeypatch.setattr(publish, "MARTS", tuple(told(mart) for mart in MARTS))
    return names


RENAMED = {"stores": [{"id": "s", "name": "renamed", "place": "x"}]}
"""Touches no order."""


def test_what_nothing_new_goes_into_is_kept(lake: Lake, built: set[str]):
    before = gold_files.load(lake)
    write(lake, RENAMED, at=later(7))
    assert passed(lake).published
    # Places are read of stores as well; that they are the same ones ends there.
    assert {"dim_place", "dim_store", "sales_by_store"} <= built
    assert not {"sales_by_region", "sales_daily", "sales_by_product", "kpis", "dim_product"} & built
    after = gold_files.load(lake)
    assert before is not None
    assert after is not None
    for name in OF_THE_DATA - built:
        assert after.tables[name] == before.tables[name], name
    assert "renamed" in gold(lake, "sales_by_store")["store"].to_list()


def test_what_is_about_runs_is_made_each_time(lake: Lake, built: set[str]):
    write(lake, RENAMED, at=later(7))
    passed(lake)
    assert built >= {*OPERATIONAL}
    assert gold(lake, "refresh_info")["snapshot"].to_list() == [2]


def test_other_code_builds_all_anew(lake: Lake, built: set[str], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(gold_files, "code", lambda: "other")
    write(lake, RENAMED, at=later(7))
    passed(lake)
    assert built >= OF_THE_DATA


def test_a_fiscal_year_builds_what_knows_of_it(lake: Lake, built: set[str]):
    passed(lake, settings=SETTINGS.model_copy(update={"fiscal_year_start": 4}))
    knowing = {mart.name for mart in MARTS if "publication" in mart.inputs}
    # What tells which day is closed by when batches came is made each time.
    knowing |= {mart.name for mart in MARTS if "ledger" in mart.inputs}
    assert built - {*OPERATIONAL} == knowing - {*OPERATIONAL} >= {"dim_date", "kpis"}


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-9])


@pytest.mark.parametrize("lose", [Path.unlink, cut], ids=["gone", "cut short"])
def test_what_is_lost_is_made_again(lake: Lake, built: set[str], lose: Callable[[Path], None]):
    manifest = gold_files.load(lake)
    assert manifest is not None
    [file] = manifest.tables["dim_account"].files
    lose(lake.gold / file.path)
    write(lake, RENAMED, at=later(7))
    passed(lake)
    assert "dim_account" in built
    assert (lake.gold / file.path).stat().st_size == file.bytes


@pytest.mark.slow
def test_kept_or_built_gold_is_the_same(lake: Lake, built: set[str], monkeypatch: pytest.MonkeyPatch):
    for at, tables in enumerate((RENAMED, {"lines": [line("o9-1", store="s")]}, RENAMED)):
        write(lake, tables, at=later(7 + at))
        passed(lake)
    kept = {name: gold(lake, name) for name in OF_THE_DATA}
    monkeypatch.setattr(gold_files, "code", lambda: "other")
    write(lake, {"extras": [{"id": "means nothing"}]}, at=later(20))
    passed(lake)
    assert built >= OF_THE_DATA
    assert {name: gold(lake, name).equals(rows) for name, rows in kept.items()} == dict.fromkeys(kept, True)
