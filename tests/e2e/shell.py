"""The product as its user starts it: a command in a shell, and a lake that is read as Power BI reads it."""

import hashlib
import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

ROOT = Path(__file__).resolve().parents[2]
COMMAND = (sys.executable, "-m", "saleslake_flows")

ABOUT_RUNS = {"batch_ledger", "data_quality", "refresh_info", "restatements", "run_results"}
"""Gold tables that say when and from where something came."""


@dataclass(frozen=True)
class Shell:
    """Starts `saleslake` on one lake and one folder of profiles."""

    lake: Path
    sources: Path
    environment: dict[str, str] = field(default_factory=dict)
    learns: bool = False
    """Whether `run` learns: most tests are about what it learns from, and learning takes minutes."""

    def __call__(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        left = ("--no-learn",) if arguments[:1] == ("run",) and not self.learns else ()
        return subprocess.run(
            [*COMMAND, *arguments, *left],
            cwd=self.lake.parent,
            env=self.variables(),
            capture_output=True,
            text=True,
            timeout=1200,
            check=False,
        )

    def well(self, *arguments: str) -> str:
        """The result of a command that must end well."""
        done = self(*arguments)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def variables(self) -> dict[str, str]:
        own = {name: value for name, value in os.environ.items() if not name.startswith("SALESLAKE_")}
        given = {"SALESLAKE_LAKE": str(self.lake), "SALESLAKE_SOURCES": str(self.sources)}
        return {**own, **given, **self.environment}

    def manifest(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.lake / "gold" / "manifest.json").read_text())
        return found

    def gold(self, table: str) -> pl.DataFrame:
        files = [self.lake / "gold" / file["path"] for file in self.manifest()["tables"][table]["files"]]
        return pl.concat([pl.read_parquet(file) for file in files])

    def hashes(self) -> dict[str, str]:
        """sha256 of what is named `latest/...`, by that name; of tables that are not about runs."""
        latest = self.lake / "gold" / "latest"
        return {
            file.relative_to(latest).as_posix(): _sha256(file)
            for file in sorted(latest.rglob("*.parquet"))
            if file.stem not in ABOUT_RUNS
        }

    def stamps(self) -> dict[str, tuple[str, int]]:
        """Content and time of change of every file below gold."""
        files = [file for file in sorted((self.lake / "gold").rglob("*")) if file.is_file()]
        return {str(file): (_sha256(file), file.stat().st_mtime_ns) for file in files}


def _sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()
