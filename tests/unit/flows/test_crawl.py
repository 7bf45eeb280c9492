"""What becomes of a scraper's process: its report, or its end as a failure by name."""

import asyncio
import os
import sys
from pathlib import Path

import pytest

from saleslake.lake import Lake
from saleslake_flows import crawl, pipeline
from saleslake_flows.crawl import Crawl

REPORTS = """
import json, sys
from pathlib import Path
name, report = sys.argv[1], Path(sys.argv[sys.argv.index("--report") + 1])
"""


def crawled(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, script: str) -> tuple[Crawl, list[str]]:
    """One crawl by a scraper that is this script, and the progress that was told."""
    monkeypatch.setattr(crawl, "SCRAPER", (sys.executable, "-c", REPORTS + script))
    told: list[str] = []
    lake = Lake(tmp_path / "lake")
    return asyncio.run(crawl.crawl("corner", lake, tmp_path, told.append, lambda _: None)), told


def test_the_report_is_what_the_crawl_came_to(monkeypatch, tmp_path):
    script = """
print("2026-01-01 [scrapy.core] INFO: noise", file=sys.stderr)
print("2026-01-01 [saleslake_scraper.progress] INFO: corner: 1 of 2", file=sys.stderr)
report.write_text(json.dumps({"source": name, "batch": "b", "fetched": 2, "seconds": 1.5, "seen": 3}))
"""
    found, told = crawled(monkeypatch, tmp_path, script)
    assert found == Crawl(source="corner", batch="b", fetched=2)
    assert told == ["corner: 1 of 2"]


def test_a_scraper_that_dies_is_a_failure_with_its_last_lines(monkeypatch, tmp_path):
    script = "for line in range(9): print('line', line, file=sys.stderr)\nsys.exit(7)"
    found, _ = crawled(monkeypatch, tmp_path, script)
    [failure] = found.failures
    assert failure.address == "scraper"
    assert failure.reason == "ended with code 7 without a report: line 4 | line 5 | line 6 | line 7 | line 8"


@pytest.mark.parametrize("text", ["", "{", '{"source": 1}'])
def test_half_a_report_is_none(monkeypatch, tmp_path, text):
    found, _ = crawled(monkeypatch, tmp_path, f"report.write_text({text!r})")
    assert found.source == "corner"
    assert [failure.reason for failure in found.failures] == [
        "ended with code 0 without a report: it said nothing"
    ]


def test_a_bad_end_after_a_good_report_is_a_failure(monkeypatch, tmp_path):
    found, _ = crawled(monkeypatch, tmp_path, "report.write_text(json.dumps({'source': name}))\nsys.exit(1)")
    assert [failure.reason for failure in found.failures] == ["ended with code 1"]


def test_a_line_without_an_end_stops_nobody(monkeypatch, tmp_path):
    script = """
sys.stderr.write("x" * 5_000_000 + "\\n")
report.write_text(json.dumps({"source": name, "batch": "b"}))
"""
    found, _ = crawled(monkeypatch, tmp_path, script)
    assert found.batch == "b"
    assert not found.failures


def test_one_that_fails_stops_no_other_and_reports_keep_their_order(monkeypatch, tmp_path):
    script = "name == 'b' and sys.exit(3)\nreport.write_text(json.dumps({'source': name, 'batch': name}))"
    monkeypatch.setattr(crawl, "SCRAPER", (sys.executable, "-c", REPORTS + script))
    names = ["d", "b", "a", "c"]
    found = pipeline.scrape(names, Lake(tmp_path / "lake"), tmp_path, lambda _: None, lambda _: None)
    assert [each.source for each in found] == names
    assert [each.batch for each in found] == ["d", None, "a", "c"]
    assert [bool(each.failures) for each in found] == [False, True, False, False]


def test_a_crawl_that_is_cancelled_ends_its_scraper_even_one_that_does_not_want_to(monkeypatch, tmp_path):
    script = """
import os, signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print(f"2026-01-01 [saleslake_scraper] INFO: {os.getpid()}", file=sys.stderr, flush=True)
time.sleep(600)
"""
    monkeypatch.setattr(crawl, "SCRAPER", (sys.executable, "-c", REPORTS + script))
    monkeypatch.setattr(crawl, "_GRACE", 0.1)
    told: list[str] = []

    async def cancelled() -> None:
        started = asyncio.Event()

        def progress(pid: str) -> None:
            told.append(pid)
            started.set()

        crawling = asyncio.create_task(
            crawl.crawl("corner", Lake(tmp_path / "lake"), tmp_path, progress, lambda _: None)
        )
        await started.wait()
        crawling.cancel()
        await asyncio.wait([crawling])
        assert crawling.cancelled()

    asyncio.run(cancelled())
    with pytest.raises(ProcessLookupError):
        os.kill(int(told[0]), 0)
