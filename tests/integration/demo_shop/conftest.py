"""A live shop with a short past, and a clock that the tests set."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from demo_shop.live import growth
from demo_shop.live.site import LiveServer
from demo_shop.paris import instant
from demo_shop.server import answering
from tests.integration.demo_shop.client import Client

SEED, SINCE, TODAY = 20, date(2025, 2, 20), date(2025, 3, 12)
OPENING = instant(TODAY, 8 * 3600)


@pytest.fixture(scope="session", autouse=True)
def near_future() -> Iterator[None]:
    """Plans days ahead, not a year."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(growth, "_AHEAD_DAYS", 20)
        yield


class Hands:
    """A clock that stands still until it is set."""

    def __init__(self, now: int) -> None:
        self.now = now

    def __call__(self) -> int:
        return self.now


@pytest.fixture(scope="module")
def hands() -> Hands:
    return Hands(OPENING)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, hands: Hands) -> Iterator[LiveServer]:
    """A shop that has not begun."""
    made = LiveServer(tmp_path_factory.mktemp("live") / "exports", hands, SEED, SINCE)
    with answering(made):
        yield made


@pytest.fixture(scope="module")
def exports(server: LiveServer) -> Path:
    return server.folder


@pytest.fixture
def client(server: LiveServer) -> Iterator[Client]:
    """Of a shop that is open, and well."""
    made = Client(server.server_port)
    if made.get("/health").status != 200:
        server.begin()
    yield made
    server.misbehaviour.end()
    made.close()
