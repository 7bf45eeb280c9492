"""What is fetched for a trial: a lake below the real one, that knows what that one has seen."""

import shutil
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta

from saleslake import clock
from saleslake.durable import link
from saleslake.lake import Lake
from saleslake.raw import batch_id

_KEPT = timedelta(days=1)
"""After that a trial is taken to be forgotten: its service was killed."""


def of(lake: Lake, id: str) -> Lake:
    """The lake of a trial."""
    return Lake(lake.trials / id)


def begun(lake: Lake, id: str, sources: Sequence[str]) -> Lake:
    """Make the lake of a trial, with the commits of the sources; forgotten ones go."""
    forgotten = batch_id(clock.now() - _KEPT)
    for left in lake.trials.glob("*"):
        if left.name < forgotten:
            shutil.rmtree(left, ignore_errors=True)
    beside = of(lake, id)
    beside.root.mkdir(parents=True)
    for source in sources:
        for file in lake.raw_commits(source).glob("[!.]*.json"):
            link(file, beside.raw_commit(source, file.stem))
    return beside


def ended(lake: Lake, id: str) -> None:
    """Remove what was fetched for it."""
    shutil.rmtree(lake.trials / id, ignore_errors=True)
    with suppress(OSError):
        # Another one may be under way.
        lake.trials.rmdir()
