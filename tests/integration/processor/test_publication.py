"""Snapshots of gold: whole or not at all, kept a while, and under stable names."""

from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from saleslake.lake import Lake
from saleslake_processor import gold_files, publish
from saleslake_processor.marts.graph import MARTS
from saleslake_processor.marts.mart import Frames
from saleslake_processor.publish import ContractBrokenError
from tests.integration.processor.shop import SETTINGS, bytes_of, gold, later, line, net, passed, trade, write

KEPT = SETTINGS.model_copy(update={"gold_snapshots_kept": 2})


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    lake = Lake(tmp_path)
    trade(lake)
    passed(lake)
    return lake


def nameless(frames: Frames) -> pl.LazyFrame:
    """Stores that break their contract: one has no name."""
    [stores] = [mart for mart in MARTS if mart.name == "dim_store"]
    return stores.build(frames).with_columns(name=pl.lit(None, pl.String))


def test_a_broken_contract_leaves_the_old_gold(lake: Lake):
    before = bytes_of(lake.gold)
    write(lake, {"lines": [line("o9-1")]}, at=later(5))
    broken = tuple(replace(mart, build=nameless) if mart.name == "dim_store" else mart for mart in MARTS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(publish, "MARTS", broken)
        with pytest.raises(ContractBrokenError, match="dim_store"):
            passed(lake)
    after = bytes_of(lake.gold)
    assert {name: after.get(name) for name in before} == before
    assert "o9-1" not in net(lake)
    passed(lake)
    assert "o9-1" in net(lake)


def test_stable_names_are_those_of_the_current_files(lake: Lake):
    manifest = gold_files.load(lake)
    assert manifest is not None
    named = bytes_of(lake.gold_latest)
    assert named.keys() == {
        *(f"{name}.parquet" for name, table in manifest.tables.items() if table.files[0].part is None),
        *(f"fact_sales/{file.part}.parquet" for file in manifest.tables["fact_sales"].files),
    }
    for file in manifest.tables["fact_sales"].files:
        assert named[f"fact_sales/{file.part}.parquet"] == (lake.gold / file.path).read_bytes()


def test_stable_names_are_hard_links(lake: Lake):
    manifest = gold_files.load(lake)
    assert manifest is not None
    [file] = manifest.tables["dim_product"].files
    assert (lake.gold_latest / "dim_product.parquet").samefile(lake.gold / file.path)


def test_stable_names_are_mended_by_the_next_pass(lake: Lake):
    before = bytes_of(lake.gold_latest)
    (lake.gold_latest / "dim_product.parquet").unlink()
    replaced = lake.gold_latest / "dim_store.parquet"
    replaced.unlink()
    replaced.write_bytes(before["dim_place.parquet"])
    (lake.gold_latest / "fact_sales" / "1999-01.parquet").write_bytes(b"left over")
    assert not passed(lake).published
    assert bytes_of(lake.gold_latest) == before


@pytest.mark.slow
def test_files_of_the_last_snapshots_are_kept_and_then_forgotten(lake: Lake):
    manifests = [gold_files.load(lake)]
    for number in range(1, 4):
        write(lake, {"lines": [line(f"o{number}-9")]}, at=later(number + 5))
        manifests.append(passed(lake, settings=KEPT).manifest)
    kept, forgotten = manifests[-2:], manifests[:-2]
    named: set[str] = set()
    for manifest in kept:
        assert manifest is not None
        named |= {file.path for table in manifest.tables.values() for file in table.files}
        assert gold_files.altered(lake, manifest) == []
    assert {path.relative_to(lake.gold).as_posix() for path in lake.gold_files.iterdir()} == named
    assert len(list(lake.gold_snapshots.iterdir())) == 2
    for manifest in forgotten:
        assert manifest is not None
        assert not (lake.gold / manifest.tables["refresh_info"].files[0].path).exists()


def test_a_reader_of_the_snapshot_before_still_sees_it_whole(lake: Lake):
    old = gold_files.load(lake)
    assert old is not None
    expected = {name: gold(lake, name) for name in old.tables}
    write(lake, {"lines": [line("o1-1", quantity="9")]}, at=later(5))
    passed(lake, settings=KEPT)
    assert {
        name: gold_files.read(lake, old, name).collect().equals(expected[name]) for name in old.tables
    } == (dict.fromkeys(old.tables, True))
    assert not gold(lake, "fact_sales").equals(expected["fact_sales"])


def test_snapshots_are_numbered_one_after_the_other(lake: Lake):
    assert gold(lake, "refresh_info")["snapshot"].to_list() == [1]
    write(lake, {"lines": [line("o9-1")]}, at=later(5))
    manifest = passed(lake).manifest
    assert manifest is not None
    assert manifest.snapshot == 2
    assert gold(lake, "refresh_info")["snapshot"].to_list() == [2]


def test_the_manifest_tells_rows_bytes_and_hash_of_each_file(lake: Lake):
    manifest = gold_files.load(lake)
    assert manifest is not None
    for name, table in manifest.tables.items():
        assert table.rows == gold(lake, name).height == sum(file.rows for file in table.files)
        for file in table.files:
            assert (lake.gold / file.path).stat().st_size == file.bytes
            assert file.sha256[:16] in file.path
    assert gold_files.altered(lake, manifest) == []
