"""Days are fetched again when somebody asks the server for it: tried first, then taken in."""

from decimal import Decimal

import polars as pl
import pytest

from tests.integration.prefect.control import FINAL, Services, until

pytestmark = pytest.mark.slow

DAYS = {"since": "2024-01-01", "until": "2024-01-31"}


def test_a_backfill_is_tried_and_then_taken_in(services: Services):
    server, lake = services.server, services.shell.lake
    services.shell.well("run")
    sales = lake.parent / "exports" / "sales-1.csv"
    sales.write_text(sales.read_text().replace("2,10.00,0.1", "1,10.00,0.1"))
    manual = services.shell.sources / "corner.toml"
    manual.write_text('cadence = "manual"\n' + manual.read_text())
    services.start("scraper")
    services.start("processor", SALESLAKE_MICROBATCH_SECONDS="3600")
    services.served("backfill", "by-hand")
    services.served("scrape", "corner")
    services.served("backfill-rehearsal", "by-hand")
    services.served("microbatch", "scheduled", "by-hand")
    before = services.shell.stamps()

    tried = server.ended(server.ask("backfill", "by-hand", **DAYS, source="corner", dry_run=True))
    assert tried["state_type"] == "COMPLETED", tried["state"]
    assert "shows what they would change" in tried["state"]["message"]
    [shown] = until(
        "the rehearsal has ended",
        lambda: [run for run in server.runs("backfill-rehearsal") if run["state_type"] in FINAL],
    )
    assert shown["state_type"] == "COMPLETED", shown["state"]
    assert "11 rows seen; " in shown["state"]["message"]
    [table] = server.call("POST", "/artifacts/latest/filter", {"artifacts": {"key": {"any_": ["changes"]}}})
    assert "-9.0000" in str(table["data"])
    assert services.shell.stamps() == before
    assert not (lake / "trials").exists()

    done = server.ended(server.ask("backfill", "by-hand", **DAYS, source="corner"))
    assert done["state_type"] == "COMPLETED", done["state"]

    def net() -> Decimal:
        total: Decimal = services.shell.gold("fact_sales").select(pl.col("net_amount").sum()).item()
        return total

    until("gold has the correction", lambda: net() == Decimal("30.5"))

    wrong = server.ended(server.ask("backfill", "by-hand", **DAYS, source="nobody"))
    assert wrong["state_type"] == "FAILED"
    assert wrong["state"]["message"] == "no such profile as nobody; there are: corner"
