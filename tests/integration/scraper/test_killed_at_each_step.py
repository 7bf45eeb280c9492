"""A crawl that is killed at any step leaves raw batches that the next one makes equal to undisturbed ones."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest

from saleslake.abandoned import abandoned
from tests.conftest import ROOT
from tests.integration.scraper.conftest import Place

TABLES = """
[tables.sales]
files = "sales-*.csv"
snapshot = "file"
[tables.products]
files = "products.csv"
"""


@pytest.fixture
def crawled(place: Place) -> Place:
    """Fetched once; then a file came, one changed and one went away."""
    exports = place.root / "exports"
    exports.mkdir()
    for number in range(3):
        (exports / f"sales-{number}.csv").write_text(f"id,price\n{number},1.50\n")
    (exports / "products.csv").write_text("id,name\np,Tea\n")
    place.profile(str(exports), TABLES)
    assert place.crawl().code == 0
    (exports / "sales-1.csv").write_text("id,price\n1,1.75\n11,2.00\n")
    (exports / "sales-2.csv").unlink()
    (exports / "sales-3.csv").write_text("id,price\n3,3.00\n")
    (exports / "products.csv").write_text("id,name\np,Tea\nq,Mug\n")
    return place


def killed(place: Place, number: int, when: str) -> bool:
    """Whether a crawl came to that step, and died there."""
    command = place.command()
    module = command.index("saleslake_scraper")
    command[module:module] = ["tests.steps", str(number), when]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    ended = subprocess.run(command, cwd=place.root, env=environment, capture_output=True, check=False)
    assert ended.returncode in (0, -signal.SIGKILL), ended.stderr
    return ended.returncode != 0


def content(place: Place) -> list[Any]:
    """What the committed batches say, but when they were fetched."""
    said = []
    for commit in place.commits():
        frames = {table: commit.scan(place.lake, table).drop("_fetched_at") for table in commit.files}
        rows = {table: frame.sort("_row").collect().to_dicts() for table, frame in frames.items()}
        said.append((commit.model_dump(exclude={"batch", "started_at", "committed_at", "files"}), rows))
    return said


def died(place: Place, numbers: Iterator[int], when: str) -> int:
    """How many steps a crawl was killed at, and all was well with the next one."""
    shutil.copytree(place.lake.root, before := place.root / "before")
    assert place.crawl().code == 0
    undisturbed = content(place)
    assert len(undisturbed) == 2
    steps = 0
    for number in numbers:
        shutil.rmtree(place.lake.root)
        shutil.copytree(before, place.lake.root)
        if not killed(place, number, when):
            break
        steps += 1
        assert content(place) in (undisturbed[:1], undisturbed)
        assert place.crawl().code == 0
        assert content(place) == undisturbed
        left = {path for path in place.lake.raw.rglob("*") if path.is_file()}
        for path in abandoned(place.lake, datetime.now(UTC) + timedelta(days=2)):
            left -= {path, *path.rglob("*")}
        named = {file for commit in place.commits() for files in commit.files.values() for file in files}
        commits = {place.lake.raw_commit("shop", commit.batch) for commit in place.commits()}
        assert left == {place.lake.raw / file for file in named} | commits
    return steps


def test_a_crawl_may_be_killed_between_its_rows_and_its_commit(crawled: Place):
    assert died(crawled, iter([5]), "after") == 1


@pytest.mark.slow
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_crawl_may_be_killed_at_every_step(crawled: Place, when: str):
    # Two files of rows, the commit and the report: each is written, and then named.
    assert died(crawled, count(1), when) == 8
