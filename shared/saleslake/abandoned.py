"""What crawls that were killed left below `raw`, told from what a crawl is writing now."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from saleslake.durable import left_aside
from saleslake.lake import Lake


def abandoned(lake: Lake, before: datetime) -> Iterator[Path]:
    """Folders of batches without a commit that nobody writes any more, and commits that never got their name.
    Nothing in them was changed since the instant `before`.

    A writer holds the folders of its batch as long as it lives, however seldom it writes to them. Age has to
    tell only of a folder that is made and not held yet, and of a commit under way: both take no time. A
    folder that is given stays held until the next one is asked for.
    """
    for folder in sorted(lake.raw.glob("*/*/*/")):
        source = folder.parents[1].name
        with _held_against_its_writer(folder) as held:
            committed = lake.raw_commit(source, folder.name).exists()
            if held and not committed and _last_change(folder) < before:
                yield folder
    for commits in sorted(lake.raw.glob("*/_commits/")):
        for file in sorted(left_aside(commits)):
            # One that was under way has its name by now.
            with suppress(FileNotFoundError):
                if _last_change(file) < before:
                    yield file


@contextmanager
def _held_against_its_writer(folder: Path) -> Iterator[bool]:
    """Whether it could be had; while its writer lives it cannot, see `raw.BatchWriter`."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
        else:
            yield True
    finally:
        os.close(descriptor)


def _last_change(path: Path) -> datetime:
    """Of a file, or of a folder and all that is in it."""
    times = [each.lstat().st_mtime for each in (path, *path.rglob("*"))]
    return datetime.fromtimestamp(max(times), UTC)
