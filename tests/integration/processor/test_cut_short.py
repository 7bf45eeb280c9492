"""A pass that dies at any of its writes leaves a lake that the next pass completes."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import deltalake
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from saleslake.lake import Lake
from saleslake.raw import batch_ids
from saleslake_processor import gold_files, log_view, quarantine
from saleslake_processor.marts.graph import MARTS
from tests.integration.processor.shop import gold, passed, source, trade

COMPARED = [mart.name for mart in MARTS if mart.name != "refresh_info"]
"""That one tells when it was published."""


class CutShortError(Exception):
    """What a killed process does not survive."""


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    lake = Lake(tmp_path_factory.mktemp("undisturbed"))
    trade(lake)
    passed(lake)
    return lake


@pytest.fixture
def lake(undisturbed: Lake, tmp_path: Path) -> Lake:
    """The same raw batches, not taken in."""
    shutil.copytree(undisturbed.raw, tmp_path / "raw")
    return Lake(tmp_path)


Dies = Callable[[str], bool]


@contextmanager
def dying(dies: Dies, *, after: bool = False) -> Iterator[list[str]]:
    """Die at the write, or append, whose name `dies` picks; gives the names of all that were tried."""
    tried: list[str] = []

    def wrapped(real: Callable[..., Any], named: Callable[..., str]) -> Callable[..., Any]:
        def act(*args: Any, **kwargs: Any) -> Any:
            tried.append(named(*args))
            dead = dies(tried[-1])
            if dead and not after:
                raise CutShortError(tried[-1])
            done = real(*args, **kwargs)
            if dead:
                raise CutShortError(tried[-1])
            return done

        return act

    with pytest.MonkeyPatch.context() as patch:
        appended = wrapped(
            deltalake.write_deltalake, lambda table, *_: f"log {getattr(table, 'table_uri', table)}"
        )
        patch.setattr("saleslake_processor.lake_log.write_deltalake", appended)
        patch.setattr(Path, "replace", wrapped(Path.replace, lambda _, target: str(target)))
        patch.setattr(Path, "unlink", wrapped(Path.unlink, lambda path: f"unlink {path}"))
        yield tried


def completed_like(lake: Lake, undisturbed: Lake) -> None:
    """The next pass makes the lake equal, ledger and quarantine included; one more changes nothing."""
    passed(lake)
    for name in COMPARED:
        got, expected = (gold(at, name) for at in (lake, undisturbed))
        if name == "run_results":
            got, expected = (came_to(rows) for rows in (got, expected))
        assert_frame_equal(got, expected)
    refused = [quarantine.scan(at).collect() for at in (lake, undisturbed)]
    assert refused[0].equals(refused[1])
    manifest = gold_files.load(lake)
    assert manifest is not None
    assert gold_files.altered(lake, manifest) == []
    named = {path.relative_to(lake.gold).as_posix() for path in lake.gold_files.iterdir()}
    assert {file.path for table in manifest.tables.values() for file in table.files} <= named
    latest = {path.relative_to(lake.gold_latest).as_posix() for path in lake.gold_latest.rglob("*.parquet")}
    assert latest == {
        path.relative_to(undisturbed.gold_latest).as_posix()
        for path in undisturbed.gold_latest.rglob("*.parquet")
    }
    assert not passed(lake).published


def came_to(runs: pl.DataFrame) -> pl.DataFrame:
    """What the last run found in the lake; what it took in depends on what the runs before it did."""
    last = runs.filter(pl.col("run") == pl.col("run").max())
    return last.filter(~pl.col("analysis").str.contains("^rows_|^batches$")).select("analysis", "value")


def at(part: str, nth: int = 1) -> Dies:
    """The n-th write whose name holds the words."""
    seen = count(1)
    return lambda name: part in name and next(seen) == nth


WRITES = {
    "quarantine": ("/quarantine/", 1),
    "lines of the first batch": ("/log/order_line", 1),
    "lines of the second batch": ("/log/order_line", 2),
    "returns": ("/log/return", 1),
    "products": ("/log/product", 1),
    "ledger": ("/log/batch_ledger", 1),
    "ledger of the last batch": ("/log/batch_ledger", 3),
    "log of runs": ("/log/runs", 1),
    "frame of the state": ("/state/sums/", 1),
    "manifest of the state": ("/state/manifest.json", 1),
    "file of gold": ("/gold/files/", 1),
    "snapshot": ("/gold/snapshots/", 1),
    "manifest of gold": ("/gold/manifest.json", 1),
    "stable name": ("/gold/latest/", 3),
}


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("write", WRITES)
def test_a_pass_cut_short_is_completed_by_the_next(lake: Lake, undisturbed: Lake, write: str, after: bool):
    with dying(at(*WRITES[write]), after=after), pytest.raises(CutShortError):
        passed(lake)
    completed_like(lake, undisturbed)


def test_a_batch_half_taken_in_counts_for_nothing_until_it_is_completed(lake: Lake, undisturbed: Lake):
    with dying(at(*WRITES["ledger of the last batch"])), pytest.raises(CutShortError):
        passed(lake)
    [*whole, (half, _)] = batch_ids(lake)
    passed(lake, source("other"))
    assert set(gold(lake, "batch_ledger")["batch"]) == {batch for batch, _ in whole}
    assert half not in set(log_view.scan(lake, "order_line").collect()["batch"])
    completed_like(lake, undisturbed)


@pytest.mark.slow
def test_a_pass_may_die_at_every_single_write(undisturbed: Lake, tmp_path: Path):
    for number in count(1):
        lake = Lake(tmp_path / str(number))
        shutil.copytree(undisturbed.raw, lake.raw)
        with dying(at("", number)) as tried:
            try:
                passed(lake)
            except CutShortError:
                completed_like(lake, undisturbed)
                shutil.rmtree(lake.root)
                continue
        assert len(tried) == number - 1 > 50
        return
