"""What people see: whole where it is piped, readable where it is a terminal."""

import io
from decimal import Decimal

import pytest
from rich.console import Console

from saleslake_flows import screen
from saleslake_flows.screen import Screen, cell, money


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("1234567.895", "1,234,567.90 EUR"),
        ("-0.005", "-0.01 EUR"),
        ("0.0049", "0.00 EUR"),
        ("12", "12.00 EUR"),
    ],
)
def test_money_is_told_to_the_cent_half_away_from_zero(amount, text):
    assert money(Decimal(amount), "EUR") == text


def test_a_cell_is_told_in_full():
    assert [cell(value) for value in (None, True, 0.25, Decimal("1.5000"), "a")] == [
        "",
        "yes",
        "0.2500",
        "1.5000",
        "a",
    ]


def test_what_is_piped_is_aligned_and_whole(capsys):
    Screen().table(("name", "units"), [("[red]wide[/] ☃ 東京", 5), ("x" * 300, 1000), (None, None)])
    header, first, second, third = capsys.readouterr().out.splitlines()
    assert header == "name".ljust(302) + "units"
    # Tokyo is two signs of double width.
    assert first == "[red]wide[/] ☃ 東京".ljust(300) + "    5"
    assert second == "x" * 300 + "   1000"
    assert third == ""


def _terminal(monkeypatch, width: int) -> io.StringIO:
    out = io.StringIO()
    monkeypatch.setattr(
        screen,
        "_console",
        lambda stderr=False: Console(file=out, force_terminal=True, color_system=None, width=width),
    )
    return out


def test_a_table_that_fits_a_terminal_is_a_table(monkeypatch):
    out = _terminal(monkeypatch, 40)
    Screen().table(("name", "units"), [("a", 1)])
    assert ["name", "units"] in [line.split() for line in out.getvalue().splitlines()]


def test_a_table_that_does_not_fit_is_told_row_by_row_and_nothing_is_lost(monkeypatch):
    out = _terminal(monkeypatch, 40)
    columns = [f"column_{number}" for number in range(12)]
    Screen().table(columns, [range(100, 112), range(200, 212)])
    lines = [line.split() for line in out.getvalue().splitlines()]
    assert lines[0] == ["row", "1"]
    assert lines[13] == ["row", "2"]
    assert lines[25] == ["column_11", "211"]


def test_steps_of_one_kind_are_lines_now_and_then(monkeypatch, capsys):
    at = iter([0.0, 0.5, 1.0, 2.0, 3.5, 3.5])
    monkeypatch.setattr("saleslake_flows.screen.monotonic", lambda: next(at))
    with Screen().steps() as step:
        for text in ("fetching a", "fetching b", "batch 1", "batch 2", "batch 3"):
            step(text)
    assert capsys.readouterr().err.splitlines() == ["fetching a", "fetching b", "batch 1", "batch 3"]


def test_quiet_steps_are_silent(capsys):
    with Screen(quiet=True).steps() as step:
        step("fetching a")
    assert capsys.readouterr().err == ""
