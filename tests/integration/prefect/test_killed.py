"""Processes that are killed: what ran is not shown as running, slots are free, and all goes on by itself."""

import os
import signal

import pytest

from tests.e2e import corner
from tests.integration.prefect.control import (
    NEVER,
    PATIENCE,
    Services,
    children,
    hanging_site,
    is_gone,
    until,
)

pytestmark = pytest.mark.slow

HANGS = """
company = "corner"
address = "{address}/sales-1.csv"
currency = "EUR"
[manners]
robots = false
timeout = 600
[tables.sales]
files = "sales-*.csv"
"""


def _under_way(services: Services) -> str:
    """The id of a fetch that hangs."""
    run = until(
        "a fetch is under way",
        lambda: [each for each in services.server.runs("scrape") if each["state_type"] == "RUNNING"],
    )
    return str(run[0]["id"])


def _scraper(service: int) -> int:
    """The process that fetches, below that of the service."""
    return until(
        "the scraper was started",
        lambda: [pid for pid, command in children(service).items() if "saleslake_scraper" in command],
    )[0]


def test_a_scraper_that_is_killed_is_a_crash_with_its_end(services: Services):
    with hanging_site() as site:
        corner.profile(services.shell.sources, "corner", site, HANGS)
        service = services.start("scraper")
        run = _under_way(services)
        os.kill(_scraper(service.pid), signal.SIGKILL)
        ended = services.server.ended(run)
    assert ended["state_type"] == "CRASHED"
    assert "was killed by signal 9 without a report" in ended["state"]["message"]
    assert not list((services.shell.lake / "raw").rglob("*.json"))


def test_a_service_that_is_killed_leaves_nothing_running_and_no_slot_taken(services: Services):
    server = services.server
    with hanging_site() as site:
        corner.profile(services.shell.sources, "corner", site, HANGS)
        service = services.start("scraper")
        run = _under_way(services)
        scraper = _scraper(service.pid)
        assert server.taken_slots() == 1
        service.kill()
        service.wait()
        until("the scraper ended with its service", lambda: is_gone(scraper))
    # The site is back, and holds what it always did.
    corner.profile(services.shell.sources, "corner", services.shell.lake.parent / "exports")
    services.start("scraper")
    assert server.ended(run)["state_type"] == "CRASHED"
    until("its slot is free", lambda: server.taken_slots() == 0)
    until("the source is fetched", lambda: list((services.shell.lake / "raw").rglob("_commits/*.json")))
    under_way = {"CANCELLING", "PENDING", "RUNNING"}
    until(
        "no run is shown as under way",
        lambda: not under_way & {each["state_type"] for each in server.runs("scrape")},
    )


def test_a_service_that_is_ended_says_so_of_its_runs(services: Services):
    with hanging_site() as site:
        corner.profile(services.shell.sources, "corner", site, HANGS)
        service = services.start("scraper")
        run = _under_way(services)
        scraper = _scraper(service.pid)
        # It would crash the run, too, some time later.
        for each in services.server.call("POST", "/automations/filter", {}):
            services.server.call("DELETE", f"/automations/{each['id']}")
        service.terminate()
        assert service.wait(PATIENCE) == 143
        assert services.server.ended(run)["state_type"] == "CRASHED"
        until("the scraper ended with its service", lambda: is_gone(scraper))


def test_a_server_that_is_killed_is_waited_for(services: Services):
    server = services.server
    service = services.start("processor", **NEVER)
    services.served("microbatch", "scheduled", "by-hand")
    server.kill()
    until(
        "the service says that it waits",
        lambda: "waiting for Prefect's server" in services.log.read_text() and service.poll() is None,
    )
    server.start()
    services.shell.well("scrape")
    assert server.ended(server.ask("microbatch", "by-hand"))["state_type"] == "COMPLETED"
    assert (services.shell.lake / "gold" / "manifest.json").exists()
    assert service.poll() is None


def test_there_is_one_automation_that_crashes_what_gives_no_heartbeat(services: Services):
    services.start("scraper")
    services.served("scrape", "corner")
    services.start("processor")
    services.served("microbatch", "scheduled", "by-hand")
    found = services.server.call("POST", "/automations/filter", {})
    [ours] = [each for each in found if each["name"].startswith("saleslake: ")]
    assert ours["enabled"]
    assert ours["trigger"]["posture"] == "Proactive"
    assert [action["state"] for action in ours["actions"]] == ["CRASHED"]
