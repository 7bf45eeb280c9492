"""The log on disk: appended once a batch, read by version, in whatever folder the lake lies."""

from pathlib import Path

import polars as pl
import pytest

from saleslake.lake import Lake
from saleslake_processor import lake_log

SCHEMA: dict[str, pl.DataType] = {"number": pl.Int64(), "day": pl.Date()}


def rows(*numbers: int) -> pl.DataFrame:
    return pl.DataFrame({"number": numbers, "day": None}, schema=SCHEMA)


def numbers(found: pl.LazyFrame) -> list[int]:
    return sorted(found.collect()["number"])


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path)


def test_a_batch_is_appended_once(lake: Lake):
    lake_log.append(lake, "product", "a", rows(1))
    lake_log.append(lake, "product", "a", rows(1))
    lake_log.append(lake, "product", "b", rows(2))
    assert numbers(lake_log.scan(lake, "product", SCHEMA)) == [1, 2]


def test_a_batch_without_rows_is_known_too(lake: Lake):
    lake_log.append(lake, "product", "a", rows())
    lake_log.append(lake, "product", "a", rows(1))
    assert numbers(lake_log.scan(lake, "product", SCHEMA)) == []


def test_a_batch_stays_known_over_hundreds_of_others(lake: Lake):
    for number in range(120):
        lake_log.append(lake, "product", str(number), rows(number))
    lake_log.append(lake, "product", "0", rows(0))
    assert numbers(lake_log.scan(lake, "product", SCHEMA)) == list(range(120))


def test_a_log_is_read_as_of_a_version(lake: Lake):
    lake_log.append(lake, "product", "a", rows(1))
    since = lake_log.version(lake, "product")
    lake_log.append(lake, "product", "b", rows(2))
    assert numbers(lake_log.scan(lake, "product", SCHEMA, since)) == [1]


def test_only_files_of_the_batches_asked_for_are_read(lake: Lake):
    schema = {**SCHEMA, "batch": pl.String()}
    for number, batch in enumerate(["2026a", "2026b", "2026c"]):
        lake_log.append(lake, "order", batch, rows(number).with_columns(batch=pl.lit(batch)), "day")
    assert numbers(lake_log.scan_batches(lake, "order", schema, ["2026b", "2026c"])) == [1, 2]
    assert numbers(lake_log.scan_batches(lake, "order", schema, [])) == []
    # Without batches there are no statistics of them.
    lake_log.append(lake, "product", "a", rows(1))
    assert numbers(lake_log.scan_batches(lake, "product", SCHEMA, ["2026b"])) == [1]


def test_a_log_that_is_not_there_is_empty(lake: Lake):
    assert lake_log.version(lake, "product") is None
    assert numbers(lake_log.scan(lake, "product", SCHEMA)) == []


def test_rows_lie_by_the_month_of_their_day(lake: Lake):
    dated = rows(1, 2).with_columns(day=pl.Series(["2026-01-31", None]).str.to_date())
    lake_log.append(lake, "order", "a", dated, "day")
    folders = {folder.name for folder in lake.log_table("order").glob("month=*")}
    assert folders == {"month=2026-01", "month=__HIVE_DEFAULT_PARTITION__"}
    got = lake_log.scan(lake, "order", SCHEMA).collect()
    assert got.sort("number").equals(dated)
    assert got.columns == ["number", "day"]


@pytest.mark.parametrize("name", ["with blank", "zażółć", "a#b", "a?b", "a*b"])
def test_the_folder_may_have_any_name(tmp_path: Path, name: str):
    lake = Lake(tmp_path / name)
    lake_log.append(lake, "order", "a", rows(1), "day")
    since = lake_log.version(lake, "order")
    lake_log.append(lake, "order", "b", rows(2), "day")
    assert numbers(lake_log.scan(lake, "order", SCHEMA)) == [1, 2]
    assert numbers(lake_log.scan(lake, "order", SCHEMA, since)) == [1]
    assert numbers(lake_log.scan_batches(lake, "order", SCHEMA, ["b"])) == [1, 2]
    assert [folder.name for folder in tmp_path.iterdir()] == [name]


def test_a_column_that_entities_gain_is_empty_in_older_rows(lake: Lake):
    lake_log.append(lake, "product", "a", rows(1))
    lake_log.append(lake, "product", "b", rows(2).with_columns(brand=pl.lit("x")))
    lake_log.append(lake, "product", "c", rows(3))
    got = lake_log.scan(lake, "product", {**SCHEMA, "brand": pl.String()}).collect().sort("number")
    assert got["brand"].to_list() == [None, "x", None]
    assert numbers(lake_log.scan(lake, "product", SCHEMA)) == [1, 2, 3]
