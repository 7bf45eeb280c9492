"""The way of a sale by schedule: a source is fetched, its batch is taken in, gold is published."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from saleslake.lake import Lake
from saleslake_processor.lock import writing
from tests.e2e import corner
from tests.integration.prefect.control import NEVER, PATIENCE, Services, until

pytestmark = pytest.mark.slow

SECRET = "Ada Lovelace"
"""Stands in the exports where a quantity is expected, and as the name of a product."""


def _profile(services: Services, name: str, cadence: str) -> None:
    exports = services.shell.lake.parent / "exports"
    corner.profile(services.shell.sources, name, exports, f'cadence = "{cadence}"\n{corner.PROFILE}')


def _artifacts(services: Services) -> dict[str, str]:
    found = services.server.call("POST", "/artifacts/latest/filter", {})
    return {each["key"]: str(each["data"]) for each in found}


def _sales(services: Services) -> Decimal:
    total: Decimal = services.shell.gold("fact_sales").select(pl.col("sales_amount").sum()).item()
    return total


def _told(services: Services, flow: str, message: str) -> list[dict[str, Any]]:
    """Runs that ended well with these words, as soon as there are any."""
    return until(
        f"{flow}: {message}",
        lambda: [
            run
            for run in services.server.runs(flow)
            if run["state_type"] == "COMPLETED" and run["state"]["message"] == message
        ],
    )


def test_what_a_source_has_is_in_gold_by_schedule_alone(services: Services):
    server = services.server
    exports = services.shell.lake.parent / "exports"
    (exports / "products.csv").write_text(corner.PRODUCTS.replace("Apple pie", SECRET))
    sales = exports / "sales-1.csv"
    sales.write_text(sales.read_text().replace("some", SECRET))
    _profile(services, "corner", "20s")
    services.start("scraper")
    services.start("processor", SALESLAKE_MICROBATCH_SECONDS="20")

    services.served("scrape", "corner")
    services.served("microbatch", "scheduled", "by-hand")
    until("gold is published", lambda: (services.shell.lake / "gold" / "manifest.json").exists())
    assert _sales(services) == Decimal("39.5")

    [batch] = (services.shell.lake / "raw" / "corner" / "_commits").glob("*.json")
    fetched = _told(services, "scrape", f"2 fetched, 0 unchanged, 0 failed; 8 rows in batch {batch.stem}")
    assert [run["name"] for run in fetched] == [f"corner {batch.stem}"]
    # The one that is asked for at once is not by schedule, and may come first or second.
    again = until(
        "a fetch by schedule finds nothing new",
        lambda: [
            run
            for run in _told(services, "scrape", "0 fetched, 2 unchanged, 0 failed; nothing new")
            if run["auto_scheduled"]
        ],
    )
    assert again[0]["name"] == "corner nothing new"
    took = _told(services, "microbatch", "1 batch, 11 rows seen, 1 refused; gold is snapshot 1")
    assert [run["name"] for run in took] == [f"corner {batch.stem}"]
    # A fetch asks for microbatches, too, and these may find nothing new before one by schedule does.
    until(
        "a microbatch by schedule finds nothing new",
        lambda: any(
            run["auto_scheduled"] and run["state"]["message"] == "nothing new; gold stays as it was"
            for run in server.runs("microbatch")
        ),
    )

    shown = until("artifacts are shown", lambda: (found := _artifacts(services)).keys() >= {"gold"} and found)
    assert {"addresses-corner", "rows-corner", "batch-ledger", "refusals", "gold"} <= set(shown)
    assert "39.5000" in shown["gold"]
    assert "quantity" in shown["refusals"]

    ended = [run["id"] for run in [*fetched, *again, *took]]
    asked = {"logs": {"flow_run_id": {"any_": ended}}}
    logs = until(
        "logs have come",
        lambda: len(found := server.call("POST", "/logs/filter", asked)) > 5 and found,
    )
    said = [entry["message"] for entry in logs]
    everything = [*said, *shown.values(), str(server.runs("scrape")), services.log.read_text()]
    assert [text for text in everything if SECRET in text] == []


def test_a_source_comes_and_goes_with_its_profile(services: Services):
    services.start("scraper")
    services.served("scrape", "corner")
    _profile(services, "second", "1h")
    services.served("scrape", "corner", "second")
    (services.shell.sources / "corner.toml").unlink()
    corner.profile(services.shell.sources, "wrong", "exports", corner.PROFILE.replace("EUR", "euro"))
    services.served("scrape", "second", "wrong")
    found = services.server.deployments("scrape")
    assert found["wrong"]["schedules"] == []
    assert "currency = 'euro'" in found["wrong"]["description"]
    assert [each["schedule"]["interval"] for each in found["second"]["schedules"]] == [3600]


def test_a_microbatch_steps_aside_where_another_processor_writes(services: Services):
    server = services.server
    services.shell.well("scrape")
    services.start("processor", **NEVER)
    services.served("microbatch", "scheduled", "by-hand")
    with writing(Lake(services.shell.lake)):
        first, second = server.ask("microbatch", "by-hand"), server.ask("microbatch", "by-hand")
        for run in (server.ended(first), server.ended(second)):
            assert run["state_type"] == "COMPLETED"
            assert "stepped aside" in run["state"]["message"]
    assert not (services.shell.lake / "gold").exists()
    assert server.ended(server.ask("microbatch", "by-hand"))["state_type"] == "COMPLETED"
    assert _sales(services) == Decimal("39.5")


def test_a_full_disk_stops_before_and_the_next_run_goes_on(services: Services):
    server = services.server
    services.shell.well("scrape")
    full = services.start("processor", **NEVER, SALESLAKE_FREE_MEGABYTES="1000000000")
    services.served("microbatch", "scheduled", "by-hand")
    before = sorted(services.shell.lake.rglob("*"))
    run = server.ended(server.ask("microbatch", "by-hand"))
    assert run["state_type"] == "FAILED"
    assert "MB are free, 1,000,000,000 MB must be" in run["state"]["message"]
    assert sorted(services.shell.lake.rglob("*")) == before
    full.terminate()
    assert full.wait(PATIENCE) == 143
    services.start("processor", **NEVER)
    assert server.ended(server.ask("microbatch", "by-hand"))["state_type"] == "COMPLETED"
    assert (services.shell.lake / "gold" / "manifest.json").exists()


def test_what_killed_runs_left_is_removed_every_week(services: Services):
    server = services.server
    services.shell.well("run")
    left = services.shell.lake / "state" / "sums" / "month-000000000000.parquet"
    left.write_bytes(b"left")
    services.start("processor", SALESLAKE_MICROBATCH_SECONDS="3600")
    services.served("microbatch", "scheduled", "by-hand")
    services.served("maintain", "weekly")
    run = server.ended(server.ask("maintain", "weekly"))
    assert (run["state_type"], run["state"]["message"]) == ("COMPLETED", "1 file, 4 bytes removed")
    assert not left.exists()
    [schedule] = server.deployments("maintain")["weekly"]["schedules"]
    assert schedule["schedule"]["interval"] == 7 * 24 * 3600


def test_what_is_due_is_learnt_every_hour(services: Services):
    server = services.server
    services.shell.well("run")
    services.start("processor", SALESLAKE_MICROBATCH_SECONDS="3600")
    services.served("learn", "hourly")
    run = server.ended(server.ask("learn", "hourly"))
    assert run["state_type"] == "COMPLETED"
    assert run["state"]["message"].startswith("learnt: forecast, customers, clusters; snapshot ")
    assert (services.shell.lake / "models" / "manifest.json").exists()
    again = server.ended(server.ask("learn", "hourly"))
    assert (again["state_type"], again["state"]["message"]) == ("COMPLETED", "nothing was due")
    [schedule] = server.deployments("learn")["hourly"]["schedules"]
    assert schedule["schedule"]["interval"] == 3600


def test_a_fetch_that_fails_says_why_and_commits_nothing(services: Services, tmp_path: Path):
    corner.profile(services.shell.sources, "corner", tmp_path / "nowhere")
    services.start("scraper")
    services.served("scrape", "corner")
    # Runs that are due on later days are there, too.
    run, *_ = until(
        "a run has failed",
        lambda: [each for each in services.server.runs("scrape", "corner") if each["state_type"] == "FAILED"],
    )
    assert "nothing committed" in run["state"]["message"]
    assert str(tmp_path / "nowhere") in run["state"]["message"]
    assert not list((services.shell.lake / "raw").rglob("*.json"))
