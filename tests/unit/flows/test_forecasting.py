"""What `saleslake forecast` cannot do, and what it says then."""

from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from saleslake_flows.cli import app
from tests.forecast_rows import series, several


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["nothing.csv", "--horizon", "7"], 1, "nothing.csv: No such file or directory"),
        (
            ["sales.csv", "--horizon", "7", "--value", "net"],
            2,
            "no column net; there are: series_key, period, value, store",
        ),
        (["sales.csv", "--horizon", "7", "--series", "s9"], 2, "no series s9; there are s0, s1, s2"),
        (["sales.csv", "--horizon", "7", "--levels", "80"], 2, "levels are different shares between 0 and 1"),
        (["sales.csv", "--horizon", "7", "--levels", "a"], 2, "shares between 0 and 1 are expected"),
        (["sales.csv", "--horizon", "7", "--known", "store"], 2, "--future names a file"),
        (["sales.csv", "--horizon", "7", "--picture", "p.jpg"], 2, "pictures are PNG"),
        (["sales.csv", "--horizon", "7", "--out", "no/o.csv"], 2, "no folder"),
        (["sales.csv", "--horizon", "58", "--backtest"], 2, "sales.csv: 60 periods are too few"),
        (
            ["twice.csv", "--horizon", "7"],
            2,
            "twice.csv: 2 rows that are there more than once: a 2024-06-03 1.0",
        ),
    ],
)
def test_what_cannot_be_done_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], code: int, said: str
):
    rows = series([1, 2, 3])
    several(3, 60).write_csv(tmp_path / "sales.csv")
    pl.concat([rows, rows.head(1)]).write_csv(tmp_path / "twice.csv")
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, ["forecast", *arguments])
    assert done.exit_code == code, done.stderr
    assert said in done.stderr
    assert "not foreseen" not in done.stderr
