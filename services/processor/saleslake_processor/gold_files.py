"""Gold on disk: immutable Parquet files named by their content, a manifest, and stable names for people.

Written so that every reader in Power BI opens it: snappy, v1 data pages, dictionary or plain encodings,
row groups of `ROW_GROUP` rows, and no type but string, int64, decimal128(18, 4), date32, bool, double.
"""

import filecmp
import hashlib
import io
from collections.abc import Collection, Iterator
from functools import cache
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import BaseModel

from saleslake.damage import readable
from saleslake.durable import link, remove, replace_text, replacing
from saleslake.lake import Lake

ROW_GROUP = 200_000

_ARROW: dict[type[pl.DataType], pa.DataType] = {
    pl.String: pa.string(),
    pl.Int64: pa.int64(),
    pl.Decimal: pa.decimal128(18, 4),
    pl.Date: pa.date32(),
    pl.Boolean: pa.bool_(),
    pl.Float64: pa.float64(),
}


class GoldFile(BaseModel):
    """One immutable file of a table."""

    path: str
    """Relative to the gold folder."""
    part: str | None = None
    """Month (`YYYY-MM`) that it holds, of a table in parts."""
    rows: int
    bytes: int
    sha256: str
    made_of: str | None = None
    """File of the state that it was made of, where it was made of one alone."""


class GoldColumn(BaseModel):
    """One column: its name, its type and what it means."""

    name: str
    type: str
    description: str


class GoldTable(BaseModel):
    """One table of a snapshot."""

    description: str
    rows: int
    columns: list[GoldColumn]
    files: list[GoldFile]
    made_of: str | None = None
    """Stamp of all that it was made of (`made_of`); none of a table that is made each time, or by month."""


class Manifest(BaseModel):
    """One consistent snapshot of gold."""

    snapshot: int
    schema_version: int
    published_at: str
    reflects: dict[str, int | None]
    """Version of each entity's log that it reflects."""
    reference: str = ""
    """Stamp of the reference lines that it reflects."""
    learnt: str = ""
    """Stamp of what was learnt, of which it is made."""
    fiscal_year_start: int
    """Month in which the fiscal years of the calendar begin."""
    tables: dict[str, GoldTable]


def write(lake: Lake, table: str, rows: pl.DataFrame, part: str | None = None) -> GoldFile:
    """Write rows as a file named by its content; the same content is written once."""
    body = parquet(rows)
    digest = hashlib.sha256(body).hexdigest()
    name = f"{table}-{part}" if part else table
    path = lake.gold_files / f"{name}-{digest[:16]}.parquet"
    if not (path.exists() and path.stat().st_size == len(body)):
        with replacing(path) as aside:
            aside.write_bytes(body)
    relative = path.relative_to(lake.gold).as_posix()
    return GoldFile(path=relative, part=part, rows=rows.height, bytes=len(body), sha256=digest)


def parquet(rows: pl.DataFrame) -> bytes:
    """The rows as the bytes of a Parquet file; equal rows give equal bytes."""
    schema = pa.schema([(name, _ARROW[type(dtype)]) for name, dtype in rows.schema.items()])
    buffer = io.BytesIO()
    pq.write_table(
        rows.to_arrow().cast(schema),
        buffer,
        compression="snappy",
        version="2.6",
        data_page_version="1.0",
        use_dictionary=True,
        row_group_size=ROW_GROUP,
        store_schema=False,
    )
    return buffer.getvalue()


def load(lake: Lake) -> Manifest | None:
    """The current snapshot; none before the first publication. Raises `DamagedError` where it is not one."""
    return _read(lake.gold_manifest) if lake.gold_manifest.exists() else None


def _read(path: Path) -> Manifest:
    with readable(path, "a manifest"):
        return Manifest.model_validate_json(path.read_bytes())


def publish(lake: Lake, manifest: Manifest, keep: int) -> None:
    """Make the snapshot the current one; files of the last `keep` snapshots stay, others go."""
    text = manifest.model_dump_json(indent=1)
    replace_text(lake.gold_snapshots / f"{manifest.snapshot:08d}.json", text)
    replace_text(lake.gold_manifest, text)
    name_latest(lake, manifest)
    _forget(lake, keep)


def name_latest(lake: Lake, manifest: Manifest) -> None:
    """Give the snapshot's files their stable names in `latest/`, and remove names that no longer hold."""
    names = {
        _latest(lake, table, file): lake.gold / file.path
        for table, of in manifest.tables.items()
        for file in of.files
    }
    for name, file in names.items():
        if not (name.exists() and (name.samefile(file) or filecmp.cmp(name, file, shallow=False))):
            link(file, name)
    for path in lake.gold_latest.rglob("*"):
        if path.is_file() and path not in names:
            remove(path)


def altered(lake: Lake, manifest: Manifest) -> list[str]:
    """Files of the snapshot whose bytes are not those that were published."""
    files = [file for table in manifest.tables.values() for file in table.files]
    return [
        file.path
        for file in files
        if hashlib.sha256((lake.gold / file.path).read_bytes()).hexdigest() != file.sha256
    ]


def read(lake: Lake, manifest: Manifest, table: str) -> pl.LazyFrame:
    """A table of the snapshot."""
    return pl.concat([pl.scan_parquet(lake.gold / file.path) for file in manifest.tables[table].files])


@cache
def code() -> str:
    """Stamp of the code that makes tables; other code may make another table of the same rows."""
    digest = hashlib.sha256(pl.__version__.encode())
    for file in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def is_there(lake: Lake, table: GoldTable) -> bool:
    """Whether the files of a table are there, as long as they were."""
    paths = [(lake.gold / file.path, file.bytes) for file in table.files]
    return all(path.exists() and path.stat().st_size == length for path, length in paths)


def read_back(lake: Lake, table: GoldTable, columns: Collection[str]) -> pl.LazyFrame:
    """Those of the columns that the table has, as its files hold them now; a file that cannot be read raises
    `DamagedError`."""
    names = [column.name for column in table.columns]
    wanted = [name for name in names if name in columns] or names[:1]
    return pl.concat([_columns(lake.gold / file.path, wanted) for file in table.files]).lazy()


def _columns(path: Path, names: list[str]) -> pl.DataFrame:
    with readable(path, "a file of gold"):
        return pl.read_parquet(path, columns=names)


def unkept(lake: Lake, keep: int) -> Iterator[Path]:
    """Manifests before the last `keep`, and files that neither a later one nor the current one names."""
    manifests = sorted(lake.gold_snapshots.glob("[!.]*.json"))
    yield from manifests[:-keep]
    kept = [_read(path) for path in manifests[-keep:]]
    # Of a publication that was cut short the last manifest may be there, and not be the current one.
    if (current := load(lake)) is not None:
        kept.append(current)
    named = {file.path for manifest in kept for table in manifest.tables.values() for file in table.files}
    for path in sorted(lake.gold_files.glob("[!.]*")):
        if path.relative_to(lake.gold).as_posix() not in named:
            yield path


def _latest(lake: Lake, table: str, file: GoldFile) -> Path:
    return lake.gold_latest / (f"{table}/{file.part}.parquet" if file.part else f"{table}.parquet")


def _forget(lake: Lake, keep: int) -> None:
    """Remove the manifests before the last `keep`, and files that no manifest left names."""
    for path in list(unkept(lake, keep)):
        remove(path)
