"""Raw batches: what one crawl of one source saw, as text, immutable once committed.

A batch is Parquet files below `raw/<source>/<table>/<batch>/` and one commit file, written last:
without it the batch does not exist. Every row carries the columns of `ORIGIN`.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Literal, Self

import polars as pl
from pydantic import AwareDatetime, BaseModel

from saleslake import clock
from saleslake.damage import readable
from saleslake.durable import remove_folder, replace_text, replacing
from saleslake.lake import Lake

ORIGIN: dict[str, pl.DataType] = {
    "_address": pl.String(),
    "_fetched_at": pl.Datetime("us", "UTC"),
    "_row": pl.Int64(),
    "_content_hash": pl.String(),
}
"""Columns added to the fields of a row: address of the file or page, instant of the fetch (UTC),
row number (unique in the batch), sha256 of what it came in: the file; of a page its rows; of an API the
record alone."""

ROWS_PER_FILE = 10_000_000_000
"""`_row` is `file number in the batch * ROWS_PER_FILE + row number in the file`, both counted from 1.

Members of an archive (`<address>#<member>`) share its number; their rows are counted on, in order of name.
"""


class AddressReport(BaseModel):
    """What became of one address in one crawl."""

    address: str
    number: int
    """Place of the address in the batch's listing, from 1; decides which row is the later one."""
    status: Literal["fetched", "unchanged", "failed"]
    reason: str | None = None
    bytes: int = 0
    sha256: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    listed: str | None = None
    """What the index said of the file (size, hash), by which the next crawl knows it is unchanged."""
    reading: str | None = None
    """Stamp of the tables that it feeds and of how they are read: under another it is fetched again."""
    rows: dict[str, int] = {}
    """Rows by raw table."""
    columns: dict[str, list[str]] = {}
    """Columns by raw table, in the order seen."""
    reached: str | None = None
    """Of an API that is asked for what is new: the greatest value seen so far of what it goes by; where it
    is later than the crawl, the instant of the crawl."""
    newest: str | None = None
    """Of such an API: the greatest value seen, where it is later than the crawl."""
    steady: bool = True
    """Of such an API: nothing moved from page to page meanwhile; the next crawl may go on from there."""


class Backfill(BaseModel):
    """Days of a source that are fetched again, whatever is known of them."""

    id: str
    """Of the backfill, which has a batch of each source at most."""
    since: date
    until: date
    """The last day; days are those of the source's time zone."""


class Commit(BaseModel):
    """One committed batch: its files, and the close report of the crawl that made it."""

    batch: str
    source: str
    profile_hash: str
    started_at: AwareDatetime
    committed_at: AwareDatetime
    files: dict[str, list[str]]
    """Parquet files by raw table, relative to the lake's `raw` folder."""
    rows: dict[str, int]
    """Rows by raw table."""
    standing: dict[str, int] = {}
    """Rows that the source held by raw table, written in this batch or before; nothing of a table that was
    only asked for what is new."""
    filled: dict[str, dict[str, float]] = {}
    """Share of those rows, 0..1, in which a column holds something, by raw table and column. Rows that were
    not written again count as they did the last time."""
    addresses: list[AddressReport]
    """What was fetched, or failed. What is unchanged is not named: a source of many files that is asked each
    minute would repeat itself for years."""
    gone: list[str] = []
    """Addresses that were there once and are not now, of tables with a `snapshot`; none where one failed."""
    accepted: list[str] = []
    """Raw tables of which somebody said that far less than before is right: earlier crawls count no more."""
    backfill: Backfill | None = None
    """What was fetched again by it, whether it had changed or not; none of a crawl for what is new."""

    def scan(self, lake: Lake, table: str) -> pl.LazyFrame:
        """All rows of a raw table: one row per row seen, text columns and `ORIGIN`."""
        paths = [lake.raw / file for file in self.files[table]]
        return pl.concat([pl.scan_parquet(path) for path in paths], how="diagonal")


class BatchWriter:
    """Writes one batch. Nothing of it is visible before `commit`; `abort` removes what was written."""

    def __init__(self, lake: Lake, source: str, profile_hash: str, backfill: Backfill | None = None) -> None:
        self._lake = lake
        self._source = source
        self._profile_hash = profile_hash
        self._backfill = backfill
        self.started_at = clock.now()
        self.batch = _next_batch(lake, source, self.started_at)
        self._files: dict[str, list[str]] = {}
        self._rows: dict[str, int] = {}
        self._held: list[int] = []

    def write(self, table: str, rows: pl.DataFrame) -> None:
        """Add rows (text columns and `ORIGIN`) to a raw table of the batch, as a file of their own."""
        folder = self._lake.raw_table(self._source, table, self.batch)
        if table not in self._files:
            self._hold(folder)
        files = self._files.setdefault(table, [])
        path = folder / f"part-{len(files):05d}.parquet"
        with replacing(path) as aside:
            rows.write_parquet(aside, compression="zstd", compression_level=1)
        files.append(str(path.relative_to(self._lake.raw)))
        self._rows[table] = self._rows.get(table, 0) + rows.height

    def commit(
        self,
        addresses: list[AddressReport],
        gone: list[str] | None = None,
        standing: dict[str, int] | None = None,
        filled: dict[str, dict[str, float]] | None = None,
        accepted: list[str] | None = None,
    ) -> Commit:
        """Make the batch exist."""
        commit = Commit(
            batch=self.batch,
            source=self._source,
            profile_hash=self._profile_hash,
            started_at=self.started_at,
            committed_at=clock.now(),
            files=self._files,
            rows=self._rows,
            standing=standing or {},
            filled=filled or {},
            addresses=[report for report in addresses if report.status != "unchanged"],
            gone=gone or [],
            accepted=accepted or [],
            backfill=self._backfill,
        )
        replace_text(
            self._lake.raw_commit(self._source, self.batch),
            commit.model_dump_json(indent=1, exclude_defaults=True),
        )
        self._let_go()
        return commit

    def abort(self) -> None:
        """Remove the files of a batch that will not be committed."""
        for table in self._files:
            with suppress(OSError):
                remove_folder(self._lake.raw_table(self._source, table, self.batch))
        self._let_go()

    def _hold(self, folder: Path) -> None:
        """Show that the folder is being written to; the kernel ends it however this process ends."""
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(folder, os.O_RDONLY)
        self._held.append(descriptor)
        # Where the file system has no such locks nobody gets the one by which `abandoned` knows that.
        with suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)

    def _let_go(self) -> None:
        while self._held:
            os.close(self._held.pop())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, error: type[BaseException] | None, *_: object) -> None:
        if error is not None:
            self.abort()


def commits(lake: Lake, source: str | None = None) -> Iterator[Commit]:
    """Committed batches, oldest first; of all sources unless one is named. Raises as `read_commit`."""
    folders = [lake.raw_commits(source)] if source else sorted(lake.raw.glob("*/_commits"))
    files = [file for folder in folders for file in folder.glob("*.json") if not file.name.startswith(".")]
    for file in sorted(files, key=lambda file: (file.stem, str(file))):
        yield _read(file)


def batch_ids(lake: Lake) -> list[tuple[str, str]]:
    """`(batch, source)` of every committed batch, oldest first, without reading the commits."""
    return sorted((file.stem, file.parents[1].name) for file in lake.raw.glob("*/_commits/[!.]*.json"))


def read_commit(lake: Lake, source: str, batch: str) -> Commit:
    """The commit of one batch; raises `DamagedError` where its file is not one."""
    return _read(lake.raw_commit(source, batch))


def _read(file: Path) -> Commit:
    with readable(file, "a commit of a batch"):
        return Commit.model_validate_json(file.read_bytes())


def batch_id(moment: datetime) -> str:
    """The id of a batch whose fetch begins at an instant in UTC, where no other one has it."""
    return moment.strftime(_BATCH_FORMAT)


_BATCH_FORMAT = "%Y%m%dT%H%M%S%fZ"


def fetched_from(batch: pl.Expr) -> pl.Expr:
    """Instant in UTC at which the fetch of a batch began, by its id; null where it is no such id."""
    return batch.str.to_datetime("%Y%m%dT%H%M%S%6fZ", time_unit="us", time_zone="UTC", strict=False)


def _next_batch(lake: Lake, source: str, moment: datetime) -> str:
    """An id that sorts after every batch of the source, whatever the clock did."""
    existing = [Path(file).stem for file in lake.raw_commits(source).glob("*.json")]
    if existing:
        last = datetime.strptime(max(existing), _BATCH_FORMAT).replace(tzinfo=UTC)
        moment = max(moment, last + timedelta(microseconds=1))
    return batch_id(moment)
