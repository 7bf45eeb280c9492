"""The log on disk: one Delta table an entity, appended once per batch and never rewritten."""

from urllib.parse import unquote

import polars as pl
from deltalake import CommitProperties, DeltaTable, Transaction, write_deltalake
from deltalake.exceptions import TableNotFoundError

from saleslake.lake import Lake

MONTH = "month"
"""Partition column of logs whose rows carry a date: `YYYY-MM`, null where a row has none."""


def append(lake: Lake, table: str, batch: str, rows: pl.DataFrame, dated_by: str | None = None) -> None:
    """Append a batch's rows; a batch that is there already is left as it is.

    `batch` is the Delta application id under which the append is known. Columns that the log does not
    have yet are added to it.
    """
    path = lake.log_table(table)
    log = _open(lake, table)
    if log is not None and log.transaction_version(batch) is not None:
        return
    if dated_by is not None:
        rows = rows.with_columns(pl.col(dated_by).dt.strftime("%Y-%m").alias(MONTH))
    path.mkdir(parents=True, exist_ok=True)
    write_deltalake(
        log if log is not None else path.resolve().as_uri(),
        rows,
        mode="append",
        schema_mode="merge",
        partition_by=[MONTH] if dated_by is not None else None,
        commit_properties=CommitProperties(app_transactions=[Transaction(batch, 1)]),
    )


def holds(lake: Lake, table: str, batch: str) -> bool:
    """Whether a batch was appended to the log, with rows or without."""
    log = _open(lake, table)
    return log is not None and log.transaction_version(batch) is not None


def scan(lake: Lake, table: str, schema: dict[str, pl.DataType]) -> pl.LazyFrame:
    """All versions in the log, with the columns of the schema."""
    log = _open(lake, table)
    return _frame(_files(log) if log is not None else [], schema)


def scan_added(lake: Lake, table: str, since: int | None, schema: dict[str, pl.DataType]) -> pl.LazyFrame:
    """The versions that came after the log's version `since` (none: all of them)."""
    log = _open(lake, table)
    if log is None or log.version() == since:
        return _frame([], schema)
    files = _files(log)
    if since is not None:
        known = set(_files(_at(lake, table, since)))
        files = [file for file in files if file not in known]
    return _frame(files, schema)


def version(lake: Lake, table: str) -> int | None:
    """The log's version, which every append raises; none where there is no log."""
    log = _open(lake, table)
    return None if log is None else log.version()


def _open(lake: Lake, table: str) -> DeltaTable | None:
    try:
        return _at(lake, table)
    except TableNotFoundError:
        return None


def _at(lake: Lake, table: str, version: int | None = None) -> DeltaTable:
    return DeltaTable(lake.log_table(table).resolve().as_uri(), version=version)


def _files(log: DeltaTable) -> list[str]:
    """Paths of the log's files; Delta gives them as they stand in an address, with a blank as %20."""
    return [unquote(file).removeprefix("file://") for file in log.file_uris()]


def _frame(files: list[str], schema: dict[str, pl.DataType]) -> pl.LazyFrame:
    if not files:
        return pl.LazyFrame(schema=schema)
    return pl.scan_parquet(
        files,
        schema=schema,
        missing_columns="insert",
        extra_columns="ignore",
        hive_partitioning=False,
        glob=False,
    )
