"""CSV and its kin."""

import polars as pl
from polars.exceptions import PolarsError

from saleslake.profiles import Table
from saleslake_scraper.readers.broken import BrokenFileError, refuse_json
from saleslake_scraper.readers.decoding import as_utf8
from saleslake_scraper.readers.frames import empty, with_rows
from saleslake_scraper.readers.naming import unique_names
from saleslake_scraper.readers.records import Dialect

_MARK = "\ufeff".encode()


def read_delimited(body: bytes, table: Table, separator: str) -> pl.DataFrame:
    """Every field as the text that was seen; an empty field that is not quoted is null.

    A row with fewer fields than the header misses its last ones (spreadsheets leave them away): null. More
    fields than the header (but empty ones with `trailing_separators`), a bad quote, and a last row that ends
    early without a line end (a cut file) raise `BrokenFileError`.
    """
    refuse_json(body, "delimited text")
    text = as_utf8(body, table.encoding)
    dialect = Dialect(text, table.separator or separator, table.quote)
    names, data = _header(dialect, table)
    if data >= len(text):
        return with_rows(empty(names))
    _refuse_cut(dialect, data, len(names), table.quote)
    frame = _fast(dialect, data, names, table, separator)
    return with_rows(dialect.frame(data, names, table.trailing_separators) if frame is None else frame)


def _header(dialect: Dialect, table: Table) -> tuple[list[str], int]:
    """Names of the columns, and the byte at which the data begins."""
    at = len(_MARK) if dialect.body.startswith(_MARK) else 0
    if table.columns is not None:
        return unique_names(table.columns), at
    for _ in range(table.header_row - 1):
        end = dialect.body.find(dialect.line_end, at)
        at = end + 1 if end >= 0 else len(dialect.body)
    fields, data = dialect.record(at) if at < len(dialect.body) else ([], at)
    if not any(fields):
        raise BrokenFileError(f"row {table.header_row}, where the header should stand, is empty")
    return unique_names(fields), data


def _refuse_cut(dialect: Dialect, data: int, width: int, quote: str) -> None:
    """A download that was cut, or a file still being written, ends in the middle of a row."""
    if dialect.body.endswith((b"\n", dialect.line_end)):
        return
    last = max(dialect.body.rfind(dialect.line_end) + 1, data)
    if quote and dialect.body.count(quote.encode(), last) % 2:
        return  # a field that spans lines ends here; where it begins is for the reader to find
    fields, _ = dialect.record(last)
    if 1 < len(fields) < width or (len(fields) == 1 and width > 1 and fields[0] is not None):
        raise BrokenFileError(f"the last row ends after {len(fields)} of {width} fields: the file is cut")


def _fast(dialect: Dialect, data: int, names: list[str], table: Table, separator: str) -> pl.DataFrame | None:
    """By Polars; nothing where it finds fault, since its messages quote the data and name no line."""
    between, quote = table.separator or separator, table.quote
    if not between.isascii() or not quote.isascii():
        return None
    try:
        return pl.read_csv(
            dialect.body,
            has_header=False,
            schema=dict.fromkeys(names, pl.String()),
            missing_columns="insert",
            # Skipped rather than cut off: the body is not copied.
            skip_lines=dialect.body.count(dialect.line_end, 0, data),
            separator=between,
            quote_char=quote or None,
            eol_char=dialect.line_end.decode(),
        )
    except PolarsError:
        return None
