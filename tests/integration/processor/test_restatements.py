"""What changes in a closed month is told: old, new, and the batches that caused it; each change once."""

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from saleslake.lake import Lake
from saleslake_processor import publish, runs
from saleslake_processor import state as states
from saleslake_processor.derive.restated import KPIS
from tests.integration.processor.shop import gold, later, line, passed, write

JANUARY, FEBRUARY = date(2026, 1, 1), date(2026, 2, 1)
PRODUCT = {"id": "p", "name": "Tea", "category": "drinks", "price": "12", "cost": "4"}


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """Two lines of January, one of February: January is closed."""
    lake = Lake(tmp_path / "lake")
    write(
        lake,
        {
            "lines": [line("o1-1"), line("o2-1", product="q"), line("o3-1", day="2026-02-03")],
            "products": [PRODUCT],
        },
    )
    passed(lake)
    return lake


def told(lake: Lake, *columns: str, **where: Any) -> list[tuple[Any, ...]]:
    rows = gold(lake, "restatements").filter(**where) if where else gold(lake, "restatements")
    return (
        rows.sort("run", "month", "kpi").select(columns or ("month", "kpi", "old_value", "new_value")).rows()
    )


def test_first_loads_restate_nothing(lake: Lake):
    assert told(lake) == []
    assert gold(lake, "refresh_info").select("closed_month", "restated").row(0) == (JANUARY, 0)


@pytest.mark.slow
def test_a_price_corrected_in_a_closed_month_is_told_with_its_batch(lake: Lake):
    batch = write(lake, {"lines": [line("o1-1", price="11")]}, at=later(1)).batch
    passed(lake)
    columns = (
        "month",
        "kpi",
        "old_value",
        "new_value",
        "difference",
        "caused_by",
        "as_of",
        "snapshot",
        "run",
    )
    rest = (f"shop/{batch}", date(2026, 2, 4), 2, 2)
    assert told(lake, *columns) == [
        (JANUARY, "gross_amount", 40, 42, 2, *rest),
        (JANUARY, "margin_amount", 12, 14, 2, *rest),
        (JANUARY, "net_amount", 40, 42, 2, *rest),
        (JANUARY, "sales_amount", 40, 42, 2, *rest),
        (JANUARY, "total_amount", 40, 42, 2, *rest),
    ]
    assert gold(lake, "refresh_info")["restated"].item() == 5


class KilledError(Exception):
    """What a killed process does not survive."""


def killed(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pass that dies after the run was entered, before the state is saved."""
    with monkeypatch.context() as patch:
        patch.setattr(states, "save", lambda *_: (_ for _ in ()).throw(KilledError()))
        with pytest.raises(KilledError):
            passed(lake)


def test_a_run_that_was_killed_is_told_once(lake: Lake, monkeypatch: pytest.MonkeyPatch):
    write(lake, {"lines": [line("o1-1", price="11")]}, at=later(1))
    for _ in range(2):
        killed(lake, monkeypatch)
    passed(lake)
    assert told(lake, "run", "old_value", "new_value", kpi="net_amount") == [(4, 40, 42)]
    assert sorted(set(gold(lake, "run_results")["run"])) == [1, 4]


def test_what_a_killed_run_told_is_forgotten_where_the_next_one_takes_in_more(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
):
    write(lake, {"lines": [line("o1-1", price="11")]}, at=later(1))
    killed(lake, monkeypatch)
    write(lake, {"lines": [line("o1-1", price="10")]}, at=later(2))
    passed(lake)
    assert told(lake) == []
    assert passed(lake).published is False


def test_a_state_that_was_lost_does_not_lose_a_restatement(lake: Lake):
    batch = write(lake, {"lines": [line("o1-1", price="11")]}, at=later(1)).batch
    lake.state_manifest.unlink()
    passed(lake)
    assert told(lake, "old_value", "new_value", "caused_by", kpi="net_amount") == [(40, 42, f"shop/{batch}")]
    lake.state_manifest.unlink()
    passed(lake)
    assert len(told(lake, kpi="net_amount")) == 1


@pytest.mark.slow
def test_what_no_snapshot_showed_is_told_once_where_the_state_was_lost(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
):
    """As an operator does whom control totals tell that the state is damaged."""
    for price in ("11", "12"):
        write(lake, {"lines": [line("o1-1", price=price)]}, at=later(int(price)))
        with monkeypatch.context() as patch:
            patch.setattr(publish, "held_to_totals", lambda *_: (_ for _ in ()).throw(KilledError()))
            with pytest.raises(KilledError):
                passed(lake)
    lake.state_manifest.unlink()
    passed(lake)
    assert told(lake, "run", "old_value", "new_value", kpi="net_amount") == [(4, 40, 44)]
    write(lake, {"lines": [line("o1-1", price="13")]}, at=later(13))
    passed(lake)
    assert told(lake, "run", "old_value", "new_value", kpi="net_amount") == [(4, 40, 44), (5, 44, 46)]


def test_results_are_told_run_by_run_with_what_changed(lake: Lake):
    write(
        lake,
        {"lines": [line("o1-1", price="11"), line("o7-1", quantity="many"), line("o8-1", day=None)]},
        at=later(1),
    )
    passed(lake)
    rows = gold(lake, "run_results").sort("run")
    found = {
        name: part.select("value", "previous", "change").rows()
        for (name,), part in rows.group_by("analysis", maintain_order=True)
    }
    assert found["net_amount"] == [(60, None, None), (62, 60, 2)]
    assert found["lines"] == [(3, None, None), (3, 3, 0)]
    assert found["rows_seen"] == [(4, None, None), (3, 4, -1)]
    assert found["rows_quarantined"] == [(0, None, None), (1, 0, 1)]
    assert found["rows_waiting"] == [(0, None, None), (1, 0, 1)]
    assert found["batches"] == [(1, None, None), (1, 1, 0)]
    assert found["products"] == [(2, None, None), (2, 2, 0)]
    assert set(KPIS) <= found.keys()


def test_nothing_new_is_no_run(lake: Lake):
    passed(lake)
    assert runs.scan(lake).select(pl.col("run").unique()).collect()["run"].to_list() == [1]
