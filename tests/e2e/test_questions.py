"""docs/questions.md answers what teams asked: each query and command gives what is printed below it."""

import re
from collections.abc import Iterator
from decimal import Decimal

import pytest

from tests.conftest import REAL_DATA
from tests.e2e.questions import ASKED, Ask, by_command, by_duckdb, by_polars, with_answers
from tests.e2e.shell import ROOT, Shell

DOCUMENT = (ROOT / "docs" / "questions.md").read_text(encoding="utf-8")
SECTIONS = dict(part.split("\n", 1) for part in re.split(r"^### ", DOCUMENT, flags=re.MULTILINE)[1:])
TITLES = sorted(SECTIONS)

_NUMBER = re.compile(r"(?<![\w.,])-?\d[\d,]*(?:\.\d+)?(?: %)?(?![\w-])")


def stands_in(answers: str) -> set[Decimal]:
    """All numbers that are printed."""
    return {Decimal(each.replace(",", "")) for each in re.findall(r"\d[\d,]*(?:\.\d+)?", answers)}


def said(prose: str) -> Iterator[str]:
    """Figures in sentences: percentages, and numbers with places or thousands."""
    for each in _NUMBER.findall(re.sub(r"`[^`]*`", "", prose)):
        if each.endswith("%") or "," in each.rstrip(",") or "." in each:
            yield each.rstrip(",")


def untold(section: str) -> list[str]:
    """Figures of a section's sentences that none of its answers prints."""
    answers = "\n".join(answer for _, _, answer in ASKED.findall(section))
    printed = stands_in(answers)
    percent = {(100 * each).quantize(Decimal("0.1")) for each in printed if each < 10}
    whole = {(100 * each).quantize(Decimal(1)) for each in printed if each < 10}
    prose = re.sub(r"```.*?```", "", section, flags=re.DOTALL)
    return [
        each
        for each in said(prose)
        if each not in answers
        and abs(Decimal(each.removesuffix(" %").replace(",", "")))
        not in (percent | whole if each.endswith("%") else printed)
    ]


@pytest.mark.parametrize("title", TITLES)
def test_sentences_say_what_is_printed(title: str):
    assert untold(SECTIONS[title]) == []


def test_a_figure_that_nothing_prints_is_seen():
    section = "Sold 1,234.50, 12 % more.\n\n```sql\nselect 1\n```\n\n```text\na | b\n1,234.50 | 0.1249\n```\n"
    assert untold(section) == []
    assert untold(section.replace("Sold 1,234.50, 12 %", "Sold 1,234.60, 13 %")) == ["1,234.60", "13 %"]


def test_every_query_has_an_answer():
    assert len(ASKED.findall(DOCUMENT)) == len(re.findall(r"^```(?:sql|sh)$", DOCUMENT, re.MULTILINE)) > 30


@pytest.mark.slow
@pytest.mark.parametrize("engine", [by_duckdb, by_polars])
def test_answers_are_what_comes_out(companies: Shell, engine: object):
    if not REAL_DATA.is_dir():
        pytest.skip(f"real sales data is absent: no folder {REAL_DATA}")
    assert callable(engine)
    ask: Ask = engine(companies)
    assert with_answers(DOCUMENT, {"sql": ask, "sh": by_command(companies)}) == DOCUMENT
