"""`verify` finds the lake equal to its rebuild, or says where it is not."""

import shutil
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from saleslake.lake import Lake
from saleslake_processor import gold_files
from saleslake_processor import state as states
from saleslake_processor.compare import Difference
from saleslake_processor.verify import verify
from tests.integration.processor.shop import SETTINGS, bytes_of, later, line, passed, source, trade, write


@pytest.fixture(scope="module")
def traded(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """Made once, and copied for each test."""
    lake = Lake(tmp_path_factory.mktemp("traded"))
    trade(lake)
    passed(lake)
    write(lake, {"lines": [line("o1-1", price="9")]}, at=later(9))
    passed(lake)
    return lake


@pytest.fixture
def lake(traded: Lake, tmp_path: Path) -> Lake:
    shutil.copytree(traded.root, tmp_path / "lake")
    return Lake(tmp_path / "lake")


def found(lake: Lake) -> list[Difference]:
    return verify(lake, [source()], SETTINGS).found


def altered(file: Path, change: Callable[[pl.DataFrame], pl.DataFrame]) -> None:
    """Change a Parquet file where it lies, as nobody should."""
    rows = pl.read_parquet(file)
    change(rows).cast(rows.schema).write_parquet(file)


def of_state(lake: Lake, name: str) -> Path:
    return lake.state / states.load(lake).files[name]


def test_a_sound_lake_is_equal_and_left_as_it_was(lake: Lake):
    before = bytes_of(lake.root)
    verified = verify(lake, [source()], SETTINGS)
    assert verified.found == []
    assert verified.batches == 4
    assert {"fact_sales", "dim_product", "state sums/company"} <= verified.tables.keys()
    assert bytes_of(lake.root) == before


def test_what_a_killed_one_left_is_removed(lake: Lake):
    left = lake.root / ".scratch-killed" / "log"
    left.mkdir(parents=True)
    (left.parent / "raw").symlink_to(lake.raw, target_is_directory=True)
    assert found(lake) == []
    assert not left.parent.exists()
    assert lake.raw.is_dir()


def test_a_batch_that_was_not_taken_in_is_no_difference(lake: Lake):
    write(lake, {"lines": [line("o8-1")]}, at=later(10))
    assert found(lake) == []


def test_an_altered_log_is_found(lake: Lake):
    for file in lake.log_table("order_line").rglob("*.parquet"):
        altered(file, lambda rows: rows.with_columns(pl.col("quantity") + 1))
    assert {difference.column for difference in found(lake)} == {"quantity"}


def test_a_log_that_lost_its_rows_is_found(lake: Lake):
    for file in lake.log_table("product").rglob("*.parquet"):
        altered(file, lambda rows: rows.clear())
    assert [(difference.table, difference.left) for difference in found(lake)] == [("log product", "missing")]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("frame", "column"),
    [
        ("sums/month_product", "net_amount"),
        ("fact_sales/2026-01", "sales_amount"),
        ("fact_sales/2026-01", "category_key"),
        ("current/product", "list_price"),
    ],
)
def test_an_altered_state_is_found(lake: Lake, frame: str, column: str):
    altered(of_state(lake, frame), lambda rows: rows.with_columns(pl.col(column) + 1))
    assert {(difference.table, difference.column) for difference in found(lake)} == {
        (f"state {frame}", column)
    }


@pytest.mark.slow
def test_gold_with_other_values_is_found(lake: Lake):
    manifest = gold_files.load(lake)
    assert manifest is not None
    [file] = manifest.tables["sales_by_store"].files
    altered(lake.gold / file.path, lambda rows: rows.with_columns(pl.col("lines") + 1))
    differences = {(difference.table, difference.column) for difference in found(lake)}
    assert differences == {("sales_by_store", "lines"), (file.path, "sha256")}


@pytest.mark.slow
def test_gold_written_through_a_stable_name_is_found(lake: Lake):
    manifest = gold_files.load(lake)
    assert manifest is not None
    [file] = manifest.tables["refresh_info"].files
    stable = lake.gold_latest / "refresh_info.parquet"
    # The copy has made a file of its own of it.
    stable.unlink()
    stable.hardlink_to(lake.gold / file.path)
    altered(stable, lambda rows: rows)
    assert [difference.column for difference in found(lake)] == ["sha256"]


def test_gold_that_is_missing_is_found(lake: Lake):
    lake.gold_manifest.unlink()
    assert [str(difference) for difference in found(lake)] == [
        "gold []: row is missing in the lake, there in the rebuild"
    ]


@pytest.mark.slow
def test_another_meaning_of_the_same_rows_is_found(lake: Lake):
    differences = verify(
        lake, [source(money_places=0, tax_rate="0.2", prices_include_tax=True)], SETTINGS
    ).found
    assert "fact_sales" in {difference.table for difference in differences}
