"""The log on disk: one Delta table an entity, appended once per staging of a batch and never rewritten."""

import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from urllib.parse import unquote

import polars as pl
import pyarrow as pa
from deltalake import CommitProperties, DeltaTable, Transaction, write_deltalake
from deltalake.exceptions import DeltaError, TableNotFoundError

from saleslake.durable import step
from saleslake.lake import Lake

MONTH = "month"
"""Partition column of logs whose rows carry a date: `YYYY-MM`, null where a row has none."""

_VERSIONS = "_delta_log"
"""Folder of a log that says which files each version has."""

_AT_HAND = re.compile(r".*#\d+")
"""Names of files that Delta has not finished."""

_LEAST, _MOST = "min.batch", "max.batch"


def append(lake: Lake, table: str, application: str, rows: pl.DataFrame, dated_by: str | None = None) -> None:
    """Append the rows of an application; one that is there already is left as it is.

    Columns that the log does not have yet are added to it.
    """
    path = lake.log_table(table)
    log = _open(lake, table)
    if log is not None and log.transaction_version(application) is not None:
        return
    if dated_by is not None:
        rows = rows.with_columns(pl.col(dated_by).dt.strftime("%Y-%m").alias(MONTH))
    path.mkdir(parents=True, exist_ok=True)
    with step("append", path):
        write_deltalake(
            log if log is not None else path.resolve().as_uri(),
            rows,
            mode="append",
            schema_mode="merge",
            partition_by=[MONTH] if dated_by is not None else None,
            commit_properties=CommitProperties(app_transactions=[Transaction(application, 1)]),
        )


def scan(
    lake: Lake, table: str, schema: Mapping[str, pl.DataType], version: int | None = None
) -> pl.LazyFrame:
    """All rows of the log, as of a version of it or now, with the columns of the schema.

    Rows of an entity count only where the ledger says so: see `log_view`.
    """
    log = _open(lake, table, version)
    return _frame(_files(log) if log is not None else [], schema)


def scan_batches(
    lake: Lake, table: str, schema: Mapping[str, pl.DataType], batches: Collection[str]
) -> pl.LazyFrame:
    """The rows of the files that may hold rows of these batches, with the columns of the schema."""
    log = _open(lake, table) if batches else None
    if log is None:
        return _frame([], schema)
    files = pl.DataFrame({"path": _files(log)}, schema={"path": pl.String})
    statistics = pl.DataFrame(pa.table(log.get_add_actions(flatten=True)))
    if {"path", _LEAST, _MOST} <= set(statistics.columns):
        # A file is one batch's append; one without statistics may be of any.
        one = pl.col(_LEAST).eq_missing(pl.col(_MOST)) & pl.col(_LEAST).is_not_null()
        others = statistics.filter(one & ~pl.col(_LEAST).is_in(list(batches)))["path"]
        names = files["path"].str.split("/").list.last()
        files = files.filter(~names.is_in(others.str.split("/").list.last().implode()))
    return _frame(files["path"].to_list(), schema)


def version(lake: Lake, table: str) -> int | None:
    """The log's version, which every append raises; none where there is no log."""
    log = _open(lake, table)
    return None if log is None else log.version()


def reaches(lake: Lake, table: str, version: int) -> bool:
    """Whether the log can be read as of a version: Delta forgets what is older than 30 days and a checkpoint,
    and a log that was put back from a backup is not there yet."""
    try:
        return _open(lake, table, version) is not None
    except DeltaError:
        return False


def unnamed(lake: Lake) -> Iterator[Path]:
    """Files of appends that were killed before they were a version. The caller holds the lake's lock.

    A log is only ever appended to, so that its last version names what every earlier one does.
    """
    for folder in sorted(lake.log.glob("*/")):
        log = _open(lake, folder.name)
        named = {Path(file) for file in _files(log)} if log is not None else set()
        for path in sorted(file for file in folder.resolve().rglob("*") if file.is_file()):
            of_versions = path.parent.name == _VERSIONS and not _AT_HAND.fullmatch(path.name)
            if not of_versions and path not in named:
                yield path


def _open(lake: Lake, table: str, version: int | None = None) -> DeltaTable | None:
    try:
        return DeltaTable(lake.log_table(table).resolve().as_uri(), version=version)
    except TableNotFoundError:
        return None


def _files(log: DeltaTable) -> list[str]:
    """Paths of the log's files; Delta gives them as they stand in an address, with a blank as %20."""
    return [unquote(file).removeprefix("file://") for file in log.file_uris()]


def _frame(files: list[str], schema: Mapping[str, pl.DataType]) -> pl.LazyFrame:
    if not files:
        return pl.LazyFrame(schema=schema)
    return pl.scan_parquet(
        files,
        schema=dict(schema),
        missing_columns="insert",
        extra_columns="ignore",
        hive_partitioning=False,
        glob=False,
    )
