"""What gold would have said then: what it did say, where every batch was taken in when it came."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from polars.testing import assert_frame_equal
from typer.testing import CliRunner, Result

from saleslake.lake import Lake
from saleslake_flows import cli
from saleslake_processor import past
from saleslake_processor.marts.graph import MARTS, OPERATIONAL
from tests.integration.processor.shop import SETTINGS, bytes_of, gold, later, line, passed, trade, write

OF_THE_DATA = [mart.name for mart in MARTS if mart.name not in OPERATIONAL]
BATCH = "%Y%m%dT%H%M%S%fZ"


def fetched(batch: str) -> datetime:
    return datetime.strptime(batch, BATCH).replace(tzinfo=UTC)


@pytest.mark.slow
def test_each_snapshot_of_gold_is_told_again(tmp_path: Path):
    lake = Lake(tmp_path / "lake")
    told = {}
    for hours, row in enumerate((line("o1-1"), line("o1-1", day="2026-03-01")), 1):
        batch = write(
            lake,
            {"lines": [row], "stores": [{"id": str(hours), "name": "x", "place": None}]},
            at=later(hours),
        ).batch
        passed(lake)
        told[batch] = {name: gold(lake, name) for name in [*OF_THE_DATA, "batch_ledger", "data_quality"]}
    before = bytes_of(lake.root)
    for batch, tables in told.items():
        again = past.tables(lake, SETTINGS, tables, fetched(batch))
        for name, rows in tables.items():
            assert_frame_equal(again[name], rows, check_row_order=False)
    assert bytes_of(lake.root) == before


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    lake = Lake(tmp_path_factory.mktemp("lake"))
    trade(lake)
    passed(lake)
    return lake


def test_runs_are_those_that_were_entered_until_then(lake: Lake):
    last = fetched(gold(lake, "refresh_info")["last_batch"].item())
    assert past.tables(lake, SETTINGS, ["run_results"], last)["run_results"].is_empty()
    [info] = past.tables(lake, SETTINGS, ["refresh_info"], last)["refresh_info"].to_dicts()
    assert (info["snapshot"], info["published_on"]) == (0, last.date())
    whole = past.tables(lake, SETTINGS, ["run_results"], datetime.now(UTC))
    assert_frame_equal(whole["run_results"], gold(lake, "run_results"))


def test_before_the_first_batch_there_is_nothing(lake: Lake):
    first = gold(lake, "refresh_info")["first_batch"].item()
    with pytest.raises(past.NothingYetError, match=f"the first batch is {first}"):
        past.tables(lake, SETTINGS, ["fact_sales"], fetched(first) - timedelta(seconds=1))


def saleslake(lake: Lake, *arguments: str) -> Result:
    return CliRunner().invoke(cli.app, [*arguments, "--lake", str(lake.root)])


def test_a_table_is_shown_as_of_a_batch(lake: Lake):
    first = fetched(gold(lake, "refresh_info")["first_batch"].item()).isoformat()
    shown = ["show", "fact_sales", "--columns", "order_line_id,unit_price", "--where", "order_line_id=o1-1"]
    assert "10.0000" in saleslake(lake, *shown, "--as-of", first).stdout
    assert "11.0000" in saleslake(lake, *shown, "--as-of", f"{datetime.now(UTC):%Y-%m-%d}").stdout
    assert "11.0000" in saleslake(lake, *shown).stdout


def test_the_versions_of_an_entity_are_shown_with_when_they_counted(lake: Lake):
    shown = saleslake(
        lake,
        *("show", "order_line", "--history", "-w", "order_line_id=o1-1"),
        "-c",
        "unit_price,valid_from,valid_to",
    )
    lines = [line.split() for line in shown.stdout.splitlines()]
    assert lines[1:] == [
        ["10.000000", "2026-03-01T12:00:00Z", "2026-03-01T13:00:00Z"],
        ["11.000000", "2026-03-01T13:00:00Z"],
    ]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ["fact_sales", "--as-of", "2019-12-31"],
            "--as-of 2019-12-31: nothing was fetched until then; the first",
        ),
        (
            ["fact_sales", "--as-of", "2026-01-01T10:00"],
            "expected a date such as 2026-03-31, or an instant with",
        ),
        (["fact_sales", "--as-of", "yesterday"], "'yesterday': expected a date"),
        (["--as-of", "2026-01-01"], "--as-of is of one table"),
        (
            ["sales", "--as-of", "2026-01-01"],
            "no table 'sales' to be had as of 2026-01-01; there are: dim_date",
        ),
        (["fact_sales", "--history"], "no entity 'fact_sales'; there are: product"),
        (["product", "--history", "--as-of", "2026-01-01"], "without --as-of"),
        (["product"], "--history shows the versions of the entity product"),
    ],
)
def test_wrong_use_says_what_is_right(lake: Lake, arguments: list[str], said: str):
    done = saleslake(lake, "show", *arguments)
    assert done.exit_code == 2
    assert said in done.stderr
