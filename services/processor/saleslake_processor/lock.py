"""One processor writes; a second one steps aside."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from saleslake.durable import sweep
from saleslake.lake import Lake


class LakeBusyError(Exception):
    """Another process holds the lake."""


@contextmanager
def writing(lake: Lake) -> Iterator[None]:
    """Hold the lake for writing; raises `LakeBusyError` at once where somebody else does.

    What a killed holder left half written goes as soon as the next one holds the lake.
    """
    with held(lake):
        for folder in lake.locked:
            sweep(folder)
        yield


@contextmanager
def held(lake: Lake) -> Iterator[None]:
    """Hold the lake as it lies; raises `LakeBusyError` at once where somebody else does.

    The lock is the process's own: it is gone however the process ends.
    """
    lake.root.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(lake.lock, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise LakeBusyError(f"another process is writing to {lake.root}") from error
        yield
    finally:
        os.close(descriptor)
