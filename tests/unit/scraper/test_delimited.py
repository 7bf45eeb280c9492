"""Delimited text: what is read of each kind, and what is broken."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saleslake.profiles import Table
from saleslake_scraper.readers import BrokenFileError, read_file
from saleslake_scraper.readers.frames import with_rows
from saleslake_scraper.readers.records import Dialect


def read(body: bytes, name: str = "sales.csv", **said):
    return read_file(name, body, {"sales": Table(files="*", **said)}, 1 << 30)["sales"]


READ: dict[str, tuple[bytes, dict[str, Any], list[str], list[Any]]] = {
    "plain": (b"a,b\n1,2\n", {}, ["a", "b"], [("1", "2", 1)]),
    "windows line ends": (b'a,b\r\n1,"2"\r\n3,4\r\n', {}, ["a", "b"], [("1", "2", 1), ("3", "4", 2)]),
    "old Mac line ends": (b"a,b\r1,2\r3,4\r", {}, ["a", "b"], [("1", "2", 1), ("3", "4", 2)]),
    "no line end at the end": (b"a,b\n1,2\n3,4", {}, ["a", "b"], [("1", "2", 1), ("3", "4", 2)]),
    "header only": (b"a,b\n", {}, ["a", "b"], []),
    "utf-8 mark": (b"\xef\xbb\xbfa,b\n1,2\n", {}, ["a", "b"], [("1", "2", 1)]),
    "utf-8 mark, no header": (b"\xef\xbb\xbf1,2\n", {"columns": ["a", "b"]}, ["a", "b"], [("1", "2", 1)]),
    "utf-16 mark decides": ("a,b\né,2\n".encode("utf-16"), {}, ["a", "b"], [("é", "2", 1)]),
    "mark decides over cp1252": ("\ufeffa\né\n".encode(), {"encoding": "cp1252"}, ["a"], [("é", 1)]),
    "cp1252 and semicolons": (
        "Qté;€\n1;é\n".encode("cp1252"),
        {"encoding": "cp1252", "separator": ";"},
        ["Qté", "€"],
        [("1", "é", 1)],
    ),
    "separator of two bytes": ("a§b\n1§2\n".encode(), {"separator": "§"}, ["a", "b"], [("1", "2", 1)]),
    "text is not trimmed": (b"a,b\n 1 ,\t2\n", {}, ["a", "b"], [(" 1 ", "\t2", 1)]),
    "an empty field is null, a quoted one is text": (b'a,b\n,""\n', {}, ["a", "b"], [(None, "", 1)]),
    "quoted line end, separator and quote": (
        b'a,b\n1,"x\ny, ""z"""\n2,w\n',
        {},
        ["a", "b"],
        [("1", 'x\ny, "z"', 1), ("2", "w", 2)],
    ),
    "inches": (b'a,b\n5" nail,1\n6,2\n', {}, ["a", "b"], [('5" nail', "1", 1), ("6", "2", 2)]),
    "a file that does not quote": (b'a,b\n"5,1\n', {"quote": ""}, ["a", "b"], [('"5', "1", 1)]),
    "junk above the header": (
        b'made by,"me\n\nid,name\n1,x\n',
        {"header_row": 3},
        ["id", "name"],
        [("1", "x", 1)],
    ),
    "a header over two lines": (b'"a\nx",b\n1,2\n', {}, ["a\nx", "b"], [("1", "2", 1)]),
    "a ninth column": (b"a,b,\n1,2,\n", {}, ["a", "b", "column_3"], [("1", "2", None, 1)]),
    "names repeat": (b"a,a,a_2\n1,2,3\n", {}, ["a", "a_3", "a_2"], [("1", "2", "3", 1)]),
    "names of ours": (b"_row,_address\n1,2\n", {}, ["_row_2", "_address_2"], [("1", "2", 1)]),
    "blanks around a name": (b" a ,b\n1,2\n", {}, ["a", "b"], [("1", "2", 1)]),
    "empty rows count and go": (b"a,b\n1,2\n\n,\n3,4\n", {}, ["a", "b"], [("1", "2", 1), ("3", "4", 4)]),
    "separators too many": (
        b'a;b\n1;2;;\n3;4\n5;"";\n',
        {"separator": ";", "trailing_separators": True},
        ["a", "b"],
        [("1", "2", 1), ("3", "4", 2), ("5", "", 3)],
    ),
    "a separator too many at the end": (
        b"a,b\n1,2,",
        {"trailing_separators": True},
        ["a", "b"],
        [("1", "2", 1)],
    ),
    "last fields are missing": (
        b"a,b,c\n1,2\n3,4,5\n",
        {},
        ["a", "b", "c"],
        [("1", "2", None, 1), ("3", "4", "5", 2)],
    ),
}


@pytest.mark.parametrize("kind", READ)
def test_a_file_is_read_as_it_is_seen(kind):
    body, said, columns, rows = READ[kind]
    frame = read(body, **said)
    assert frame.columns == [*columns, "_row"]
    assert frame.rows() == rows


BROKEN: dict[str, tuple[bytes, dict[str, Any], str]] = {
    "empty": (b"", {}, "empty"),
    "blank": (b" \r\n", {}, "empty"),
    "not in its encoding": ("a\né\n".encode("cp1252"), {}, "not valid utf-8: line 2, byte 3"),
    "a byte that cp1252 has not": (b"a\n\x81\n", {"encoding": "cp1252"}, "not valid cp1252: line 2"),
    "a cut character": ("a\né".encode()[:-1], {}, "not valid utf-8"),
    "binary": (b"a,b\n\x00\x01,2\n", {"encoding": "latin-1"}, "zero byte in line 2"),
    "too many fields": (b"a,b\n1,2\n1,2,3\n", {}, "row 2 has 3 fields, the header names 2"),
    "too many fields, empty": (b"a,b\n1,2,\n", {}, "row 1 has 3 fields"),
    "a field behind separators too many": (
        b"a,b\n1,2,,3\n",
        {"trailing_separators": True},
        "row 1 has 4 fields, the header names 2",
    ),
    "a blank behind separators too many": (b"a,b\n1,2, \n", {"trailing_separators": True}, "row 1 has 3"),
    "a quote is not closed": (b'a,b\n1,"2\n3,4\n', {}, "line 2: a quote is not closed"),
    "text follows a quote": (b'a,b\n1,"2"x\n', {}, "line 2: a quote is not closed, or text follows"),
    "cut in the last row": (b"a,b,c\n1,2,3\n4,5", {}, "the last row ends after 2 of 3 fields"),
    "no header row": (b"a,b\n1,2\n", {"header_row": 9}, "row 9, where the header should stand, is empty"),
    "an empty header": (b",,\n1,2,3\n", {}, "row 1, where the header should stand, is empty"),
    "an error page": (b"<!DOCTYPE HTML><html><body>Bad gateway</body></html>", {}, "an HTML page"),
    "a login page": (b"\n <html><form action=/login></form></html>", {}, "an HTML page"),
    "an error in JSON": (b'{"error": "no such export"}', {}, "a JSON document"),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_file_is_named(kind):
    body, said, reason = BROKEN[kind]
    with pytest.raises(BrokenFileError, match=reason):
        read(body, **said)


def test_a_reason_quotes_no_data():
    with pytest.raises(BrokenFileError) as raised:
        read(b"a,b\nAda Lovelace,secret,3\n")
    assert "Ada" not in str(raised.value)
    assert "secret" not in str(raised.value)


def test_tabs_are_the_separator_of_tsv():
    assert read(b"a\tb\n1,5\t2\n", "sales.tsv").rows() == [("1,5", "2", 1)]


def test_a_format_that_nobody_knows_is_asked_for():
    with pytest.raises(BrokenFileError, match="say 'format'"):
        read(b"a,b\n", "sales.dat")
    assert read(b"a,b\n1,2\n", "sales.dat", format="csv").rows() == [("1", "2", 1)]


FIELD = st.text(st.sampled_from('ab ",;\n\r\té'), max_size=4)


@given(st.lists(st.tuples(FIELD, FIELD, FIELD), min_size=1, max_size=12), st.sampled_from(["\n", "\r\n"]))
def test_polars_and_the_exact_reader_agree(rows, line_end):
    """What a careful writer wrote comes back, whichever of the two ways reads it."""
    quoted = [",".join('"{}"'.format(field.replace('"', '""')) for field in row) for row in rows]
    body = line_end.join(["a,b,c", *quoted, ""]).encode()
    expected = [(*row, number) for number, row in enumerate(rows, 1)]
    assert read(body).rows() == expected
    start = len("a,b,c" + line_end)
    assert with_rows(Dialect(body, ",", '"').frame(start, ["a", "b", "c"])).rows() == expected
