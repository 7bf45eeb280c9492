"""What counts for nothing is removed, and nothing that counts."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from saleslake.damage import DamagedError
from saleslake.durable import ASIDE
from saleslake.lake import Lake
from saleslake_processor import gold_files, lock, scratch
from saleslake_processor.lock import LakeBusyError
from saleslake_processor.orphans import Orphan, maintain
from tests.integration.processor.shop import bytes_of, later, line, passed, trade, write

TWO_DAYS_ON = datetime.now(UTC) + timedelta(days=2)


@pytest.fixture(scope="module")
def traded(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    lake = Lake(tmp_path_factory.mktemp("traded"))
    trade(lake)
    passed(lake)
    write(lake, {"lines": [line("o5-1", quantity="some")]}, at=later(3))
    passed(lake)
    return lake


@pytest.fixture
def lake(traded: Lake, tmp_path: Path) -> Lake:
    shutil.copytree(traded.root, tmp_path, dirs_exist_ok=True)
    return Lake(tmp_path)


def tidied(lake: Lake, *, keep: int = 5, at: datetime = TWO_DAYS_ON, dry_run: bool = False) -> list[Orphan]:
    return maintain(lake, keep, at, dry_run=dry_run)


def put(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"left")
    return path


BATCH = "20260101T000000000000Z"
LEFT: dict[str, Callable[[Lake], Path]] = {
    "rows of no committed batch": lambda lake: lake.raw_table("gone", "lines", BATCH) / "part-00000.parquet",
    "a commit that was not named": lambda lake: lake.raw_commits("shop") / f"{ASIDE}1",
    "quarantine of no batch": lambda lake: lake.quarantine("shop", BATCH),
    "quarantine half written": lambda lake: lake.quarantine("shop", f"{ASIDE}1"),
    "decision half written": lambda lake: lake.decisions / f"{ASIDE}1",
    "frame of no state": lambda lake: lake.state / "sums" / "month-000000000000.parquet",
    "state half written": lambda lake: lake.state / "sums" / f"{ASIDE}1",
    "gold of no snapshot": lambda lake: lake.gold_files / "sales_daily-0000.parquet",
    "stable name half given": lambda lake: lake.gold_latest / "fact_sales" / f"{ASIDE}1",
    "append that was killed": lambda lake: lake.log_table("order_line") / "month=2026-01" / "part-0.parquet",
    "Delta's own": lambda lake: lake.log_table("order_line") / "_delta_log" / f"{7:020}.json#1",
    "first append of a log that was killed": lambda lake: lake.log_table("team") / "part-0.parquet",
    "dry run of a backfill that was killed": lambda lake: lake.trials / BATCH / "raw" / "part-0.parquet",
    "trial that was killed": lambda lake: lake.root / ".scratch-1" / "log" / "order" / "part-0.parquet",
}


@pytest.mark.parametrize("what", LEFT)
def test_what_counts_for_nothing_is_told_and_then_removed(lake: Lake, what: str):
    before = bytes_of(lake.root)
    path = put(LEFT[what](lake))
    [told] = tidied(lake, dry_run=True)
    assert path.read_bytes() == b"left"
    assert (told.files, told.bytes) == (1, 4)
    assert path == told.path or told.path in path.parents
    assert tidied(lake) == [told]
    assert bytes_of(lake.root) == before
    assert tidied(lake) == []


def test_a_lake_without_orphans_is_left_as_it_is(lake: Lake):
    before = bytes_of(lake.root)
    assert tidied(lake) == []
    assert bytes_of(lake.root) == before
    assert not passed(lake).published


CRAWL = """
import sys
from pathlib import Path
import polars as pl
from saleslake.lake import Lake
from saleslake.raw import BatchWriter
writer = BatchWriter(Lake(Path(sys.argv[1])), "shop", "-")
writer.write("lines", pl.DataFrame({"id": ["1"]}))
print(writer.batch, flush=True)
if sys.stdin.read() == "commit":
    writer.commit([])
"""


@contextmanager
def crawl(lake: Lake) -> Iterator[tuple["subprocess.Popen[str]", Path]]:
    """A crawl that has written rows and goes on until its input ends, and the folder of them."""
    command = [sys.executable, "-c", CRAWL, str(lake.root)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        folder = lake.raw_table("shop", "lines", process.stdout.readline().strip())
        try:
            yield process, folder
        finally:
            process.kill()


def test_a_crawl_keeps_its_rows_while_it_lives_whatever_their_age(lake: Lake):
    with crawl(lake) as (process, folder):
        assert tidied(lake) == []
        process.kill()
        process.wait()
        assert tidied(lake, at=datetime.now(UTC)) == [], "they are of today"
        [told] = tidied(lake)
        assert (told.path, told.files) == (folder, 1)
        assert not folder.exists()


def test_rows_that_are_committed_stay(lake: Lake):
    with crawl(lake) as (process, folder):
        process.communicate("commit")
        assert tidied(lake) == []
        assert list(folder.iterdir())


def test_gold_keeps_the_current_snapshot_where_the_next_one_was_cut_short(lake: Lake):
    current = gold_files.load(lake)
    assert current is not None
    (lake.gold_snapshots / f"{current.snapshot + 1:08}.json").write_text(
        current.model_copy(update={"snapshot": current.snapshot + 1, "tables": {}}).model_dump_json()
    )
    assert {each.what for each in tidied(lake, keep=1)} == {"gold of before"}
    assert gold_files.load(lake) == current
    assert gold_files.altered(lake, current) == []


def test_gold_that_is_no_longer_kept_goes(lake: Lake):
    current = gold_files.load(lake)
    assert current is not None
    snapshots = sorted(lake.gold_snapshots.iterdir())
    gone = {each.path for each in tidied(lake, keep=1)}
    assert gone >= set(snapshots[:-1])
    named = {file.path for table in current.tables.values() for file in table.files}
    assert {path.relative_to(lake.gold).as_posix() for path in lake.gold_files.iterdir()} == named


def test_a_trial_frees_only_what_has_no_other_name(lake: Lake):
    with lock.writing(lake), scratch.copy(lake) as beside:
        shutil.copytree(beside.root, lake.root / ".scratch-killed", symlinks=True, copy_function=os.link)
        put(lake.root / ".scratch-killed" / "state" / "own")
    before = bytes_of(lake.raw)
    [told] = tidied(lake)
    assert told.bytes == 4 < told.files
    assert bytes_of(lake.raw) == before


@pytest.mark.parametrize("dry_run", [True, False])
def test_it_steps_aside_where_another_process_writes(lake: Lake, dry_run: bool):
    path = put(lake.state / "left")
    with lock.writing(lake), pytest.raises(LakeBusyError):
        tidied(lake, dry_run=dry_run)
    assert path.exists()


@pytest.mark.parametrize("manifest", ["state_manifest", "gold_manifest"])
def test_nothing_is_removed_by_a_manifest_that_cannot_be_read(lake: Lake, manifest: str):
    put(getattr(lake, manifest))
    before = bytes_of(lake.root)
    with pytest.raises(DamagedError):
        tidied(lake)
    assert bytes_of(lake.root) == before
