"""JSON, lines of JSON and Parquet: values as text."""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from io import BytesIO

import polars as pl
import pytest

from saleslake.profiles import Table
from saleslake_scraper.readers import BrokenFileError, read_file


def read(name: str, body: bytes, **said):
    return read_file(name, body, {"sales": Table(files="*", **said)}, 1 << 30)["sales"]


VALUES = {
    "5": "5",
    "-1.10": "-1.10",
    "17850.0": "17850",
    "1e3": "1000",
    "1.5E-7": "0.00000015",
    "12345678901234567890.12": "12345678901234567890.12",
    "true": "true",
    "null": None,
    '""': "",
    '"17850.0"': "17850.0",
    '" x "': " x ",
    '{"a": [1, 2.50, "é", null, {}]}': '{"a": [1, 2.50, "é", null, {}]}',
    "[]": "[]",
}


@pytest.mark.parametrize("written", VALUES)
def test_a_json_value_is_the_text_that_was_written(written):
    body = f'[{{"v": {written}, "k": 1}}]'.encode()
    assert read("sales.json", body).rows() == [(VALUES[written], "1", 1)]
    line = f'{{"v": {written}, "k": 1}}\n'.encode()
    assert read("sales.ndjson", line).rows() == [(VALUES[written], "1", 1)]


def test_records_lie_at_a_path_and_keys_come_and_go():
    body = b'{"data": {"items": [{"a": 1}, {"b": 2, "a": 3}]}}'
    frame = read("sales.json", body, records="data.items")
    assert frame.columns == ["a", "b", "_row"]
    assert frame.rows() == [("1", None, 1), ("3", "2", 2)]


def test_empty_lines_do_not_count():
    assert read("sales.jsonl", b'\xef\xbb\xbf{"a": 1}\r\n\n{"a": 2}').rows() == [("1", 1), ("2", 2)]


BROKEN = {
    "cut": ("sales.json", b'[{"a": 1}, {"a"', {}, "not valid JSON"),
    "cut line": ("sales.ndjson", b'{"a": 1}\n{"a', {}, "not valid JSON in line 2"),
    "no list": ("sales.json", b'{"error": "no"}', {}, "say 'records'"),
    "nothing at the path": ("sales.json", b'{"data": []}', {"records": "data.items"}, "nothing at records"),
    "no objects": ("sales.json", b"[1, 2]", {}, "record 1 is not an object"),
    "a page": ("sales.json", b"<html><head>", {}, "an HTML page"),
    "half a character": ("sales.json", b'[{"a": "\\ud800"}]', {}, "surrogate"),
    "no utf-8": ("sales.json", b'[{"a": "\xe9"}]', {}, "not valid utf-8"),
    "no parquet": ("sales.parquet", b"PAR1 and then nothing PAR1", {}, "not a Parquet file"),
    "a page as parquet": ("sales.parquet", b"<!doctype html>", {}, "an HTML page"),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_document_is_named(kind):
    name, body, said, reason = BROKEN[kind]
    with pytest.raises(BrokenFileError, match=reason):
        read(name, body, **said)


def parquet(**columns) -> bytes:
    file = BytesIO()
    pl.DataFrame(columns).write_parquet(file)
    return file.getvalue()


CASTS = {
    "int": (pl.Series([5, None]), ["5", None]),
    "whole float": (pl.Series([17850.0, -0.5]), ["17850", "-0.5"]),
    "float at its ends": (pl.Series([1e22, 1e-7]), ["10000000000000000000000", "0.0000001"]),
    "float of 32 bits": (pl.Series([0.1, 2.0], dtype=pl.Float32), ["0.1", "2"]),
    "no number": (pl.Series([float("nan"), float("inf")]), [None, None]),
    "truth": (pl.Series([True, False]), ["true", "false"]),
    "decimal": (pl.Series([Decimal("1.10"), None]), ["1.10", None]),
    "day": (pl.Series([date(2019, 7, 13), None]), ["2019-07-13", None]),
    "instant": (
        pl.Series([datetime(2019, 7, 13, 10, 0, 0, 500000), datetime(2019, 7, 13)]),  # noqa: DTZ001 # no zone
        ["2019-07-13T10:00:00.500", "2019-07-13T00:00:00"],
    ),
    "instant with a zone": (
        pl.Series([datetime(2019, 7, 13, 10, tzinfo=UTC)]).dt.convert_time_zone("Europe/Paris"),
        ["2019-07-13T10:00:00Z"],
    ),
    "time": (pl.Series([time(10, 30), None]), ["10:30:00", None]),
    "list": (pl.Series([[1, 2], None]), ["[1,2]", None]),
    "struct": (pl.Series([{"a": 1}, None]), ['{"a":1}', None]),
    "category": (pl.Series(["a", None], dtype=pl.Categorical), ["a", None]),
}


@pytest.mark.parametrize("kind", CASTS)
def test_a_parquet_value_becomes_text(kind):
    column, expected = CASTS[kind]
    frame = read("sales.parquet", parquet(k=pl.Series(["k"] * len(column)), v=column))
    assert frame["v"].to_list() == expected
    assert frame.schema["v"] == pl.String
