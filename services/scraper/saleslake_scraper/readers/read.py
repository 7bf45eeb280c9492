"""A file by its format."""

from pathlib import PurePosixPath

import polars as pl

from saleslake.profiles import Table
from saleslake_scraper.readers.broken import BrokenFileError, refuse_pages
from saleslake_scraper.readers.columnar import read_parquet
from saleslake_scraper.readers.delimited import read_delimited
from saleslake_scraper.readers.documents import read_json, read_ndjson
from saleslake_scraper.readers.unpack import gunzip
from saleslake_scraper.readers.workbook import read_workbook

_BY_SUFFIX = {
    ".csv": "csv",
    ".tsv": "tsv",
    ".tab": "tsv",
    ".xlsx": "xlsx",
    ".xlsm": "xlsx",
    ".xls": "xls",
    ".json": "json",
    ".ndjson": "ndjson",
    ".jsonl": "ndjson",
    ".parquet": "parquet",
}


def read_file(name: str, body: bytes, tables: dict[str, Table], limit: int) -> dict[str, pl.DataFrame]:
    """The rows of each table that the file feeds: columns of text, and `_row` from 1.

    `limit` is the most bytes that it may unpack to. Raises `BrokenFileError`: then nothing of it counts.
    """
    refuse_pages(body, "a sales export")
    if name.lower().endswith(".gz"):
        name, body = name[:-3], gunzip(body, limit)
        refuse_pages(body, "a sales export")
    return {table: _frame(name, body, spec) for table, spec in tables.items()}


def can_read(name: str, table: Table) -> bool:
    """Whether the format of the file is known."""
    return _format(name.lower().removesuffix(".gz"), table) is not None


def _format(name: str, table: Table) -> str | None:
    return table.format or _BY_SUFFIX.get(PurePosixPath(name.lower()).suffix)


def _frame(name: str, body: bytes, table: Table) -> pl.DataFrame:
    kind = _format(name, table)
    try:
        match kind:
            case "csv":
                return read_delimited(body, table, ",")
            case "tsv":
                return read_delimited(body, table, "\t")
            case "xlsx" | "xls":
                return read_workbook(body, table)
            case "json":
                return read_json(body, table)
            case "ndjson":
                return read_ndjson(body, table)
            case "parquet":
                return read_parquet(body)
            case _:
                raise BrokenFileError("its name does not tell its format: say 'format' in the table")
    except BaseException as error:
        # Rust libraries panic on some damaged files, with an exception that is no Exception.
        if type(error).__name__ != "PanicException":
            raise
        raise BrokenFileError(f"the reader of {kind} gave up on it: damaged") from error
