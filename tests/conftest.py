"""What every test stands on: no network beyond this machine, real data where it lies, steady properties."""

import ipaddress
import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parents[1]

REAL_DATA = Path(os.environ.get("SALESLAKE_DATA") or ROOT.parent / "shared" / "data")

# A busy machine makes single examples slow; that says nothing about the property.
settings.register_profile("steady", deadline=None)
settings.load_profile("steady")


class OutsideNetworkError(RuntimeError):
    """Not an OSError: code under test retries or swallows those, and the test would pass."""


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _is_loopback(host: str) -> bool:
    return host in {"", "localhost"} or (_is_address(host) and ipaddress.ip_address(host).is_loopback)


def _refusing(real: Callable[..., Any]) -> Callable[..., Any]:
    def guarded(self: socket.socket, *args: Any) -> Any:
        # The address is the last argument of connect, connect_ex and both forms of sendto.
        if self.family in {socket.AF_INET, socket.AF_INET6} and not _is_loopback(args[-1][0]):
            raise OutsideNetworkError(f"a test tried to reach {args[-1]}; only loopback is allowed")
        return real(self, *args)

    return guarded


@pytest.fixture(scope="session", autouse=True)
def only_loopback() -> Iterator[None]:
    """Session wide, so that it also holds for the fixtures of modules and sessions.

    It sees Python's sockets of this process only, not those of native libraries or of child processes.
    """
    real_lookup = socket.getaddrinfo

    def lookup(host: Any, *args: Any, **kwargs: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        if name and name not in {"localhost", socket.gethostname()} and not _is_address(name):
            raise OutsideNetworkError(f"a test tried to look up {name!r}; only loopback is allowed")
        return real_lookup(host, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        for verb in ("connect", "connect_ex", "sendto"):
            patch.setattr(socket.socket, verb, _refusing(getattr(socket.socket, verb)))
        patch.setattr(socket, "getaddrinfo", lookup)
        yield


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real public sales data; it is too large, and not ours, to be kept in this repository."""
    if not REAL_DATA.is_dir():
        pytest.skip(f"real sales data is absent: no folder {REAL_DATA}; name it in SALESLAKE_DATA")
    return REAL_DATA
