"""Every change of the lake: made whole or not at all, and step by step, each with a name.

Nothing else writes, renames, links or removes in the lake (`tests/contract/test_one_seam.py`), and between
two steps nothing changes. So a process that is killed leaves what lay there after some step, or within one.
"""

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal
from uuid import uuid4

ASIDE = ".aside-"
"""Prefix of files under construction; a file so named belongs to nobody once its writer is gone (`sweep`)."""

STEP = "saleslake.step"
"""Audit event (`sys.addaudithook`) before and after each step: when, verb and path. Without a hook it costs
nothing; tests look at the lake there, or die."""

Verb = Literal["write", "rename", "append", "remove", "remove folder", "lay out"]


@contextmanager
def step(verb: Verb, path: Path) -> Iterator[None]:
    """What is done inside changes `path`, or what lies aside for it, and nothing else."""
    sys.audit(STEP, "before", verb, str(path))
    yield
    sys.audit(STEP, "after", verb, str(path))


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield a path beside `path` to write to; on success it replaces `path`, on failure it is removed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f"{ASIDE}{uuid4().hex}")
    try:
        with step("write", path):
            yield aside
            _to_disk(aside)
        with step("rename", path):
            aside.replace(path)
            _to_disk(path.parent)
    finally:
        aside.unlink(missing_ok=True)


def replace_text(path: Path, text: str) -> None:
    """Replace the file by `text` (UTF-8) as a whole or not at all."""
    with replacing(path) as aside:
        aside.write_text(text, encoding="utf-8")


def link(target: Path, path: Path) -> None:
    """Give `target`'s bytes the name `path`: a hard link, or a copy where the file system has none."""
    with replacing(path) as aside:
        try:
            aside.hardlink_to(target)
        except OSError:
            aside.write_bytes(target.read_bytes())


def remove(path: Path) -> None:
    """Remove a file, if it is there."""
    with step("remove", path):
        path.unlink(missing_ok=True)


def remove_folder(folder: Path) -> None:
    """Remove a folder of which nothing counts, file by file: a crash may leave a part of it."""
    with step("remove folder", folder):
        shutil.rmtree(folder)


def left_aside(folder: Path) -> Iterator[Path]:
    """What writers were at anywhere below the folder; of killed ones it is nobody's."""
    return folder.rglob(f"{ASIDE}*")


def sweep(folder: Path) -> None:
    """Remove what killed writers left aside anywhere below the folder, in which nobody else may write now."""
    for left in left_aside(folder):
        remove(left)


def _to_disk(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
