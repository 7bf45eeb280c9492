"""Whether something can be written to the lake: looked at before anything is."""

import shutil
import tempfile
from pathlib import Path

from saleslake.lake import Lake
from saleslake_flows.exits import FailedError

_MEGABYTE = 1_000_000


def make(lake: Lake) -> None:
    """Make the lake's folder where it is not there; raises `OSError` where nothing can be written to it."""
    lake.root.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=lake.root):
        pass


def enough(lake: Lake, megabytes: int) -> None:
    """Raise `FailedError` where less than that is free on the disk of the lake."""
    free = shutil.disk_usage(_there(lake.root)).free // _MEGABYTE
    if free < megabytes:
        raise FailedError(
            f"{lake.root}: {free:,} MB are free, {megabytes:,} MB must be (SALESLAKE_FREE_MEGABYTES); "
            "nothing was written, and the next run goes on from here"
        )


def _there(folder: Path) -> Path:
    """The folder, or the nearest above it that is there."""
    return next(path for path in (folder, *folder.parents) if path.exists())
