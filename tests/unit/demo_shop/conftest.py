"""Half a year of the demo shop, written once for all tests that only read it."""

from datetime import date
from pathlib import Path

import pytest

from demo_shop import exports
from tests.unit.demo_shop import reading

SINCE, UNTIL, SEED = date(2025, 1, 1), date(2025, 6, 30), 20


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("demo_shop") / "exports"
    exports.write(made, SEED, UNTIL, SINCE)
    return made


@pytest.fixture(scope="session")
def sales(folder: Path) -> list[tuple[date, reading.Row]]:
    return reading.daily_rows(folder, "sales")


@pytest.fixture(scope="session")
def returns(folder: Path) -> list[tuple[date, reading.Row]]:
    return reading.daily_rows(folder, "returns")
