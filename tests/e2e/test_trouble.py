"""What stands in the way is named, with the exit code that belongs to it; what was there before stays."""

import contextlib
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from saleslake.lake import Lake
from saleslake_processor import gold_files, state
from saleslake_processor.lock import writing
from tests.e2e import corner
from tests.e2e.shell import COMMAND, Shell

pytestmark = pytest.mark.slow


def test_a_wrong_profile_is_told_in_a_line_a_fault_and_nothing_is_fetched(fresh: Shell):
    corner.profile(fresh.sources, "wrong", "exports", corner.PROFILE.replace("EUR", "euro"))
    corner.profile(fresh.sources, "strange", "exports", corner.PROFILE.replace("unit_price", "unit_prize"))
    done = fresh("run")
    assert (done.returncode, done.stdout) == (2, "")
    first, second = done.stderr.splitlines()
    assert first.startswith(f"{fresh.sources / 'strange.toml'}: entities.order_line.fields.unit_prize: ")
    assert second.startswith(f"{fresh.sources / 'wrong.toml'}: currency = 'euro': ")
    assert not fresh.lake.exists()
    assert "corner: well" in fresh("sources", "check").stdout
    # Another's fault is no reason to leave out a source that was named.
    named = fresh("run", "corner")
    assert named.returncode == 0
    assert f"left out: {first}" in named.stderr


def test_batches_of_a_profile_that_went_wrong_or_away_wait_and_are_named(fresh: Shell):
    fresh.well("scrape")
    right = (fresh.sources / "corner.toml").read_text()
    corner.profile(fresh.sources, "other", "exports")
    (fresh.sources / "corner.toml").write_text(right.replace("EUR", "euro"))
    wrong = fresh("process")
    assert wrong.returncode == 1
    assert f"its batches wait: {fresh.sources / 'corner.toml'}: currency" in wrong.stderr
    (fresh.sources / "corner.toml").unlink()
    away = fresh("process")
    assert away.returncode == 1
    assert f"corner: its batches wait: no profile {fresh.sources / 'corner.toml'}" in away.stderr
    assert fresh("process", "other").returncode == 0
    (fresh.sources / "corner.toml").write_text(right)
    assert "39.50 EUR" in fresh.well("process")


@pytest.mark.parametrize("command", ["run", "scrape", "process"])
def test_a_lake_that_cannot_be_written_is_named(fresh: Shell, command: str):
    fresh.lake.write_text("no folder")
    done = fresh(command)
    assert done.returncode == 1
    assert str(fresh.lake) in done.stderr
    assert "Traceback" not in done.stderr
    assert fresh.lake.read_text() == "no folder"


def test_a_busy_lake_is_left_alone_and_what_was_fetched_waits_for_the_next_run(fresh: Shell):
    with writing(Lake(fresh.lake)):
        done = fresh("run")
        assert done.returncode == 3
        assert "another process is writing" in done.stderr
        assert "fetched" in done.stdout
        assert fresh("verify").returncode == 3
    assert not (fresh.lake / "gold").exists()
    assert "39.50 EUR" in fresh.well("run")


@pytest.mark.parametrize("where", ["gold", "state", "raw"])
def test_a_broken_file_of_the_lake_itself_is_named(fresh: Shell, where: str):
    fresh.well("scrape" if where == "raw" else "run")
    lake = Lake(fresh.lake)
    [commit] = lake.raw_commits("corner").glob("*.json")
    broken = {"gold": lake.gold_manifest, "state": lake.state_manifest, "raw": commit}[where]
    broken.write_text(broken.read_text()[:-20])
    done = fresh("process")
    assert done.returncode == 1
    assert str(broken) in done.stderr
    assert "Traceback" not in done.stderr


def _without_its_first_row(file: Path) -> None:
    pl.read_parquet(file)[1:].write_parquet(file)


def test_verify_proves_the_lake_and_sees_one_missing_row_of_gold(ran: Shell):
    assert ran.well("verify").splitlines()[-1].endswith("1 batches rebuilt: equal")
    lake = Lake(ran.lake)
    manifest = gold_files.load(lake)
    assert manifest is not None
    _without_its_first_row(lake.gold / manifest.tables["sales_by_store"].files[0].path)
    done = ran("verify")
    assert done.returncode == 1
    verdict, *differences = done.stdout.splitlines()
    assert verdict.endswith("different")
    of_file, of_row, *known = differences
    assert of_file.startswith("files/sales_by_store-")
    assert "sha256" in of_file
    assert of_row.startswith("sales_by_store [company=corner, month=2024-01-01")
    assert known[-1] == "sales_by_store: 1 differences are known"


def test_verify_sees_one_missing_row_of_the_state(ran: Shell):
    lake = Lake(ran.lake)
    _without_its_first_row(lake.state / state.load(lake).files["sums/month_product"])
    done = ran("verify")
    assert done.returncode == 1
    assert "\nstate sums/month_product [company=corner" in done.stdout


def test_verify_needs_the_profiles_of_all_that_was_taken_in(ran: Shell):
    corner.profile(ran.sources, "other", "exports")
    (ran.sources / "corner.toml").unlink()
    done = ran("verify")
    assert done.returncode == 2
    assert done.stderr.startswith(f"{ran.sources / 'corner.toml'}: ")


def test_verify_says_that_a_profile_has_changed_since(ran: Shell):
    file = ran.sources / "corner.toml"
    file.write_text(
        file.read_text().replace('fields.name = "name"\nfields.category_id', "fields.category_id")
    )
    done = ran("verify")
    assert done.returncode == 1
    assert "dim_product [" in done.stdout
    assert len(done.stdout.splitlines()) < 40
    assert "corner: 1 of its batches were read by a profile that has changed since" in done.stderr


def test_a_missing_file_of_gold_is_named_and_published_again(ran: Shell):
    [file] = (ran.lake / "gold" / "files").glob("sales_daily-*")
    was = file.read_bytes()
    file.unlink()
    for command in (["show", "sales_daily"], ["verify"]):
        done = ran(*command)
        assert done.returncode == 1
        assert [line for line in done.stderr.splitlines() if str(file) in line]
        assert "foreseen" not in done.stderr
    ran.well("run")
    assert file.read_bytes() == was
    ran.well("verify")


@contextlib.contextmanager
def _silent_site() -> Iterator[tuple[str, socket.socket]]:
    """Takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(60)
        yield f"http://127.0.0.1:{server.getsockname()[1]}/exports/", server


def _children(process: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{process}/task/{process}/children").read_text().split()]


@contextlib.contextmanager
def _waiting_for_a_site(shell: Shell) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A run, and its scraper that waits for an answer."""
    with _silent_site() as (address, server):
        corner.profile(shell.sources, "silent", address)
        with subprocess.Popen(
            [*COMMAND, "run", "silent"], env=shell.variables(), stderr=subprocess.PIPE, text=True
        ) as process:
            try:
                connection, _ = server.accept()
                with connection:
                    [scraper] = _children(process.pid)
                    yield process, scraper
            finally:
                process.kill()


def test_a_scraper_that_is_killed_is_a_failure_by_name(fresh: Shell):
    with _waiting_for_a_site(fresh) as (process, scraper):
        os.kill(scraper, signal.SIGKILL)
        assert process.stderr is not None
        assert "silent: scraper: was killed by signal 9 without a report" in process.stderr.read()
        assert process.wait(60) == 1


def test_a_run_that_is_ended_ends_its_scraper(fresh: Shell):
    with _waiting_for_a_site(fresh) as (process, scraper):
        process.terminate()
        assert process.wait(60) == 128 + signal.SIGTERM
        deadline = time.monotonic() + 10
        while Path(f"/proc/{scraper}").exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        assert not Path(f"/proc/{scraper}").exists()
    assert not list((fresh.lake / "raw").glob("silent/**/*"))
