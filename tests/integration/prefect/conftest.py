"""One server of Prefect for all, which forgets each test; lake, profiles and services are each test's own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e import corner
from tests.e2e.shell import Shell
from tests.integration.prefect.control import Server, Services


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A live server on a port of its own."""
    found = Server(tmp_path_factory.mktemp("prefect"))
    try:
        found.start()
        yield found
    finally:
        found.kill()


@pytest.fixture
def services(server: Server, tmp_path: Path) -> Iterator[Services]:
    """Services of a corner shop that are started by the test."""
    corner.write(tmp_path / "exports")
    corner.profile(tmp_path / "sources", "corner", tmp_path / "exports")
    found = Services(server, Shell(tmp_path / "lake", tmp_path / "sources"))
    yield found
    found.kill()
    server.forget()
