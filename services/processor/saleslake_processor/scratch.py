"""A second lake beside the first, for trials: it is gone when they are done."""

import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from saleslake.durable import remove_folder, step
from saleslake.lake import Lake

_BESIDE = ".scratch-"
"""Prefix of such lakes; what a killed trial left goes with the next one."""


@contextmanager
def empty(lake: Lake) -> Iterator[Lake]:
    """A lake with the same raw batches, decisions and models, and nothing made of them yet.

    The caller holds the lake's lock.
    """
    for left in left_over(lake):
        remove_folder(left)
    with step("lay out", lake.root):
        beside = Lake(Path(tempfile.mkdtemp(prefix=_BESIDE, dir=lake.root)))
    try:
        with step("lay out", beside.root):
            beside.raw.symlink_to(lake.raw.resolve(), target_is_directory=True)
            _linked(lake.decisions, beside.decisions)
            _linked(lake.models, beside.models)
        yield beside
    finally:
        remove_folder(beside.root)


@contextmanager
def copy(lake: Lake) -> Iterator[Lake]:
    """A lake that holds all that this one does. Its files are the same ones until either writes others."""
    with empty(lake) as beside:
        with step("lay out", beside.root):
            for folder in ("log", "state", "gold", "quarantines"):
                _linked(getattr(lake, folder), getattr(beside, folder))
        yield beside


def left_over(lake: Lake) -> list[Path]:
    """What killed trials left; the caller holds the lake's lock, so that there is no other."""
    return sorted(lake.root.glob(f"{_BESIDE}*"))


def joined(lake: Lake, other: Lake, batches: Iterable[tuple[str, str]]) -> None:
    """Give a lake of `copy` raw batches `(batch, source)` of another one, too."""
    real = lake.raw.resolve()
    with step("lay out", lake.root):
        lake.raw.unlink()
        _linked(real, lake.raw)
        for batch, source in batches:
            for folder in (other.raw / source).glob(f"*/{batch}"):
                _linked(folder, lake.raw / folder.relative_to(other.raw))
            commit = lake.raw_commit(source, batch)
            commit.parent.mkdir(parents=True, exist_ok=True)
            _link(str(other.raw_commit(source, batch)), str(commit))


def _linked(folder: Path, to: Path) -> None:
    # Every file of a lake is replaced by another one, never written into: a second name is a copy.
    if folder.exists():
        shutil.copytree(folder, to, copy_function=_link)


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
