"""Sheets of Excel workbooks, new and old."""

from datetime import date

import fastexcel
import polars as pl

from saleslake.profiles import Table
from saleslake_scraper.readers.broken import BrokenFileError
from saleslake_scraper.readers.frames import with_rows
from saleslake_scraper.readers.naming import unique_names

# How fastexcel writes a cell that is an instant; a text cell may look the same.
_INSTANT = r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?$"
# A time of day has no day: spreadsheets count it from the day before their first.
_NO_DAY = pl.lit(date(1900, 1, 1))


def read_workbook(body: bytes, table: Table) -> pl.DataFrame:
    """The cells of one sheet as text; `header_row` and `_row` count the rows as the spreadsheet does.

    Whole numbers have no point; others have up to 15 digits, as spreadsheets show them, and no exponent.
    Instants are `2019-07-13T10:00:00`, at midnight `2019-07-13`, times of day `10:00:00`; truth is `true` or
    `false`; an empty cell and an error such as `#N/A` are null. Raises `BrokenFileError`.
    """
    try:
        workbook = fastexcel.read_excel(body)
    except fastexcel.FastExcelError as error:
        raise BrokenFileError("not an Excel workbook, or damaged") from error
    if table.sheet is not None and table.sheet not in workbook.sheet_names:
        # The names of sheets are not told: they may be names of customers.
        raise BrokenFileError(f"the workbook has no sheet {table.sheet!r}")
    try:
        cells = _cells(workbook, table.sheet if table.sheet is not None else 0)
    except fastexcel.FastExcelError as error:
        raise BrokenFileError("a sheet of the workbook cannot be read") from error
    if table.columns is not None:
        return with_rows(_named(cells, unique_names(table.columns)))
    if cells.height < table.header_row or not any(cells.row(table.header_row - 1)):
        raise BrokenFileError(f"row {table.header_row}, where the header should stand, is empty")
    names = unique_names(cells.row(table.header_row - 1))
    return with_rows(_named(cells.slice(table.header_row), names))


def _cells(workbook: fastexcel.ExcelReader, sheet: str | int) -> pl.DataFrame:
    # With skip_rows said, blank rows above the first cell are counted; without it they are not.
    cells = workbook.load_sheet(sheet, header_row=None, skip_rows=0, dtypes="string").to_polars()
    cells.columns = [str(place) for place in range(cells.width)]
    like_instants = [
        place for place, column in enumerate(cells.iter_columns()) if column.str.contains(_INSTANT).any()
    ]
    if not like_instants:
        return cells
    instants = workbook.load_sheet(
        sheet, header_row=None, skip_rows=0, use_columns=like_instants, dtypes="datetime"
    ).to_polars()
    return cells.with_columns(
        _as_iso(cells.to_series(place), instants.to_series(nth)) for nth, place in enumerate(like_instants)
    )


def _as_iso(texts: pl.Series, instants: pl.Series) -> pl.Series:
    """Instants in ISO form; numbers and texts as they are, those that look like an instant too."""
    text, instant = pl.col("text"), pl.col("instant")
    time = text.str.slice(11)
    return (
        pl.DataFrame({"text": texts, "instant": instants})
        .select(
            pl.when(~text.str.contains(_INSTANT) | instant.is_null())
            .then(text)
            .when(instant.dt.date() < _NO_DAY)
            .then(time)
            .when(instant.dt.time() == pl.time(0, 0, 0))
            .then(text.str.slice(0, 10))
            .otherwise(text.str.replace(" ", "T", literal=True))
            .alias(texts.name)
        )
        .to_series()
    )


def _named(rows: pl.DataFrame, names: list[str]) -> pl.DataFrame:
    beyond = rows.select(rows.columns[len(names) :])
    if any(column.null_count() < column.len() for column in beyond.iter_columns()):
        raise BrokenFileError(f"the sheet has {rows.width} columns, the profile names {len(names)}")
    named = rows.select(pl.col(column).alias(name) for column, name in zip(rows.columns, names, strict=False))
    return named.with_columns(pl.lit(None, pl.String).alias(name) for name in names[rows.width :])
