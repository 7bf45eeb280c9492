"""Every verb on text that it reads, and on text that it must not read."""

from datetime import UTC, date, datetime
from decimal import Decimal

import polars as pl
import pytest

from saleslake.profiles import Field
from saleslake_processor.staging import verbs
from saleslake_processor.staging.verbs import cleaned

TEXT, DAY, INSTANT = pl.String(), pl.Date(), pl.Datetime("us", "UTC")
MONEY, PRICE = pl.Decimal(18, 4), pl.Decimal(18, 6)


def read(said, verb, dtype, zone="Europe/Paris"):
    field = Field.model_validate({"from": "c", **verb})
    frame = pl.DataFrame({"c": [said]}, schema={"c": TEXT})
    return frame.select(verbs.read(verbs.seen(field), field, dtype, zone)).to_series().item()


def utc(year, month, day, hour=0, minute=0, second=0, micro=0):
    return datetime(year, month, day, hour, minute, second, micro, tzinfo=UTC)


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ("  Ann  ", "Ann"),
        ("Ann\u00a0\u00a0Lee\t", "Ann Lee"),
        ("Ann \u202f\n Lee", "Ann Lee"),
        ("", None),
        (" \u00a0\u2009 ", None),
        (None, None),
        ("0", "0"),
    ],
)
def test_blanks_go(said, text):
    frame = pl.DataFrame({"c": [said]}, schema={"c": TEXT})
    assert frame.select(cleaned(pl.col("c"))).item() == text


DOLLARS = {"currency": "$", "thousands": ","}
EUROS = {"currency": "€", "thousands": " ", "decimal": ","}


@pytest.mark.parametrize(
    ("form", "said", "number"),
    [
        ({}, "12", "12"),
        ({}, " 1234.5 ", "1234.5"),
        ({}, "-0.0001", "-0.0001"),
        ({}, "+5", "5"),
        ({}, ".5", "0.5"),
        ({}, "1.5E+03", "1500"),
        ({}, "0.00005", "0.0001"),
        ({}, "-0.00005", "-0.0001"),
        ({}, "0.0000499", "0"),
        ({}, "99999999999999.9999", "99999999999999.9999"),
        ({}, "100000000000000", None),
        ({}, "1,5", None),
        ({}, "1 234", None),
        ({}, "12a", None),
        ({}, "1.2.3", None),
        ({}, "nan", None),
        ({}, "inf", None),
        ({}, "N/A", None),
        ({}, "-", None),
        (DOLLARS, "$90,000 ", "90000"),
        (DOLLARS, "-$1,234,567.89", "-1234567.89"),
        (DOLLARS, "1,00,000", "100000"),
        (DOLLARS, "90000", "90000"),
        (DOLLARS, "12,34", None),
        (DOLLARS, "1,2,345", None),
        (DOLLARS, "1,234.56,7", None),
        (DOLLARS, "90 €", None),
        (EUROS, "1\u202f234,56 €", "1234.56"),
        (EUROS, "1\u00a0234,5", "1234.5"),
        (EUROS, "-1 234 567", "-1234567"),
        (EUROS, "€ 3", "3"),
        (EUROS, "12.5", None),
        (EUROS, "12 34", None),
        (EUROS, "1 234,5,6", None),
        ({"decimal": ",", "thousands": "."}, "1.234.567,8", "1234567.8"),
        ({"decimal": ",", "thousands": "."}, "1.5", None),
        ({"thousands": "'"}, "1'234.5", "1234.5"),
        ({"currency": "EUR"}, "EUR 12.50", "12.5"),
        ({"percent": True}, "12.5 %", "0.125"),
        ({"percent": True}, "12.5", "0.125"),
        ({"percent": True, "decimal": ","}, "-7,25%", "-0.0725"),
        ({"percent": True}, "%", None),
        ({"serial": True}, "2019-07-13", "43659"),
        ({"serial": True}, "2019-07-13T18:00:00", "43659.75"),
        ({"serial": True}, "43659", "43659"),
        ({"serial": True}, "12.99", "12.99"),
        ({"serial": True}, "1900-01-11T23:45:36", "11.99"),
        ({"serial": True}, "1900-01-01", "1"),
        ({"serial": True}, "1900-02-28", "59"),
        ({"serial": True}, "1900-03-01", "61"),
        ({"serial": True}, "13/07/2019", None),
        ({"negate": True}, "-12", "12"),
        ({"negate": True}, "12", "-12"),
        ({"negate": True}, "0", "0"),
        ({"negate": True}, "--12", None),
        ({"negate": True, **EUROS}, "-1 234,5 €", "1234.5"),
        ({"negate": True, "percent": True}, "-12.5 %", "0.125"),
    ],
)
def test_numbers(form, said, number):
    expected = None if number is None else Decimal(number)
    assert read(said, {"number": form}, MONEY) == expected


def test_what_percent_stands_for_keeps_its_places():
    assert read("0,0125 %", {"number": {"percent": True, "decimal": ","}}, PRICE) == Decimal("0.000125")


@pytest.mark.parametrize(
    ("said", "identifier"),
    [
        ("2019-07-13", "43659"),
        ("43659", "43659"),
        ("43659.0", "43659"),
        ("100", "100"),
        ("10.50", "10.5"),
        ("x", None),
    ],
)
def test_numbers_in_a_text_are_ids(said, identifier):
    assert read(said, {"number": {"serial": True}}, TEXT) == identifier


@pytest.mark.parametrize(
    ("form", "said", "day"),
    [
        (None, "2026-02-28", date(2026, 2, 28)),
        (None, "2026-02-28T23:30:00", date(2026, 2, 28)),
        (None, "2026-02-28 23:30:00.25", date(2026, 2, 28)),
        (None, "2026-02-28T23:30:00Z", date(2026, 3, 1)),
        (None, "2026-02-28T23:30:00-0500", date(2026, 3, 1)),
        (None, "2026-02-30", None),
        (None, "28/02/2026", None),
        (None, "20260228", None),
        (None, "46081", None),
        ("%d/%m/%Y", "28/02/2026", date(2026, 2, 28)),
        ("%d/%m/%Y", "1/2/2026", date(2026, 2, 1)),
        ("%d/%m/%Y", "30/02/2026", None),
        ("%d/%m/%Y", "02/28/2026", None),
        ("%d/%m/%Y", "1/2/26", None),
        ("%d/%m/%Y", "01/02/2026 10:00", None),
        ("%d/%m/%Y %H:%M", "01/02/2026 10:00", date(2026, 2, 1)),
        ("%d/%m/%y", "16/11/23", date(2023, 11, 16)),
        ("%d-%b-%Y", "1-Jan-2026", date(2026, 1, 1)),
        ("%m/%Y", "02/2026", date(2026, 2, 1)),
        ("%b %Y", "Feb 2026", date(2026, 2, 1)),
        ("%Y-%m", "2026-13", None),
        (["%d/%m/%Y", "%m/%d/%Y"], "02/03/2026", date(2026, 3, 2)),
        (["%d/%m/%Y", "%m/%d/%Y"], "12/31/2026", date(2026, 12, 31)),
        ({"serial": True}, "46081", date(2026, 2, 28)),
        ({"serial": True}, "46081.99", date(2026, 2, 28)),
        ({"serial": True}, "2026-02-28", date(2026, 2, 28)),
        ({"serial": True}, "1", date(1900, 1, 1)),
        ({"serial": True}, "59", date(1900, 2, 28)),
        ({"serial": True}, "61", date(1900, 3, 1)),
        ({"serial": True}, "0", None),
        ({"serial": True}, "nan", None),
        ({"serial": True}, "99999999999999999999", None),
        ({"serial": True}, "28/02/2026", None),
    ],
)
def test_days(form, said, day):
    assert read(said, {} if form is None else {"date": form}, DAY) == day


@pytest.mark.parametrize(
    ("form", "said", "instant"),
    [
        (None, "2026-01-15T10:00:00", utc(2026, 1, 15, 9)),
        (None, "2026-07-15T10:00:00", utc(2026, 7, 15, 8)),
        (None, "2026-07-15T10:00:00.123456+02:00", utc(2026, 7, 15, 8, 0, 0, 123456)),
        (None, "2026-07-15 10:00:00Z", utc(2026, 7, 15, 10)),
        (None, "2026-07-15", utc(2026, 7, 14, 22)),
        (None, "10:00:00", None),
        ("%d/%m/%Y %H:%M", "15/07/2026 10:00", utc(2026, 7, 15, 8)),
        ("%d/%m/%Y %H:%M %z", "15/07/2026 10:00 -0500", utc(2026, 7, 15, 15)),
        ({"serial": True}, "46218.75", utc(2026, 7, 15, 16)),
        # the clocks go forward at 02:00 on 29 March, and back at 03:00 on 25 October
        (None, "2026-03-29T01:59:59", utc(2026, 3, 29, 0, 59, 59)),
        (None, "2026-03-29T02:30:00", None),
        (None, "2026-03-29T03:00:00", utc(2026, 3, 29, 1)),
        (None, "2026-10-25T02:30:00", utc(2026, 10, 25, 0, 30)),
        (None, "2026-10-25T02:30:00+01:00", utc(2026, 10, 25, 1, 30)),
        (None, "2026-10-25T03:00:00", utc(2026, 10, 25, 2)),
    ],
)
def test_instants(form, said, instant):
    assert read(said, {} if form is None else {"date": form}, INSTANT) == instant


def test_a_day_whose_midnight_is_skipped_begins_an_hour_late():
    assert read("2018-11-04", {}, INSTANT, "America/Sao_Paulo") == utc(2018, 11, 4, 3)
    assert read("2018-11-04T00:30:00", {}, INSTANT, "America/Sao_Paulo") is None


@pytest.mark.parametrize(
    ("form", "said", "text"),
    [
        ({"pad": 5}, "5401", "05401"),
        ({"pad": 5}, "05401", "05401"),
        ({"pad": 5}, "123456", "123456"),
        ({"pad": 5}, "K1", "K1"),
        ({"pad": 5}, None, None),
        ({"case": "title"}, "ANN LEE-JONES", "Ann Lee-Jones"),
        ({"case": "title"}, "ANDRÉ", "André"),
        ({"case": "upper"}, "ab12", "AB12"),
        ({"case": "lower"}, "É", "é"),
        ({}, "aB", "aB"),
    ],
)
def test_texts(form, said, text):
    assert read(said, {"text": form}, TEXT) == text


@pytest.mark.parametrize(
    ("values", "said", "text"),
    [
        ({"M": "male"}, "M", "male"),
        ({"M": "male"}, " M ", "male"),
        ({"M": "male"}, "m", "m"),
        ({"NA": ""}, "NA", None),
        ({"*": "other"}, "x", "other"),
        ({"*": "other"}, None, None),
        ({"*": "other"}, "  ", None),
        ({"M": "male", "*": ""}, "x", None),
        ({"M": "male", "*": "other"}, "M", "male"),
    ],
)
def test_values_are_mapped(values, said, text):
    assert read(said, {"map": values}, TEXT) == text


def test_values_are_mapped_before_they_are_read():
    assert read("N/A", {"map": {"N/A": "0"}}, MONEY) == 0
    assert read("none", {"map": {"none": "x"}}, MONEY) is None


def both(field, a, b):
    field = Field.model_validate(field)
    frame = pl.DataFrame({"a": [a], "b": [b]}, schema={"a": TEXT, "b": TEXT})
    return frame.select(verbs.read(verbs.seen(field), field, TEXT, "UTC").alias("x")).item()


@pytest.mark.parametrize(
    ("a", "b", "text"), [("1", "2", "1"), (" ", "2", "2"), (None, "2", "2"), ("", None, None)]
)
def test_of_several_columns_the_first_that_says_something_is_taken(a, b, text):
    assert both({"from": ["a", "b"]}, a, b) == text


def test_a_constant_is_there_in_every_row():
    assert both({"const": "France"}, None, None) == "France"


@pytest.mark.parametrize(
    ("key", "a", "b", "identifier"),
    [
        ("a", " x  y ", None, "x y"),
        (["a", "b"], "x", "y", "x|y"),
        (["a", "b"], "x", None, "x|"),
        (["a", "b"], None, "y", "|y"),
        (["a", "b"], None, " ", None),
        ({"columns": "a", "prefix": "sub"}, "1", None, "sub|1"),
        ({"columns": "a", "prefix": "sub"}, None, None, None),
        ({"columns": "a", "number": {"serial": True}}, "2019-07-13", None, "43659"),
        ({"columns": "a", "number": {"serial": True}}, "x", None, None),
        ({"columns": ["a", "b"], "number": {}}, "1.0", "2", "1|2"),
        ({"columns": ["a", "b"], "number": {}}, "1.0", "x", None),
        ({"columns": ["a", "b"], "number": {}}, "1.0", None, "1|"),
        ({"columns": "a", "text": {"case": "upper"}}, "ab1", None, "AB1"),
        ({"columns": "a", "text": {"pad": 4}}, "17", None, "0017"),
    ],
)
def test_ids_are_composed(key, a, b, identifier):
    assert both({"key": key}, a, b) == identifier


def test_a_composed_id_can_be_mapped_to_nothing():
    field = {"key": {"columns": "a", "prefix": "sub"}, "map": {"sub|NULL": ""}}
    assert (both(field, "NULL", None), both(field, "1", None)) == (None, "sub|1")


def test_a_day_and_a_time_in_two_columns_are_one_instant():
    field = Field.model_validate({"key": ["a", "b"], "date": "%d/%m/%Y|%H:%M"})
    frame = pl.DataFrame({"a": ["15/07/2026", "15/07/2026"], "b": ["10:00", None]})
    read = frame.select(x=verbs.read(verbs.seen(field), field, INSTANT, "Europe/Paris"))
    assert read["x"].to_list() == [utc(2026, 7, 15, 8), None]
