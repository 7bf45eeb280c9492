"""A pass that is killed at any step leaves a lake that the next run makes equal to an undisturbed one."""

import itertools
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from saleslake.lake import Lake
from saleslake.raw import batch_ids
from saleslake_processor import log_view
from saleslake_processor.process import pending
from tests.integration.processor.equal_lakes import assert_equal, files_by_folder, gold_is_whole
from tests.integration.processor.history import HISTORY, KEPT, LATER_SHOP, SHOP, Episode, tidy
from tests.integration.processor.killed import Deaths, Left, copied
from tests.integration.processor.shop import gold, passed, source, trade


def lived(
    tmp_path: Path, wanted: Callable[[str], bool], history: list[Episode]
) -> Iterator[tuple[Episode, Deaths, Lake]]:
    """Each episode of the history, what kills left during it, and the lake undisturbed."""
    lake = Lake(tmp_path / "lake")
    lake.root.mkdir()
    for number, episode in enumerate(history):
        episode.before(lake)
        deaths = Deaths(lake, tmp_path / f"killed-{number}", wanted)
        deaths.of(episode.act)
        yield episode, deaths, lake
        shutil.rmtree(deaths.to, ignore_errors=True)


def completed(left: Left, episode: Episode, undisturbed: Lake, tidied: Lake) -> None:
    """The next run makes it equal, one more changes nothing, and maintenance leaves no trace of the kill."""
    episode.again(left.lake)
    assert_equal(left.lake, undisturbed)
    shop = LATER_SHOP if HISTORY.index(episode) >= 4 else SHOP
    assert not passed(left.lake, shop, settings=KEPT).published
    assert pending(left.lake) == []
    tidy(left.lake)
    # Files are never written into, and none that counts can have gone where as many are left.
    assert files_by_folder(left.lake) == files_by_folder(tidied)
    gold_is_whole(left.lake)
    shutil.rmtree(left.lake.root)


def recovered(
    tmp_path: Path, wanted: Callable[[str], bool], history: list[Episode] = HISTORY
) -> tuple[int, int]:
    """Points at which a pass may be killed, and lakes that were completed; all of them were."""
    points = lakes = 0
    failed = []
    for episode, deaths, lake in lived(tmp_path, wanted, history):
        tidied = copied(lake, tmp_path / "tidied")
        tidy(tidied)
        for left in deaths.left:
            try:
                completed(left, episode, lake, tidied)
            except Exception as error:
                failed.append(f"{episode.name}, {left.at}: {type(error).__name__}: {error}")
        shutil.rmtree(tidied.root)
        points, lakes = points + deaths.points, lakes + len(deaths.left)
        print(f"{episode.name}: {deaths.points} points, {len(deaths.left)} lakes completed")
    assert not failed, "\n".join(failed)
    return points, lakes


EVERY = 4
"""Of the points of a kind each so many is tried; with SALESLAKE_EVERY_STEP=1 all, in half an hour."""


class Firsts:
    """Whether a kind is asked for the first time."""

    def __init__(self) -> None:
        self.seen: set[str] = set()

    def __call__(self, kind: str) -> bool:
        first = kind not in self.seen
        self.seen.add(kind)
        return first


@pytest.mark.slow
def test_a_batch_half_taken_in_counts_for_nothing_until_it_is_completed(tmp_path: Path):
    lake = Lake(tmp_path / "lake")
    trade(lake)
    deaths = Deaths(lake, tmp_path / "killed", lambda kind: kind == "after append log/entity")
    *_, left = deaths.of(passed)
    [*whole, (half, _)] = batch_ids(lake)
    # Somebody else's batches are taken in meanwhile.
    passed(left.lake, source("other"))
    assert set(gold(left.lake, "batch_ledger")["batch"]) == {batch for batch, _ in whole}
    assert half not in set(log_view.scan(left.lake, "order_line").collect()["batch"])
    passed(left.lake)
    for table in ("batch_ledger", "fact_sales"):
        assert gold(left.lake, table).equals(gold(lake, table))


@pytest.mark.slow
def test_every_step_may_be_the_last(tmp_path: Path):
    every = 1 if os.environ.get("SALESLAKE_EVERY_STEP") else EVERY
    firsts, count = Firsts(), itertools.count()

    def wanted(kind: str) -> bool:
        # Half a file that has no name yet is swept away, whichever it is.
        return firsts(kind) or (not kind.startswith("within write") and next(count) % every == 0)

    points, lakes = recovered(tmp_path, wanted)
    print(f"{points} points, {lakes} lakes completed")
    assert lakes > 700 / every
    assert {kind.split()[1] for kind in firsts.seen} == {"write", "rename", "append", "remove", "lay"}
