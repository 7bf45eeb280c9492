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

REAL = (
    *("adventureworks", "adventureworks_oltp", "crm", "northwind", "online_retail"),
    *("simplon", "superstore", "superstore_2022"),
)
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


def _targets() -> str:
    """Of whole years, of months alone, of a month to come; of people, teams and stores."""
    rows = [f"demo,{year}-{month:02d},net_sales,{900_000 + 1000 * month},,," for year, month in _MONTHS]
    rows += [f"demo,2026-0{month},customers,400,,," for month in (1, 2, 3)]
    rows += [f"demo,2026-0{month},net_sales,50000.50,,,M01" for month in (4, 5, 6)]
    rows += [f"northwind,1996-{month},net_sales,12000,4,," for month in ("08", "09", "10")]
    rows += ["crm,2017-06,signed_amount,200000,,Melvin Marxen,", "crm,2017-06,signed_amount,1000000,,,"]
    rows += ["crm,2017-07,win_rate,0.65,,,", "northwind,1996-08,net_sales,60000,,,"]
    header = "company,month,kpi,value,salesperson_id,team_id,store_id,author,date,reason"
    return "\n".join([header, *(f"{row},Ann,2026-01-02,plan" for row in rows)]) + "\n"


_MONTHS = [(2025, month) for month in range(1, 13)] + [(2026, month) for month in range(1, 8)]


@pytest.fixture(scope="session")
def companies(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """The demo shop with all its sources, and every real company where its data lies: to be read only.

    Its fiscal year begins in April; the companies have targets.
    """
    folder = tmp_path_factory.mktemp("companies")
    (folder / "reference").mkdir()
    (folder / "reference" / "targets.csv").write_text(_targets())
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
