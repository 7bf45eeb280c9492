"""The steps of `saleslake.durable`: looked at while they are taken, or died at.

`python -m tests.steps NUMBER before|after MODULE ...` is `python -m MODULE ...`, killed at that step, from 1.
"""

import os
import runpy
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

from saleslake.durable import STEP

Look = Callable[[str, str, Path], None]
"""Is told when (`before` or `after`), the verb and the path of each step."""

_looking: list[Look] = []
_hooks: list[object] = []


def _hook(event: str, said: tuple[Any, ...]) -> None:
    if event == STEP and _looking:
        when, verb, path = said
        _looking[-1](when, verb, Path(path))


@contextmanager
def looking(look: Look) -> Iterator[None]:
    """Whoever takes a step inside is looked at, there and then."""
    # A hook stays until the process ends.
    if not _hooks:
        sys.addaudithook(_hook)
        _hooks.append(_hook)
    _looking.append(look)
    try:
        yield
    finally:
        _looking.pop()


def _dying(number: int, when: str) -> Look:
    steps = count(1)

    def look(now: str, *_: object) -> None:
        if now == when and next(steps) == number:
            os.kill(os.getpid(), signal.SIGKILL)

    return look


if __name__ == "__main__":
    number, when, *sys.argv = sys.argv[1:]
    with looking(_dying(int(number), when)):
        runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
