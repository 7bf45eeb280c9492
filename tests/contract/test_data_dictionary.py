"""The data dictionary is what the contracts make of it, and reads as Markdown does."""

import re

import pytest

from saleslake_processor.marts.graph import MARTS
from saleslake_processor.marts.mart import Mart
from saleslake_processor.why.dictionary import dictionary
from saleslake_processor.why.meaning import meanings
from tests.conftest import ROOT

SECTIONS = dict(re.findall(r"^## (\w+)\n(.*?)(?=^## |\Z)", dictionary(), re.DOTALL | re.MULTILINE))


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]


def test_the_file_is_what_the_contracts_say():
    written = (ROOT / "docs" / "data-dictionary.md").read_text(encoding="utf-8")
    assert written == dictionary(), "run `make dictionary`"


def test_every_table_has_a_section_in_order_and_a_line_above():
    names = [mart.name for mart in MARTS]
    assert list(SECTIONS) == names
    assert re.findall(r"^\| \[(\w+)\]\(#\1\) \|", dictionary(), re.MULTILINE) == names


@pytest.mark.parametrize("mart", MARTS, ids=[mart.name for mart in MARTS])
def test_every_column_has_a_whole_row(mart: Mart):
    rows = [cells(line) for line in SECTIONS[mart.name].splitlines() if re.match(r"\| \**`", line)]
    assert [row[0].strip("*`") for row in rows] == mart.columns
    assert {len(row) for row in rows} == {7}
    assert [row[0].strip("*`") for row in rows if "**" in row[0]] == [
        each.name for each in meanings(mart) if each.is_key
    ]
    assert all(row[1] and row[5] for row in rows)


def test_signs_of_markdown_stand_for_themselves():
    assert "(`<field>|<rule>`)" in SECTIONS["data_quality"]
    assert "as &lt;source>/&lt;batch>," in SECTIONS["restatements"]
    assert "[figures](figures.md)" in SECTIONS["kpis"]
