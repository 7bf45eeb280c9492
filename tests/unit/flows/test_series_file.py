"""Histories as people have them: names of their own, text, dates and numbers of several kinds."""

from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from saleslake_flows.exits import WrongUseError
from saleslake_flows.series_file import Names, future, guessed, history
from tests.forecast_rows import series

PLAIN = Names(None, "period", "value", [], [])


def file(folder: Path, text: str, name: str = "h.csv") -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def test_a_csv_under_names_of_its_own(tmp_path: Path):
    there = file(tmp_path, "shop;day;net;kind\n007;2026-10-30;1.5;a\n8;2026-10-31;;b\n")
    found = history(there, Names("shop", "day", "net", ["kind"], []))
    assert found.sort("period").rows(named=True) == [
        {"series_key": "007", "period": date(2026, 10, 30), "value": 1.5, "kind": "a"},
        {"series_key": "8", "period": date(2026, 10, 31), "value": None, "kind": "b"},
    ]


def test_without_a_key_all_is_one_series(tmp_path: Path):
    found = history(file(tmp_path, "\ufeffperiod,value\n2026-10-30,1\n"), PLAIN)
    assert found.select("series_key", "value").rows() == [("all", 1.0)]


def test_parquet_is_read_and_instants_are_days(tmp_path: Path):
    rows = series([1, 2]).with_columns(
        pl.col("period").cast(pl.Datetime).dt.replace_time_zone("Europe/Paris")
    )
    rows.write_parquet(tmp_path / "h.parquet")
    assert (
        history(tmp_path / "h.parquet", PLAIN).select("series_key", "period", "value").equals(series([1, 2]))
    )


def test_midnight_as_text_is_a_day(tmp_path: Path):
    text = "period,value\n2026-10-30T00:00:00,1\n2026-10-31 00:00:00.000,2\n"
    assert history(file(tmp_path, text), PLAIN)["period"].to_list() == [
        date(2026, 10, 30),
        date(2026, 10, 31),
    ]


@pytest.mark.parametrize(
    ("text", "names", "said"),
    [
        ("period,amount\n2026-10-30,1\n", PLAIN, "no column value; there are: period, amount; --key"),
        (
            "period,value\n30/10/2026,1\n",
            PLAIN,
            "period of row 1 is '30/10/2026', no date such as 2026-10-31",
        ),
        (
            'period,value\n2026-10-30,1\n2026-10-31,"1,5"\n',
            PLAIN,
            "value of row 2 is '1,5', no number such as 12.5",
        ),
        ("period,value\na,1\nb,1\n", PLAIN, "is 'a', no date such as 2026-10-31, as in 2 rows"),
        ("period,value\n2026-10-30,1\n", Names("shop", "period", "value", [], []), "no column shop"),
        (
            "period,value\n2026-10-30,1\n",
            Names(None, "period", "value", ["value"], []),
            "cannot be static or known",
        ),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, names: Names, said: str):
    with pytest.raises(WrongUseError) as caught:
        history(file(tmp_path, text), names)
    assert said in str(caught.value)


@pytest.mark.parametrize("name", ["h.xlsx", "h.parquet", "h.csv"])
def test_what_is_no_such_file_is_refused(tmp_path: Path, name: str):
    (tmp_path / name).write_bytes(b"\xff\xfe nothing \x00")
    with pytest.raises(WrongUseError, match=name):
        history(tmp_path / name, PLAIN)


def test_a_future_without_series_holds_for_all(tmp_path: Path):
    there = file(tmp_path, "period,promo\n2026-11-01,1\n2026-11-02,0\n")
    found = future(there, Names(None, "period", "value", [], ["promo"]), ["a", "b"])
    assert found.sort("series_key", "period").select("series_key", "promo").rows() == [
        ("a", 1.0),
        ("a", 0.0),
        ("b", 1.0),
        ("b", 0.0),
    ]


def at(*days: int) -> pl.DataFrame:
    return pl.DataFrame({"period": [date(2026, 6, 1) + timedelta(days=day) for day in days]})


@pytest.mark.parametrize(
    ("rows", "freq"),
    [
        (at(0, 1, 2, 4), "1d"),
        (at(0, 7, 14, 28), "1w"),
        (at(0, 14, 28), "1w"),
        # One week begins on another day: the forecaster says which.
        (at(0, 7, 14, 20, 28, 35), "1w"),
        (at(5, 6, 12, 13, 19, 20), "1d"),
    ],
)
def test_days_or_weeks_are_seen(rows: pl.DataFrame, freq: str):
    assert guessed(rows) == freq


@pytest.mark.parametrize(("rows", "said"), [(at(0), "a single period"), (at(0, 30, 61, 91), "30 days apart")])
def test_neither_days_nor_weeks_are_asked_for(rows: pl.DataFrame, said: str):
    with pytest.raises(WrongUseError, match=said):
        guessed(rows)
