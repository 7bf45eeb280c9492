"""Every sentence of a lake held to gold as DuckDB reads it: what it says stands there, and nothing else."""

import re
from collections import Counter
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import duckdb
import polars as pl
import pytest

from saleslake_processor.contracts.commentary import MOST
from saleslake_processor.marts.commentary.words import ENGLISH, FRENCH
from saleslake_processor.why.rows import found
from tests.e2e.oracle.asked import mart
from tests.e2e.shell import Shell

Row = dict[str, Any]

MONTHS = {
    "en": "January February March April May June July August September October November December",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
}
NUMBER = re.compile(r"[+-]?\d{1,3}(?:[,\u202f]\d{3})*(?:[.,]\d+)?(?=$|[ \u00a0%])")

ROSE = {"rose": 1, "fell": -1}


def opened(shell: Shell) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    for name, table in shell.manifest()["tables"].items():
        files = [str(shell.lake / "gold" / file["path"]) for file in table["files"]]
        connection.execute(f"create view {name} as select * from read_parquet({files})")
    return connection


def cell(connection: duckdb.DuckDBPyConnection, row: Row) -> object:
    """What the row's key and column name; fails where no row, or more than one, has the key."""
    words = re.split(r" (?=[a-z_]+=)", row["key"])
    columns = [word.partition("=")[0] for word in words]
    holds = " and ".join(f"cast({column} as varchar) = ?" for column in columns)
    query = f"select {row['column_name']} from {row['table_name']} where {holds}"
    cells = connection.execute(query, [word.partition("=")[2] for word in words]).fetchall()
    assert len(cells) == 1, row
    return cells[0][0]


def read(shown: str, language: str) -> Decimal:
    """The number that a text shows in a language."""
    point, thousands = (".", ",") if language == "en" else (",", "\u202f")
    [number] = NUMBER.findall(shown)
    return Decimal(number.replace(thousands, "").replace(point, "."))


def said(value: object, shown: str, language: str) -> bool:
    """Whether a text shows a cell."""
    match value:
        case date():
            months = MONTHS[language].split()
            month = f"{months[value.month - 1]} {value.year}"
            day = "1er" if value.day == 1 and language == "fr" else str(value.day)
            return shown in {month, f"{day} {month}", str(value.year)}
        case str():
            words = FRENCH if language == "fr" else ENGLISH
            return shown == words.get(value, value)
        case int() if shown == str(value):
            return True
        case int() | float() | Decimal():
            number, places = read(shown, language), 0
            if "." in shown or ("," in shown.rpartition("\u202f")[2] and language == "fr"):
                places = -int(number.as_tuple().exponent)
            exact = Decimal(str(value)) * (100 if shown.endswith("%") else 1)
            rounded = exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
            return number == rounded or (number == abs(rounded) and "+" not in shown)
    return False


def held(shell: Shell) -> int:
    """Hold all sentences of a lake to its gold; how many figures there are."""
    rows = shell.gold("commentary")
    with opened(shell) as connection:
        for row in rows.iter_rows(named=True):
            there = cell(connection, row)
            text = repr(there) if isinstance(there, float) else str(there)
            assert row["value_text"] == text, row
            assert said(there, row["shown"], row["language"]), row
    one = ["company", "language", "period", "rank"]
    for _, figures in rows.group_by(one):
        [sentence] = set(figures["sentence"])
        for shown in sorted(figures["shown"], key=len, reverse=True):
            assert shown in sentence
            sentence = sentence.replace(shown, "", 1)
        assert not re.search(r"\d", sentence), figures["sentence"][0]
        assert figures.sort("figure")["figure"].to_list() == list(range(1, figures.height + 1))
    _alike(rows)
    _thresholds(rows)
    return rows.height


def _alike(rows: pl.DataFrame) -> None:
    """Both languages find the same, at the same ranks, by the same cells."""
    told = [
        rows.filter(language=language).drop("language", "sentence", "shown").sort(pl.all())
        for language in ("en", "fr")
    ]
    assert told[0].equals(told[1])


def _thresholds(rows: pl.DataFrame) -> None:
    english = rows.filter(language="en", figure=1).sort("company", "rank")
    for _, of_company in english.group_by("company"):
        assert of_company["rank"].to_list() == list(range(1, of_company.height + 1))
        assert of_company.height <= MOST
        assert max(Counter(of_company["topic"]).values()) <= 3
    changes = rows.filter(
        pl.col("finding").str.contains("^(year|net_sales|signed_amount|booked_amount)_"),
        pl.col("column_name").str.ends_with("_change_rate"),
        language="en",
    )
    for _, figures in changes.group_by("company", "rank"):
        rates = [float(text) for text in figures.sort("figure")["value_text"]]
        assert max(map(abs, rates)) >= 0.05
        way = figures["finding"][0].rpartition("_")[2]
        assert rates[0] * ROSE[way] >= 0


def test_of_five_lines_there_is_nothing_to_say(run_once: Shell):
    assert held(run_once) == 0


@pytest.mark.slow
def test_of_all_companies(companies: Shell):
    rows = companies.gold("commentary")
    assert held(companies) > 400
    # Neither has been selling for a year.
    assert not {"simplon", "northwind"} & set(rows["company"])
    assert {"demo", "superstore", "crm", "swile"} <= set(rows["company"])


@pytest.mark.slow
def test_why_takes_each_key(companies: Shell):
    gold: dict[str, pl.LazyFrame] = {}
    for row in companies.gold("commentary").filter(language="en").iter_rows(named=True):
        table = gold.setdefault(row["table_name"], companies.gold(row["table_name"]).lazy())
        there = found(mart(row["table_name"]), table, {}, [row["key"]])[row["column_name"]]
        assert (repr(there) if isinstance(there, float) else str(there)) == row["value_text"], row
