"""A lake, a folder of profiles, and the crawl as its own process."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from saleslake.lake import Lake
from saleslake.raw import Commit, commits
from tests.integration.scraper.site import Site

FAST = ("-s", "RETRY_BASE_SECONDS=0.01", "-s", "AUTOTHROTTLE_MAX_DELAY=0.01")


@dataclass
class Crawl:
    """How one crawl ended."""

    code: int
    report: dict[str, Any]
    log: str

    @property
    def failures(self) -> dict[str, str]:
        return {failure["address"]: failure["reason"] for failure in self.report["failures"]}

    @property
    def warnings(self) -> dict[str, str]:
        return {warning["address"]: warning["reason"] for warning in self.report["warnings"]}


class Place:
    """A lake with profiles beside it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.lake = Lake(root / "lake")
        (root / "sources").mkdir()

    def profile(
        self,
        address: str | list[str],
        more: str = "",
        files: str = "*.csv",
        name: str = "shop",
        kind: str = "files",
    ) -> None:
        head = f'kind = "{kind}"\ncompany = "shop"\ncurrency = "EUR"\naddress = {json.dumps(address)}\n'
        tables = more if "[tables." in more else f"[tables.sales]\nfiles = {json.dumps(files)}\n{more}"
        (self.root / "sources" / f"{name}.toml").write_text(head + tables, encoding="utf-8")

    def command(self, *options: str, name: str = "shop") -> list[str]:
        where = ["--lake", str(self.lake.root), "--sources", str(self.root / "sources")]
        where += ["--report", str(self.root / "report.json")]
        return [sys.executable, "-W", "error", "-m", "saleslake_scraper", name, *where, *FAST, *options]

    def crawl(self, *options: str, name: str = "shop", **environment: str) -> Crawl:
        report = self.root / "report.json"
        report.unlink(missing_ok=True)
        done = subprocess.run(
            self.command(*options, name=name),
            cwd=self.root,
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        found = json.loads(report.read_text()) if report.exists() else {}
        return Crawl(done.returncode, found, done.stdout + done.stderr)

    def commits(self, name: str = "shop") -> list[Commit]:
        return list(commits(self.lake, name))

    def rows(self, table: str = "sales", batch: int = -1, name: str = "shop") -> pl.DataFrame:
        return self.commits(name)[batch].scan(self.lake, table).sort("_row").collect()

    def leftovers(self) -> list[str]:
        """Parquet files that no commit names."""
        named = {file for commit in self.commits() for files in commit.files.values() for file in files}
        found = {str(file.relative_to(self.lake.raw)) for file in self.lake.raw.rglob("*.parquet")}
        return sorted(found - named)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    yield site
    site.stop()
