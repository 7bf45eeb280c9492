"""Writing that a crash cannot leave half done: aside, to the disk, then renamed."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

ASIDE = ".aside-"
"""Prefix of files under construction; a file so named belongs to nobody once its writer is gone (`sweep`)."""


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield a path beside `path` to write to; on success it replaces `path`, on failure it is removed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f"{ASIDE}{uuid4().hex}")
    try:
        yield aside
        _to_disk(aside)
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


def sweep(folder: Path) -> None:
    """Remove what killed writers left aside anywhere below the folder, in which nobody else may write now."""
    for left in folder.rglob(f"{ASIDE}*"):
        left.unlink(missing_ok=True)


def _to_disk(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
