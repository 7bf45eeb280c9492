"""A second lake beside the first, for trials: it is gone when they are done."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from saleslake.lake import Lake

_BESIDE = ".scratch-"
"""Prefix of such lakes; what a killed trial left goes with the next one."""


@contextmanager
def empty(lake: Lake) -> Iterator[Lake]:
    """A lake with the same raw batches and decisions, and nothing made of them yet.

    The caller holds the lake's lock.
    """
    for left in lake.root.glob(f"{_BESIDE}*"):
        shutil.rmtree(left)
    beside = Lake(Path(tempfile.mkdtemp(prefix=_BESIDE, dir=lake.root)))
    try:
        beside.raw.symlink_to(lake.raw.resolve(), target_is_directory=True)
        _linked(lake.decisions, beside.decisions)
        yield beside
    finally:
        shutil.rmtree(beside.root)


@contextmanager
def copy(lake: Lake) -> Iterator[Lake]:
    """A lake that holds all that this one does. Its files are the same ones until either writes others."""
    with empty(lake) as beside:
        for folder in ("log", "state", "gold", "quarantines"):
            _linked(getattr(lake, folder), getattr(beside, folder))
        yield beside


def _linked(folder: Path, to: Path) -> None:
    # Every file of a lake is replaced by another one, never written into: a second name is a copy.
    if folder.exists():
        shutil.copytree(folder, to, copy_function=_link)


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
