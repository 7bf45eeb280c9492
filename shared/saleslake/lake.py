"""The layout of the lake: the only module that knows where something lies in it."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Lake:
    """The folders and files below one root. Paths only: nothing is read or made here."""

    root: Path

    @property
    def lock(self) -> Path:
        """File that the one processor which may write holds locked."""
        return self.root / ".processor.lock"

    @property
    def raw(self) -> Path:
        """Immutable batches, as seen at the source."""
        return self.root / "raw"

    def raw_commits(self, source: str) -> Path:
        """Folder of a source's commit files, one a batch."""
        return self.raw / source / "_commits"

    def raw_commit(self, source: str, batch: str) -> Path:
        """The file whose presence makes the batch exist."""
        return self.raw_commits(source) / f"{batch}.json"

    def raw_table(self, source: str, table: str, batch: str) -> Path:
        """Folder of the Parquet files of one raw table in one batch."""
        return self.raw / source / table / batch

    @property
    def quarantines(self) -> Path:
        """Refused rows, a folder a source."""
        return self.root / "quarantine"

    def quarantine(self, source: str, batch: str) -> Path:
        """Refused rows of one batch, Parquet."""
        return self.quarantines / source / f"{batch}.parquet"

    @property
    def decisions(self) -> Path:
        """What people decided, a file each: as much the truth as the raw batches."""
        return self.root / "decisions"

    def decision(self, id: str) -> Path:
        """The file of one decision."""
        return self.decisions / f"{id}.json"

    @property
    def backfills(self) -> Path:
        """Which days were to be fetched again, a file each time."""
        return self.root / "backfills"

    def backfill(self, id: str) -> Path:
        """The record of one backfill."""
        return self.backfills / f"{id}.json"

    @property
    def trials(self) -> Path:
        """Lakes beside this one, with raw batches that were fetched for a trial and are no part of it."""
        return self.root / "trials"

    @property
    def log(self) -> Path:
        """Delta tables, one an entity: the truth."""
        return self.root / "log"

    def log_table(self, entity: str) -> Path:
        """Delta table with every version of every row of the entity."""
        return self.log / entity

    @property
    def state(self) -> Path:
        """Caches, replaceable from the log."""
        return self.root / "state"

    @property
    def state_manifest(self) -> Path:
        """Names the files of the state that hold, and the log versions that they reflect."""
        return self.state / "manifest.json"

    @property
    def models(self) -> Path:
        """What was learnt of all sales, and is dear to learn again: models, and what they say."""
        return self.root / "models"

    @property
    def models_manifest(self) -> Path:
        """Names the files of the models that hold."""
        return self.models / "manifest.json"

    @property
    def gold(self) -> Path:
        """What is published for readers."""
        return self.root / "gold"

    @property
    def gold_files(self) -> Path:
        """Immutable Parquet files, named by their content."""
        return self.gold / "files"

    @property
    def gold_latest(self) -> Path:
        """The current snapshot under stable names."""
        return self.gold / "latest"

    @property
    def gold_manifest(self) -> Path:
        """The current snapshot: replaced atomically, read first."""
        return self.gold / "manifest.json"

    @property
    def gold_snapshots(self) -> Path:
        """Manifests of the snapshots whose files are kept."""
        return self.gold / "snapshots"

    @property
    def locked(self) -> tuple[Path, ...]:
        """Folders of files that only the holder of the lock writes; crawls write to `raw` meanwhile."""
        return self.quarantines, self.decisions, self.state, self.models, self.gold
