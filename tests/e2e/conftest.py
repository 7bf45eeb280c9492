"""A small shop with a lake of its own, one in which it was run once, and a lake of all companies."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from demo_shop import everything, exports
from demo_shop.run import serving
from tests.conftest import REAL_DATA
from tests.e2e import corner
from tests.e2e.shell import ROOT, Shell

REAL = ("adventureworks", "adventureworks_oltp", "crm", "northwind", "online_retail", "simplon", "superstore")
DEMO = ("demo", "demo_geneva", "swile")

# Three fiscal years whose first month is April are begun, and a season comes again.
SINCE, UNTIL, SEED = date(2024, 11, 1), date(2026, 5, 20), 21


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


@pytest.fixture(scope="session")
def companies(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """The demo shop with all its sources, and every real company where its data lies: to be read only.

    Its fiscal year begins in April.
    """
    folder = tmp_path_factory.mktemp("companies")
    exports.write(folder / "exports", SEED, UNTIL, SINCE)
    everything.write(folder / "exports", SEED, UNTIL, SINCE)
    with serving(folder / "exports") as server:
        environment = {
            "SALESLAKE_DEMO_SHOP": server.url,
            "SALESLAKE_SWILE": server.url,
            "SALESLAKE_FISCAL_YEAR_START": "4",
            "SALESLAKE_DATA": str(REAL_DATA),
        }
        shell = Shell(folder / "lake", ROOT / "sources", environment)
        shell.well("run", *DEMO, *(REAL if REAL_DATA.is_dir() else ()))
    return shell
