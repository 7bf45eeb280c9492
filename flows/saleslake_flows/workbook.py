"""Rows as an Excel workbook: numbers and dates as such, text as text whatever it looks like."""

import io
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import polars as pl
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from saleslake_flows.exits import WrongUseError

MOST_ROWS = 1_048_576
"""Rows of a sheet, its header among them."""

MOST_CHARACTERS = 32_767
"""Of a cell."""

_DIGITS = 15
"""Of a number: Excel keeps no more."""

_FIRST_DAY = date(1900, 3, 1)
"""Excel counts a day before it that never was, and knows none before 1900."""

_WIDEST = 60

_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}

Write = Callable[[Worksheet, int, int, object], object]


def workbook(rows: pl.DataFrame) -> bytes:
    """The rows as one sheet below a frozen header.

    A column of which Excel would not keep every value is text as a whole: numbers of more than 15 digits, as
    keys are, what is no number, and dates before March 1900.

    Raises `WrongUseError` where there are more rows, or more characters in a cell, than Excel takes.
    """
    _held_to_limits(rows)
    body = io.BytesIO()
    with xlsxwriter.Workbook(body, _OPTIONS) as book:
        sheet = book.add_worksheet("rows")
        sheet.freeze_panes(1, 0)
        sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{MOST_ROWS}"})
        head = book.add_format({"bold": True})
        money = book.add_format({"num_format": "#,##0.00##"})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for at, name in enumerate(rows.columns):
            sheet.set_column(at, at, _width(rows[name]))
            sheet.write_string(0, at, name, head)
        writes = [_write(column, money, day) for column in rows]
        for line, row in enumerate(rows.iter_rows(), 1):
            for at, (write, value) in enumerate(zip(writes, row, strict=True)):
                if value is not None:
                    write(sheet, line, at, value)
    return body.getvalue()


def _held_to_limits(rows: pl.DataFrame) -> None:
    if rows.height >= MOST_ROWS:
        raise WrongUseError(
            f"an Excel sheet holds {MOST_ROWS - 1:,} rows below its header, and these are {rows.height:,}; "
            "--limit takes fewer, csv and parquet hold all"
        )
    for column in rows.select(pl.selectors.string()):
        longest = column.str.len_chars().max()
        if isinstance(longest, int) and longest > MOST_CHARACTERS:
            raise WrongUseError(
                f"a cell of Excel holds {MOST_CHARACTERS:,} characters, and {column.name} has one of "
                f"{longest:,}; csv and parquet hold all"
            )


def _write(column: pl.Series, money: Format, day: Format) -> Write:
    """How the values of a column are written."""
    dtype = column.dtype
    match dtype:
        case pl.Boolean():
            return lambda sheet, line, at, value: sheet.write_boolean(line, at, value)
        case pl.Date() if _is_after(column, _FIRST_DAY):
            return lambda sheet, line, at, value: sheet.write_datetime(line, at, value, day)
        case pl.Decimal() if _is_below(column, 10 ** (_DIGITS - 4)):
            return lambda sheet, line, at, value: sheet.write_number(line, at, value, money)
        case _ if dtype.is_float() and column.is_finite().all():
            return lambda sheet, line, at, value: sheet.write_number(line, at, value)
        case _ if dtype.is_integer() and _is_below(column, 10**_DIGITS):
            return lambda sheet, line, at, value: sheet.write_number(line, at, value)
        case _:
            return lambda sheet, line, at, value: sheet.write_string(line, at, _text(value))


def _text(value: object) -> str:
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _is_after(column: pl.Series, first: date) -> bool:
    least = column.min()
    return least is None or (isinstance(least, date) and least >= first)


def _is_below(column: pl.Series, bound: int) -> bool:
    """Whether all numbers are nearer to 0."""
    return bool((column.cast(pl.Float64).abs() < bound).all())


def _width(column: pl.Series) -> int:
    longest = column.head(1000).cast(pl.String).str.len_chars().max()
    return min(_WIDEST, max(len(column.name), longest if isinstance(longest, int) else 0) + 2)
