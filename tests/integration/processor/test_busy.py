"""One processor writes: a second one steps aside, and a dead one stands in nobody's way."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from saleslake.lake import Lake
from saleslake_processor.lock import LakeBusyError, writing
from saleslake_processor.verify import verify
from tests.integration.processor.shop import SETTINGS, bytes_of, passed, source, trade

HOLD = """
import sys
from pathlib import Path
from saleslake.lake import Lake
from saleslake_processor.lock import writing
with writing(Lake(Path(sys.argv[1]))):
    print("held", flush=True)
    sys.stdin.read()
"""

DIE = """
import os, signal, sys
from contextlib import ExitStack
from pathlib import Path
from saleslake.durable import replacing
from saleslake.lake import Lake
from saleslake_processor.lock import writing
with ExitStack() as stack:
    stack.enter_context(writing(Lake(Path(sys.argv[1]))))
    for path in sys.argv[2:]:
        stack.enter_context(replacing(Path(path))).write_text("half of it")
    os.kill(os.getpid(), signal.SIGKILL)
"""


@contextmanager
def holder(lake: Lake) -> Iterator["subprocess.Popen[str]"]:
    """Another process that holds the lake until its input ends."""
    command = [sys.executable, "-c", HOLD, str(lake.root)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        try:
            yield process
        finally:
            process.kill()


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    lake = Lake(tmp_path)
    trade(lake)
    return lake


def test_a_second_processor_steps_aside_and_touches_nothing(lake: Lake):
    with holder(lake):
        before = bytes_of(lake.root)
        with pytest.raises(LakeBusyError, match=str(lake.root)):
            passed(lake)
        with pytest.raises(LakeBusyError):
            verify(lake, [source()], SETTINGS)
        assert bytes_of(lake.root) == before


def test_the_lake_is_free_when_its_holder_is_done(lake: Lake):
    with holder(lake) as process:
        process.communicate("")
        assert passed(lake).published


def test_the_lake_is_free_when_its_holder_was_killed(lake: Lake):
    with holder(lake) as process:
        process.kill()
        process.wait()
        assert passed(lake).published


def test_what_a_killed_holder_was_writing_goes_with_the_next_one_and_a_crawl_keeps_its_own(lake: Lake):
    batch = lake.raw_table("shop", "lines", "20260301T120000000000Z")
    theirs = [
        lake.quarantine("shop", "20260301T120000000000Z"),
        lake.state / "sums" / "part.parquet",
        lake.gold_files / "sales.parquet",
        lake.gold_latest / "fact_sales" / "2026-01.parquet",
        lake.gold_snapshots / "00000001.json",
        lake.gold_manifest,
    ]
    passed(lake)
    paths = [str(path) for path in [*theirs, batch / "part-00001.parquet"]]
    killed = subprocess.run([sys.executable, "-c", DIE, str(lake.root), *paths], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert len(list(lake.root.rglob(".aside-*"))) == len(paths)
    assert not passed(lake).published
    assert [left.parent for left in lake.root.rglob(".aside-*")] == [batch]


@pytest.mark.slow
def test_the_lake_is_free_after_a_pass_that_failed(lake: Lake):
    with pytest.raises(ZeroDivisionError), writing(lake):
        raise ZeroDivisionError
    assert passed(lake).published
