"""Processes that end when their starter does, however that ended: no crawl goes on for nobody.

`python -m saleslake_flows.tether MODULE ...` is `python -m MODULE ...`, so tied.
"""

import ctypes
import runpy
import signal
import sys

_PR_SET_PDEATHSIG = 1


def to_parent() -> None:
    """Have this process told to end (SIGTERM) when the one that started it is gone; only Linux knows how."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


if __name__ == "__main__":
    to_parent()
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
