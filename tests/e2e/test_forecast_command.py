"""`saleslake forecast`: a file in, forecasts and a picture out, without a lake."""

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.conftest import ROOT
from tests.e2e.shell import COMMAND
from tests.forecast_rows import noisy, series, several


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    several(3, 60).write_csv(tmp_path / "sales.csv")
    return tmp_path


def saleslake(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith("SALESLAKE_")}
    return subprocess.run(
        [*COMMAND, *arguments], cwd=folder, env=own, capture_output=True, text=True, timeout=300, check=False
    )


def test_forecasts_are_shown_and_what_was_guessed_is_said(folder: Path):
    done = saleslake(folder, "forecast", "sales.csv", "--horizon", "7", "--static", "store")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0].split() == ["series_key", "period", "forecast", "lo80", "hi80", "lo95", "hi95"]
    assert len(lines) == 21
    assert "read as days, by how far apart they are" in done.stderr
    assert "20 of 21 rows" in done.stderr
    assert "history is short" not in done.stderr


def test_files_are_written_and_a_key_is_no_formula(folder: Path):
    series(noisy(12), "=1+1").write_csv(folder / "one.csv")
    wanted = (
        "--horizon",
        "3",
        "--freq",
        "1d",
        "--levels",
        "0.5",
        "--picture",
        "one.png",
        "--out",
        "one.out.csv",
    )
    done = saleslake(folder, "forecast", "one.csv", *wanted)
    assert done.returncode == 0, done.stderr
    assert "days, by" not in done.stderr
    assert "history is short" in done.stderr
    found = pl.read_csv(folder / "one.out.csv")
    assert found.columns == ["series_key", "period", "forecast", "lo50", "hi50"]
    assert found["series_key"].to_list() == ["'=1+1"] * 3
    assert (folder / "one.png").read_bytes().startswith(b"\x89PNG")
    assert not (folder / "lake").exists()


def test_some_series_are_given_as_all_were_learnt(folder: Path):
    every = saleslake(folder, "forecast", "sales.csv", "--horizon", "2", "--format", "csv").stdout
    one = saleslake(
        folder, "forecast", "sales.csv", "--horizon", "2", "--format", "csv", "--series", "s1"
    ).stdout
    assert one.splitlines() == [line for line in every.splitlines() if re.match("series_key|s1", line)]
    assert len(one.splitlines()) == 3


def test_a_backtest_tells_errors_beside_other_methods(folder: Path):
    done = saleslake(
        folder, "forecast", "sales.csv", "--horizon", "5", "--backtest", "--origins", "1", "--format", "csv"
    )
    assert done.returncode == 0, done.stderr
    lines = [line.split(",")[:2] for line in done.stdout.splitlines()]
    assert lines[0] == ["level", "method"]
    methods = ["arima", "ets", "model", "seasonal_naive", "theta"]
    assert lines[1:] == [[level, method] for level in ("series", "total") for method in methods]


def section() -> str:
    text = (ROOT / "docs" / "forecasts.md").read_text(encoding="utf-8")
    return text.split("\n## On your own frames\n")[1].split("\n## ")[0]


def test_the_commands_of_the_document_do_what_it_says(folder: Path):
    commands = re.findall(r"^    saleslake (.*)$", section(), re.MULTILINE)
    assert len(commands) == 2
    for command in commands:
        # Sixty days are too few for a month to be tried on them.
        done = saleslake(folder, *command.replace("--horizon 28", "--horizon 7").split())
        assert done.returncode == 0, done.stderr
    assert pl.read_csv(folder / "forecast.csv").height == 3 * 7
    assert (folder / "sales.png").is_file()


def test_the_code_of_the_document_does_what_it_says(folder: Path, monkeypatch: pytest.MonkeyPatch):
    several(4, 120).write_csv(folder / "sales.csv")
    monkeypatch.chdir(folder)
    [code] = re.findall(r"```python\n(.*?)```", section(), re.DOTALL)
    names: dict[str, Any] = {}
    exec(code, names)
    assert names["forecast"].columns == ["series_key", "period", "forecast", "lo80", "hi80", "lo95", "hi95"]
    assert set(names["sums"]) == {"store", "total"}
    assert set(names["errors"]["method"]) == {"model", "seasonal_naive"}
    assert names["again"].equals(names["forecast"])
