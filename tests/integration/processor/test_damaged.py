"""A file of the lake that is damaged is told by its path, whoever reads it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from saleslake.damage import DamagedError
from saleslake.lake import Lake
from saleslake.raw import batch_ids, commits, read_commit
from saleslake_processor import gold_files, state
from tests.integration.processor.shop import SETTINGS, later, line, passed, source, write

WRONG = [b"", b"{", b"[]", b"{}", b"null", b'{"versions": 1, "files": 2}', b"\xff\xfe"]


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    lake = Lake(tmp_path)
    write(lake, {"lines": [line("o1-1")]})
    return lake


@pytest.mark.parametrize("said", WRONG)
def test_a_damaged_file_is_told_by_its_path(lake: Lake, said: bytes):
    [(batch, shop)] = batch_ids(lake)
    readers: dict[Path, list[Callable[[], object]]] = {
        lake.raw_commit(shop, batch): [lambda: read_commit(lake, shop, batch), lambda: list(commits(lake))],
        lake.gold_manifest: [lambda: gold_files.load(lake)],
        lake.state_manifest: [lambda: state.load(lake)],
    }
    for path, reads in readers.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(said)
        for read in reads:
            with pytest.raises(DamagedError) as told:
                read()
            assert told.value.path == path
            assert str(told.value).startswith(f"{path}: not a ")


@pytest.mark.slow
def test_a_damaged_snapshot_of_before_is_told_by_its_path(lake: Lake):
    passed(lake)
    [snapshot] = lake.gold_snapshots.iterdir()
    snapshot.write_bytes(b"{")
    write(lake, {"lines": [line("o2-1")]}, at=later(1))
    with pytest.raises(DamagedError, match=snapshot.name):
        passed(lake, source(), settings=SETTINGS)
