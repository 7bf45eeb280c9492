"""Rows as files: values are kept exactly, and what looks like a formula is none."""

import csv
import io
import json
from datetime import date, datetime
from decimal import Decimal

import openpyxl
import polars as pl
import pytest

from saleslake_flows.exits import WrongUseError
from saleslake_flows.formats import rendered

FORMULAS = [
    *("=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\nx", " =1", "\ufeff=1"),
    *("\uff1d1", "\uff0b1", "\uff0d1", "\uff20x"),
]
PLAIN = ["a=b", "2-1", "a@b", "'=1", "a\tb", "x\r\ny", 'say "so", he', "", "é"]


def sheet(rows: pl.DataFrame):
    return openpyxl.load_workbook(io.BytesIO(rendered(rows, "xlsx"))).active


def table(rows: pl.DataFrame) -> list[list[str]]:
    return list(csv.reader(io.StringIO(rendered(rows, "csv").decode(), newline="")))


@pytest.mark.parametrize("text", FORMULAS)
def test_what_a_spreadsheet_would_run_is_text_for_it(text):
    rows = pl.DataFrame({text: [text], "n": [-1], "m": [Decimal("-1.50")], "f": [-0.5]})
    assert table(rows) == [["'" + text, "n", "m", "f"], ["'" + text, "-1", "-1.50", "-0.5"]]
    # So is a carriage return written in a workbook.
    in_workbook = text.replace("\r", "_x000D_")
    for cell in (sheet(rows)["A1"], sheet(rows)["A2"]):
        assert (cell.value, cell.data_type) == (in_workbook, "s")
    assert [cell.data_type for cell in sheet(rows)[2]] == ["s", "n", "n", "n"]
    assert json.loads(rendered(rows, "json"))[0][text] == text


@pytest.mark.parametrize("text", PLAIN)
def test_other_text_stays_as_it_is(text):
    rows = pl.DataFrame({"n": [1], "text": [text]})
    assert table(rows)[1] == ["1", text]


def test_an_address_is_no_link_and_digits_are_no_number():
    there = sheet(pl.DataFrame({"text": ["http://x", "007"]}))
    assert [(cell.value, cell.data_type, cell.hyperlink) for (cell,) in there["A2:A3"]] == [
        ("http://x", "s", None),
        ("007", "s", None),
    ]


def test_csv_is_that_of_rfc_4180_without_a_mark():
    rows = pl.DataFrame({"day": [date(2026, 3, 1), None], "flag": [True, None], "text": ["a,b", None]})
    assert rendered(rows, "csv") == b'day,flag,text\r\n2026-03-01,true,"a,b"\r\n,,\r\n'


def test_numbers_and_dates_of_a_workbook_are_such():
    rows = pl.DataFrame(
        {"m": [Decimal("1234.5"), None], "day": [date(2026, 3, 1), None], "n": [3, None], "f": [0.25, None]},
        schema_overrides={"m": pl.Decimal(18, 4)},
    )
    there = sheet(rows)
    assert [cell.value for cell in there[2]] == [1234.5, datetime.fromisoformat("2026-03-01"), 3, 0.25]
    assert [there["A2"].number_format, there["B2"].number_format] == ["#,##0.00##", "yyyy-mm-dd"]
    assert [cell.value for cell in there[3]] == [None] * 4
    assert there.freeze_panes == "A2"


@pytest.mark.parametrize(
    ("values", "dtype", "texts"),
    [
        ([2**62, 1], pl.Int64, ["4611686018427387904", "1"]),
        ([Decimal("123456789012.3456"), Decimal(0)], pl.Decimal(38, 4), ["123456789012.3456", "0.0000"]),
        ([date(1899, 12, 31), date(2026, 1, 1)], pl.Date, ["1899-12-31", "2026-01-01"]),
        ([float("nan"), 0.5], pl.Float64, ["nan", "0.5"]),
        ([datetime.fromisoformat("2026-01-01T12:00")], pl.Datetime("us"), ["2026-01-01T12:00:00.000000"]),
    ],
)
def test_what_excel_would_not_keep_is_text_in_the_whole_column(values, dtype, texts):
    there = sheet(pl.DataFrame({"x": pl.Series(values, dtype=dtype)}))
    assert [(cell.value, cell.data_type) for cell in there["A"][1:]] == [(text, "s") for text in texts]


@pytest.mark.parametrize("dtype", [pl.Int8, pl.UInt64, pl.Decimal(2, 0), pl.Float32])
def test_small_types_are_numbers(dtype):
    assert sheet(pl.DataFrame({"x": pl.Series([7, None], dtype=dtype)}))["A2"].value == 7


def test_more_than_excel_takes_is_wrong_use():
    with pytest.raises(
        WrongUseError, match=r"holds 1,048,575 rows below its header, and these are 1,048,576"
    ):
        rendered(pl.DataFrame({"n": range(1_048_576)}), "xlsx")
    with pytest.raises(WrongUseError, match=r"holds 32,767 characters, and text has one of 32,768"):
        rendered(pl.DataFrame({"text": ["x" * 32_768]}), "xlsx")


def test_json_keeps_decimals_as_text_and_has_no_number_that_json_lacks():
    rows = pl.DataFrame(
        {"m": [Decimal("0.1000")], "zero": [Decimal("0E-10")], "k": [2**62], "f": [float("inf")]},
        schema_overrides={"zero": pl.Decimal(38, 10)},
    )
    body = rendered(rows, "json")
    assert json.loads(body) == [{"m": "0.1000", "zero": "0.0000000000", "k": 2**62, "f": "inf"}]
    assert json.loads(rendered(rows.clear(), "json")) == []


def test_parquet_gives_the_rows_back():
    rows = pl.DataFrame({"=m": [Decimal("0.1000"), None], "day": [date(2026, 3, 1), None], "l": [[1], []]})
    assert pl.read_parquet(rendered(rows, "parquet")).equals(rows)


@pytest.mark.parametrize("form", ["csv", "xlsx", "json"])
def test_a_list_is_for_parquet_alone(form):
    with pytest.raises(WrongUseError, match=r"l is a List\(Int64\), which only parquet holds"):
        rendered(pl.DataFrame({"l": [[1]]}), form)
