"""Workbooks, new and old, written here cell by cell."""

from datetime import datetime, time
from io import BytesIO
from typing import Any

import openpyxl
import polars as pl
import pytest
import xlwt

from saleslake.profiles import Table
from saleslake_scraper.readers import BrokenFileError, read_file


def read(name: str, body: bytes, **said) -> pl.DataFrame:
    return read_file(name, body, {"sales": Table(files="*", **said)}, 1 << 30)["sales"]


def xlsx(rows, sheet: str = "Orders") -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.active.title = sheet
    book.create_sheet("People").append(["Person"])
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def xls(rows) -> bytes:
    book = xlwt.Workbook()
    sheet = book.add_sheet("Orders")
    for r, row in enumerate(rows):
        for c, cell in enumerate(row):
            style = (
                xlwt.easyxf(num_format_str="yyyy-mm-dd hh:mm")
                if isinstance(cell, datetime)
                else xlwt.Style.default_style
            )
            sheet.write(r, c, cell, style)
    file = BytesIO()
    book.save(file)
    return file.getvalue()


CELLS = {
    "whole": (43659, "43659"),
    "whole float": (43659.0, "43659"),
    "float": (20565.6206, "20565.6206"),
    "small": (1e-7, "0.0000001"),
    "text": (" 007 ", " 007 "),
    "truth": (True, "true"),
    "day": (datetime(2019, 7, 13), "2019-07-13"),  # noqa: DTZ001 # spreadsheets know no zone
    "instant": (datetime(2019, 7, 13, 10, 0), "2019-07-13T10:00:00"),  # noqa: DTZ001  # as above
    "text like an instant": ("2019-07-13 00:00:00", "2019-07-13 00:00:00"),
    "empty": (None, None),
}


@pytest.mark.parametrize("kind", CELLS)
@pytest.mark.parametrize("write", [xlsx, xls])
def test_a_cell_is_text(kind, write):
    cell, expected = CELLS[kind]
    frame = read(f"orders.{write.__name__}", write([["k", "v"], ["k", cell]]))
    assert frame.rows() == [("k", expected, 1)]


def test_a_time_of_day_has_no_day():
    assert read("orders.xlsx", xlsx([["v"], [time(10, 30)]])).rows() == [("10:30:00", 1)]


def test_one_column_mixes_what_it_likes():
    cells = [5, "x", datetime(2019, 7, 13), 0.5]  # noqa: DTZ001 # spreadsheets know no zone
    frame = read("orders.xlsx", xlsx([["v"], *([cell] for cell in cells)]))
    assert frame["v"].to_list() == ["5", "x", "2019-07-13", "0.5"]


def test_rows_are_counted_as_the_spreadsheet_does():
    rows = [[], ["export of", None], ["id", "name", None, "id"], ["1", "a"], [], ["2", "b", None, "3"]]
    frame = read("orders.xlsx", xlsx(rows), header_row=3)
    assert frame.columns == ["id", "name", "column_3", "id_2", "_row"]
    assert frame.rows() == [("1", "a", None, None, 1), ("2", "b", None, "3", 3)]


def test_a_sheet_without_a_header():
    body = xlsx([[1, "a"], [2, "b"]])
    assert read("orders.xlsx", body, columns=["id", "name", "more"]).rows() == [
        ("1", "a", None, 1),
        ("2", "b", None, 2),
    ]
    with pytest.raises(BrokenFileError, match="2 columns, the profile names 1"):
        read("orders.xlsx", body, columns=["id"])


def test_one_workbook_feeds_two_tables():
    tables = {"orders": Table(files="*"), "people": Table(files="*", sheet="People")}
    frames = read_file("book.xlsx", xlsx([["id"], [1]]), tables, 1 << 30)
    assert frames["orders"].rows() == [("1", 1)]
    assert frames["people"].columns == ["Person", "_row"]


BROKEN: dict[str, tuple[bytes, dict[str, Any], str]] = {
    "garbage": (b"PK\x03\x04" + b"x" * 500, {}, "not an Excel workbook"),
    "cut": (xlsx([["id"], [1]])[:-300], {}, "not an Excel workbook"),
    "old and cut": (xls([["id"], [1]])[:700], {}, "not an Excel workbook|damaged"),
    "a page": (b"<html>", {}, "an HTML page"),
    "no such sheet": (xlsx([["id"]]), {"sheet": "Returns"}, "no sheet 'Returns'"),
    "no header": (xlsx([["id"]]), {"header_row": 4}, "row 4, where the header should stand"),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_workbook_is_named(kind):
    body, said, reason = BROKEN[kind]
    with pytest.raises(BrokenFileError, match=reason):
        read("orders.xlsx", body, **said)
