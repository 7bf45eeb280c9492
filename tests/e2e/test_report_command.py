"""`saleslake report` as its user types it: sentences by rank, and commands that prove their figures."""

import shlex

import pytest

from tests.e2e import corner
from tests.e2e.shell import Shell

pytestmark = pytest.mark.slow


@pytest.fixture
def grown(fresh: Shell) -> Shell:
    """The corner shop after fourteen months, the last of them over, in which it sells ever more cups."""
    rows = [
        f"{number},1,{2024 + number // 12}-{1 + number % 12:02}-01,C,North,{number},10.00,0\n"
        for number in range(1, 15)
    ]
    sales = fresh.lake.parent / "exports" / "sales-1.csv"
    sales.write_text(corner.SALES_HEADER + "".join(rows))
    fresh.well("run")
    return fresh


def test_sentences_are_told_and_each_figure_can_be_proved(grown: Shell):
    english = grown.well("report", "corner").splitlines()
    assert english[0] == "corner"
    told = "Net sales of February 2025 came to 130.00 EUR: 1,200.0% above the same month a year before (10.00"
    assert any(told in line for line in english)
    french = grown.well("report", "corner", "--language", "fr")
    assert "En février 2025, le chiffre d'affaires net s'élève à 130,00\u00a0EUR" in french
    figures = grown.well("report", "corner", "--figures").splitlines()
    commands = [line.strip() for line in figures if line.startswith("        saleslake why ")]
    assert len(commands) == grown.gold("commentary").filter(language="en").height
    [command] = [each for each in commands if "grain=month" in each and each.endswith(" previous")]
    assert "equal" in grown.well(*shlex.split(command)[1:])


def test_a_company_that_is_not_there_is_wrong_use(ran: Shell):
    wrong = ran("report", "acme")
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert "no company 'acme'; there are: corner" in wrong.stderr
    silent = ran("report")
    assert (silent.returncode, silent.stdout) == (0, "")
    assert "nothing to say" in silent.stderr
