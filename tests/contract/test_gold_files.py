"""Gold files are such that every reader in Power BI opens them: checked in footers and page headers."""

from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from saleslake.lake import Lake
from saleslake_processor import gold_files
from saleslake_processor.marts.graph import MARTS
from tests.contract.gold_pages import Page, pages
from tests.integration.processor.shop import passed, trade, write

TYPES = {
    "string": pa.string(),
    "int64": pa.int64(),
    "decimal(18,4)": pa.decimal128(18, 4),
    "date": pa.date32(),
    "bool": pa.bool_(),
    "double": pa.float64(),
}
PAGES = {Page("dictionary", "PLAIN"), Page("data v1", "RLE_DICTIONARY"), Page("data v1", "PLAIN")}
MANY = 450_000


@pytest.fixture(scope="module", params=["sales", "dimensions alone"])
def lake(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """What `publish` really writes: of a shop that sold, and of one that never did."""
    lake = Lake(tmp_path_factory.mktemp("lake"))
    if request.param == "sales":
        trade(lake)
    else:
        write(lake, {"stores": [{"id": "s", "name": "Lyon", "place": None}]})
    passed(lake)
    return lake


@pytest.fixture
def manifest(lake: Lake) -> gold_files.Manifest:
    found = gold_files.load(lake)
    assert found is not None
    return found


def bodies(lake: Lake, manifest: gold_files.Manifest) -> dict[str, bytes]:
    files = [file for table in manifest.tables.values() for file in table.files]
    return {file.path: (lake.gold / file.path).read_bytes() for file in files}


@pytest.fixture(scope="module")
def many() -> pl.DataFrame:
    """More rows than fit a row group, of every type that gold has, empty values among them."""
    number = pl.int_range(MANY)
    return pl.select(
        text=pl.when(number % 11 != 0).then(pl.format("name {}", number)),
        key=number,
        money=(number.cast(pl.Decimal(18, 4)) * Decimal("0.01")).cast(pl.Decimal(18, 4)),
        day=date(2000, 1, 1) + pl.duration(days=number % 9000),
        flag=pl.when(number % 5 != 0).then(number % 3 == 0),
        rate=number / MANY,
    )


def test_every_table_is_there_even_when_it_is_empty(lake: Lake, manifest: gold_files.Manifest):
    assert list(manifest.tables) == [mart.name for mart in MARTS]
    assert all(table.files for table in manifest.tables.values())
    for mart in MARTS:
        assert (lake.gold_latest / f"{mart.name}.parquet").is_file() != (mart.kind == "additive")


def test_columns_have_the_types_that_the_manifest_tells(lake: Lake, manifest: gold_files.Manifest):
    for name, table in manifest.tables.items():
        told = {column.name: TYPES[column.type] for column in table.columns}
        for file in table.files:
            schema = pq.read_schema(lake.gold / file.path)
            assert dict(zip(schema.names, schema.types, strict=True)) == told, name
            assert schema.metadata is None


def test_columns_are_flat(lake: Lake, manifest: gold_files.Manifest):
    for path, body in bodies(lake, manifest).items():
        schema = pq.ParquetFile(BytesIO(body)).schema
        for column in (schema.column(number) for number in range(len(schema))):
            assert (column.max_repetition_level, column.path) == (0, column.name), path
            assert column.max_definition_level <= 1


def test_pages_are_of_the_first_version_and_plainly_encoded(lake: Lake, manifest: gold_files.Manifest):
    found = {page for body in bodies(lake, manifest).values() for page in pages(body)}
    assert found <= PAGES
    assert Page("data v1", "RLE_DICTIONARY") in found


def test_columns_are_snappy(lake: Lake, manifest: gold_files.Manifest):
    for body in bodies(lake, manifest).values():
        assert compressions(body) <= {"SNAPPY"}


def compressions(body: bytes) -> set[str]:
    footer = pq.ParquetFile(BytesIO(body)).metadata
    groups = [footer.row_group(number) for number in range(footer.num_row_groups)]
    return {group.column(number).compression for group in groups for number in range(footer.num_columns)}


def test_a_large_table_is_written_in_row_groups_of_one_size(many: pl.DataFrame):
    footer = pq.ParquetFile(BytesIO(gold_files.parquet(many))).metadata
    *full, last = [footer.row_group(number).num_rows for number in range(footer.num_row_groups)]
    assert len(full) >= 2
    assert all(100_000 <= rows <= 250_000 for rows in full)
    assert last <= 250_000


def test_a_large_table_is_written_like_a_small_one(many: pl.DataFrame):
    body = gold_files.parquet(many)
    # So many names fit no dictionary: those pages are plain.
    assert set(pages(body)) == PAGES
    assert compressions(body) == {"SNAPPY"}


def test_what_was_written_is_what_is_read(many: pl.DataFrame):
    assert pl.read_parquet(gold_files.parquet(many)).equals(many)


def test_equal_rows_give_equal_bytes_however_they_lie_in_memory(many: pl.DataFrame):
    pieces = pl.concat([many[:1000], many[1000:200_001], many[200_001:]], rechunk=False)
    assert pieces.n_chunks() > many.n_chunks()
    assert gold_files.parquet(pieces) == gold_files.parquet(many)


def test_equal_rows_are_one_file(tmp_path: Path, many: pl.DataFrame):
    lake = Lake(tmp_path)
    first = gold_files.write(lake, "t", many[:10])
    assert gold_files.write(lake, "t", many[:10]) == first
    assert gold_files.write(lake, "t", many[:11]) != first
    assert len(list(lake.gold_files.iterdir())) == 2


@pytest.mark.parametrize(
    "dtype", [pl.Datetime("us"), pl.Null(), pl.List(pl.Int64), pl.Categorical(), pl.Int32()]
)
def test_other_types_are_refused(dtype: pl.DataType):
    with pytest.raises(KeyError):
        gold_files.parquet(pl.DataFrame({"column": []}, schema={"column": dtype}))


def test_two_lakes_of_the_same_batches_have_the_same_bytes(tmp_path: Path, lake: Lake):
    other = Lake(tmp_path)
    other.raw.symlink_to(lake.raw.resolve(), target_is_directory=True)
    passed(other)
    here, there = (
        {path.name for path in at.gold_files.iterdir() if not path.name.startswith(("refresh_info", "run_"))}
        for at in (lake, other)
    )
    assert here == there
