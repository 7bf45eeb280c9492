"""Days that are fetched again by command: tried, told in rows and money, taken in, and gone on with."""

from decimal import Decimal

import polars as pl
import pytest

from tests.e2e import corner
from tests.e2e.shell import Shell

pytestmark = pytest.mark.slow

DAYS = ("--since", "2024-01-01", "--until", "2024-01-31")


def net(shell: Shell) -> Decimal:
    total: Decimal = shell.gold("fact_sales").select(pl.col("net_amount").sum()).item()
    return total


def batches(shell: Shell, source: str = "corner") -> int:
    return len(list((shell.lake / "raw" / source / "_commits").glob("*.json")))


def test_what_was_corrected_without_a_sign_is_tried_and_taken_in(fresh: Shell):
    fresh.well("run")
    sales = fresh.lake.parent / "exports" / "sales-1.csv"
    sales.write_text(sales.read_text().replace("2,10.00,0.1", "1,10.00,0.1"))
    files = sorted(fresh.lake.rglob("*"))
    stamps = fresh.stamps()
    tried = fresh.well("backfill", *DAYS, "--dry-run")
    assert (sorted(fresh.lake.rglob("*")), fresh.stamps()) == (files, stamps)
    [january] = [line.split() for line in tried.splitlines() if line.startswith("fact_sales")]
    assert january == [
        "fact_sales", "corner", "2024-01", "1", "net_amount", "29.5000", "20.5000", "-9.0000",
    ]  # fmt: skip
    done = fresh.well("backfill", *DAYS)
    assert (
        done[done.index("gold has changed") :].splitlines()[1:]
        == (tried[tried.index("gold would change") :].splitlines()[1:])
    )
    assert (net(fresh), batches(fresh)) == (Decimal("30.5"), 2)
    restated = fresh.gold("restatements").filter(kpi="net_amount")
    assert restated["difference"].to_list() == [Decimal(-9)]
    assert "equal" in fresh.well("verify")
    # It has ended: the same once more begins anew, and changes nothing.
    assert "gold stays as it was" in fresh.well("backfill", *DAYS)
    assert batches(fresh) == 3


def test_one_that_was_cut_short_goes_on_and_fetches_nothing_twice(fresh: Shell):
    second = fresh.lake.parent / "second"
    corner.profile(fresh.sources, "second", second, corner.PROFILE.replace('"corner"', '"second"'))
    failed = fresh("backfill", *DAYS)
    assert failed.returncode == 1
    assert "the same command goes on with the rest" in failed.stderr
    assert (batches(fresh), batches(fresh, "second")) == (1, 0)
    corner.write(second)
    gone_on = fresh("backfill", *DAYS)
    assert gone_on.returncode == 0
    assert "which has fetched corner" in gone_on.stderr
    assert (batches(fresh), batches(fresh, "second")) == (1, 1)
    assert net(fresh) == 2 * Decimal("39.5")
    assert "equal" in fresh.well("verify")


def test_one_that_was_killed_before_it_was_taken_in_goes_on(fresh: Shell):
    """What a kill leaves after the commit: a record under way, a batch, and no log."""
    fresh.well("backfill", *DAYS)
    [record] = (fresh.lake / "backfills").glob("*.json")
    record.write_text(record.read_text().replace('"ended_at": "', '"was": "'))
    for name in ("log", "state", "gold", "quarantine"):
        (fresh.lake / name).rename(fresh.lake.parent / name)
    assert "gold has changed" in fresh.well("backfill", *DAYS)
    assert (net(fresh), batches(fresh)) == (Decimal("39.5"), 1)


def test_wrong_use_is_named(fresh: Shell):
    for arguments, code, said in (
        (
            ("--since", "2024-02-01", "--until", "2024-01-31"),
            2,
            "--since 2024-02-01 is after --until 2024-01-31",
        ),
        (
            ("--since", "yesterday", "--until", "2024-01-31"),
            2,
            "--since yesterday: a day, such as 2026-03-31",
        ),
        ((*DAYS, "--source", "nobody"), 2, "nobody.toml: no such profile; there are: corner"),
        (
            ("--since", "2999-01-01", "--until", "2999-01-31"),
            1,
            "nothing from 2999-01-01 to 2999-01-31 in corner",
        ),
    ):
        done = fresh("backfill", *arguments)
        assert done.returncode == code, done.stderr
        assert said in done.stderr
    assert not (fresh.lake / "gold").exists()
