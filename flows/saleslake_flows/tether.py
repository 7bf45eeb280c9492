"""Processes that end when their starter does, however that ended: no crawl goes on for nobody.

`python -m saleslake_flows.tether MODULE ...` is `python -m MODULE ...`, so tied.
"""

import ctypes
import os
import runpy
import signal
import sys

_PR_SET_PDEATHSIG = 1

_STARTER = "SALESLAKE_STARTER_PID"


def variables() -> dict[str, str]:
    """What tells a process by whom it was started; part of its environment."""
    return {_STARTER: str(os.getpid())}


def to_starter(number: signal.Signals) -> bool:
    """Tie this process to the one that started it; whether that is there still.

    It gets the signal when that one ends; only Linux knows how. One that ended before it could be tied to
    would leave this process to go on for nobody.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, number)
    starter = os.environ.get(_STARTER)
    return starter is None or os.getppid() == int(starter)


if __name__ == "__main__":
    # Nothing gentler: a crawl that is asked to end waits for sites that hang; and nothing is committed yet.
    if not to_starter(signal.SIGKILL):
        sys.exit("who started this has ended")
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
