"""Processes that end when their starter does, however that ended: no crawl goes on for nobody.

`python -m saleslake_flows.tether MODULE ...` is `python -m MODULE ...`, so tied.
"""

import ctypes
import os
import runpy
import signal
import sys

_PR_SET_PDEATHSIG = 1

_SERVICE = "SALESLAKE_SERVICE_PID"


def to_parent(number: signal.Signals) -> None:
    """Have this process get a signal when the one that started it ends; only Linux knows how."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, number)


def be_a_service() -> None:
    """Tell the processes of runs by whom they were started."""
    os.environ[_SERVICE] = str(os.getpid())


def to_service() -> bool:
    """Tie the process of a run to the service that started it; whether that is there still.

    One that was killed meanwhile has forgotten the run, and its next start has crashed it.
    """
    to_parent(signal.SIGTERM)
    service = os.environ.get(_SERVICE)
    return service is None or os.getppid() == int(service)


if __name__ == "__main__":
    # Nothing gentler: a crawl that is asked to end waits for sites that hang; and nothing is committed yet.
    to_parent(signal.SIGKILL)
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
