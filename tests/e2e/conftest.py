"""A small shop with a lake of its own, and one in which it was run once."""

import shutil
from pathlib import Path

import pytest

from tests.e2e import corner
from tests.e2e.shell import Shell


def _fresh(folder: Path) -> Shell:
    corner.write(folder / "exports")
    corner.profile(folder / "sources", "corner", folder / "exports")
    return Shell(folder / "lake", folder / "sources")


@pytest.fixture
def fresh(tmp_path: Path) -> Shell:
    """Nothing was run yet; exports lie in `exports` beside the lake."""
    return _fresh(tmp_path)


@pytest.fixture(scope="session")
def run_once(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """To be copied, not to be changed."""
    shell = _fresh(tmp_path_factory.mktemp("corner"))
    shell.well("run")
    return shell


@pytest.fixture
def ran(run_once: Shell, fresh: Shell) -> Shell:
    """One run lies behind, at the same address."""
    shutil.copytree(run_once.lake, fresh.lake)
    corner.profile(fresh.sources, "corner", run_once.lake.parent / "exports")
    return fresh
