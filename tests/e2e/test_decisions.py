"""What people decide by command: tried, told in rows and money, recorded, and obeyed by a rebuild."""

from decimal import Decimal

import polars as pl
import pytest

from tests.e2e.shell import Shell

pytestmark = pytest.mark.slow


def net(shell: Shell) -> Decimal:
    total: Decimal = shell.gold("fact_sales").select(pl.col("net_amount").sum()).item()
    return total


def test_refused_rows_are_listed_shown_released_and_dropped(fresh: Shell):
    fresh.well("run")
    assert net(fresh) == Decimal("39.5")
    listed = fresh.well("quarantine", "list")
    assert "quantity|unreadable" in listed
    assert "some" in fresh.well("quarantine", "show", "--rule", "quantity|unreadable")
    wrong = fresh("quarantine", "show", "--rule", "quantity")
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert "there are: quantity|unreadable" in wrong.stderr
    cannot = fresh("quarantine", "release", "--source", "corner", "--reason", "it is fine")
    assert cannot.returncode == 1
    assert "an order line cannot be without quantity; mend it at the source" in cannot.stderr
    assert fresh("quarantine", "drop", "--reason", "all").returncode == 2
    assert not (fresh.lake / "decisions").exists()
    dropped = fresh.well(
        "quarantine", "drop", "--source", "corner", "--reason", "a test order", "--by", "Ada"
    )
    assert "gold stays as it was" in dropped
    assert "1 row dropped; 1 batch staged again" in dropped
    assert "no refused row is open" in fresh.well("quarantine", "list")
    assert "a test order" in next((fresh.lake / "decisions").glob("*.json")).read_text()
    assert "equal" in fresh.well("verify")


def test_a_changed_profile_is_tried_and_then_applied(fresh: Shell):
    fresh.well("run")
    profile = fresh.sources / "corner.toml"
    old = 'key = ["order", "line"]\n'
    profile.write_text(profile.read_text().replace(old, f'{old}where.product.not = "B"\n'))
    assert "restage corner --dry-run" in fresh("process").stderr
    stamps = fresh.stamps()
    tried = fresh.well("restage", "--dry-run")
    assert fresh.stamps() == stamps
    [february] = [
        line.split() for line in tried.splitlines() if line.startswith("fact_sales") and "2024-02" in line
    ]
    assert february == [
        "fact_sales", "corner", "2024-02", "1", "1", "->", "0", "net_amount", "10.0000", "0.0000", "-10.0000",
    ]  # fmt: skip
    assert "would be staged again" in tried
    assert "staged again" in fresh.well("restage")
    assert net(fresh) == Decimal("22")
    restated = fresh.gold("restatements").filter(kpi="net_amount")
    assert restated["month"].dt.month().to_list() == [1]
    assert "equal" in fresh.well("verify")
    assert "nothing to restage" in fresh.well("restage")


def test_a_batch_that_is_held_back_is_told_and_released(fresh: Shell):
    profile = fresh.sources / "corner.toml"
    profile.write_text("refused_limit = 0.05\n" + profile.read_text())
    ran = fresh("run")
    assert ran.returncode == 0
    assert "a batch is held back whole" in ran.stderr
    held = fresh.well("hold", "list")
    assert "above the limit of 5.00%" in held
    [batch] = [file.stem for file in (fresh.lake / "raw" / "corner" / "_commits").glob("*.json")]
    assert fresh("hold", "release", "nothing", "--reason", "x").returncode == 2
    assert "1 batch released" in fresh.well("hold", "release", batch, "--reason", "one typing error")
    assert net(fresh) == Decimal("39.5")
    assert "no batch is held back" in fresh.well("hold", "list")
