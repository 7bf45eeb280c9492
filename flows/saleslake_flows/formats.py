"""Rows as the bytes of a file: csv, xlsx, json, parquet."""

import io
import json
import math
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import polars as pl
import pyarrow.parquet as pq
from polars import selectors as cs

from saleslake_flows.exits import WrongUseError
from saleslake_flows.harmless import harmless
from saleslake_flows.options import FileFormat


def rendered(rows: pl.DataFrame, file_format: FileFormat) -> bytes:
    """The rows in a format; raises `WrongUseError` where it cannot hold them."""
    match file_format:
        case "parquet":
            return _parquet(rows)
        case "csv":
            return _csv(_flat(rows))
        case "json":
            return "".join(_json(_flat(rows))).encode()
        case "xlsx":
            # The scraper's image does without it, and so does a command that writes no workbook.
            from saleslake_flows.workbook import workbook

            return workbook(_flat(rows))


def _flat(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with text for what is neither text, number, date nor truth."""
    for name, dtype in rows.schema.items():
        if dtype.is_nested() or dtype == pl.Binary:
            raise WrongUseError(f"{name} is a {dtype}, which only parquet holds; ask for parts of it")
    times = (cs.temporal() - cs.date()).dt.to_string("iso:strict")
    return rows.with_columns(times).with_columns(cs.by_dtype(pl.Null).cast(pl.String))


def _csv(rows: pl.DataFrame) -> bytes:
    """RFC 4180 in UTF-8; what a spreadsheet would run as a formula has an apostrophe before."""
    names = pl.DataFrame([rows.columns], [str(at) for at in range(rows.width)], orient="row")
    return "".join(
        part.with_columns(harmless(cs.string())).write_csv(include_header=False, line_terminator="\r\n")
        for part in (names, rows)
    ).encode()


def _json(rows: pl.DataFrame) -> Iterator[str]:
    """A list of objects, one a line; decimals are text, which every reader keeps exactly."""
    for number, row in enumerate(rows.iter_rows(named=True)):
        said = {name: _said(value) for name, value in row.items()}
        yield ("[\n" if number == 0 else ",\n") + json.dumps(said, ensure_ascii=False)
    yield "[]\n" if rows.is_empty() else "\n]\n"


def _said(value: object) -> object:
    match value:
        case Decimal():
            return f"{value:f}"
        case date():
            return value.isoformat()
        case float() if not math.isfinite(value):
            return str(value)
        case _:
            return value


def _parquet(rows: pl.DataFrame) -> bytes:
    """As gold's own files are written, with the types that the rows have."""
    buffer = io.BytesIO()
    pq.write_table(rows.to_arrow(), buffer, compression="snappy", data_page_version="1.0", store_schema=False)
    return buffer.getvalue()
