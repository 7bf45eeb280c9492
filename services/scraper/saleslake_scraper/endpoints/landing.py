"""The records of an endpoint as rows of raw: those that are new, or all of them."""

import hashlib
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import polars as pl

from saleslake.lake import Lake
from saleslake.profiles import ApiSource
from saleslake.raw import ORIGIN, ROWS_PER_FILE, AddressReport, Backfill
from saleslake_scraper.endpoints.endpoint import Endpoint
from saleslake_scraper.endpoints.since import StampError, earlier, greatest, not_after, stamp, within, written
from saleslake_scraper.history import History, Reached
from saleslake_scraper.items import Records
from saleslake_scraper.reading import Landed
from saleslake_scraper.unlisted import no_rows


class Landing:
    """Compares with what was committed before."""

    def __init__(
        self,
        source: ApiSource,
        past: History,
        lake: Lake,
        began: datetime,
        window: Backfill | None = None,
    ) -> None:
        self._zone = ZoneInfo(source.time_zone)
        self._past = past
        self._lake = lake
        self._began = began
        self._window = window

    def since(self, endpoint: Endpoint) -> str | None:
        """From when on the endpoint is asked; nothing where it was never read this way."""
        reached, said = self._reached(endpoint), endpoint.table.updated_since
        if reached is None or said is None:
            return None
        if self._window is not None:
            return written(self._window.since, reached, self._zone)
        return earlier(reached, said.overlap_seconds, self._zone)

    def until(self, endpoint: Endpoint) -> str | None:
        """Before when the endpoint is asked; nothing but in a backfill of what was read before."""
        reached = self._reached(endpoint)
        if reached is None or self._window is None:
            return None
        return written(self._window.until + timedelta(days=1), reached, self._zone)

    def land(self, records: Records) -> Landed:
        """Records that are not known; with everything asked for, all of them where any has changed."""
        endpoint = records.entry
        report = AddressReport(
            address=endpoint.address,
            number=endpoint.number,
            status="fetched",
            bytes=records.bytes,
            sha256=_hash(records.frame),
            reading=endpoint.reading,
        )
        frame, known = records.frame, self._known(endpoint)
        if self._window is not None and (said := endpoint.table.updated_since) is not None:
            # What is known is written all the same, and the next crawl goes on from where it would have.
            frame = frame.unique("_content_hash", keep="first", maintain_order=True)
            try:
                frame = frame.filter(self._inside(frame, said.column, self._window))
            except StampError as error:
                return _failed(report, said.column, error)
            if frame.is_empty():
                return Landed(report.model_copy(update={"status": "unchanged"}))
        elif endpoint.table.updated_since is None:
            same = known is not None and known.sha256 == report.sha256 and self._window is None
            if same:
                return Landed(report.model_copy(update={"status": "unchanged"}))
        else:
            # A record that says the same as before, its stamp included, is the same version of it.
            known_hashes = self._written(records)
            frame = frame.unique("_content_hash", keep="first", maintain_order=True)
            frame = frame.join(known_hashes, on="_content_hash", how="anti", maintain_order="left")
            try:
                report.reached, report.newest = self._now_reached(records)
                report.steady = records.steady
            except StampError as error:
                return _failed(report, endpoint.table.updated_since.column, error)
            if frame.is_empty() and known is not None:
                return Landed(report.model_copy(update={"status": "unchanged"}))
        columns = [name for name in frame.columns if name not in ORIGIN]
        if not columns and known is not None:
            # That there is nothing any more is a batch too, and has the columns that there were.
            columns = known.columns.get(endpoint.name, [])
            frame = no_rows(columns)
        shape = {"rows": {endpoint.name: frame.height}, "columns": {endpoint.name: columns}}
        rows = frame.with_columns(pl.col("_row") + endpoint.number * ROWS_PER_FILE)
        return Landed(report.model_copy(update=shape), rows=((endpoint.name, rows),) if columns else ())

    def _inside(self, frame: pl.DataFrame, column: str, window: Backfill) -> pl.Series:
        """Which records changed within the days of the window."""
        texts = frame.get_column(column, default=pl.Series([None] * frame.height, dtype=pl.String()))
        return within(texts, window.since, window.until + timedelta(days=1), self._zone)

    def _known(self, endpoint: Endpoint) -> AddressReport | None:
        report = self._past.reports.get(endpoint.address)
        return report if report is not None and report.reading == endpoint.reading else None

    def _reached(self, endpoint: Endpoint) -> str | None:
        """Where the last crawl came to, of those in which nothing moved."""
        for batch in reversed(self._past.reached):
            if batch.address == endpoint.address and batch.reading == endpoint.reading and batch.steady:
                return batch.value or None
        return None

    def _now_reached(self, records: Records) -> tuple[str, str | None]:
        """The greatest stamp seen, empty where there was none yet, not later than now; and what it is without
        that, where it is another one."""
        before = [text] if records.since and (text := self._reached(records.entry)) else []
        said = records.entry.table.updated_since
        if said is None or records.frame.is_empty():
            return "".join(before), None
        texts = records.frame.get_column(said.column, default=pl.Series(dtype=pl.String()))
        seen = texts.drop_nulls().unique()
        if seen.is_empty():
            raise StampError("nothing in any record")
        newest = greatest([*seen, *before], self._zone) or ""
        reached = not_after(newest, self._zone, self._began) if newest else ""
        return reached, newest if newest != reached else None

    def _written(self, records: Records) -> pl.DataFrame:
        """Hashes of the committed records among which those that are seen again must be."""
        address, name = records.entry.address, records.entry.name
        files = [
            self._lake.raw / file
            for batch in self._past.reached
            if batch.address == address and self._may_hold(batch, records.since)
            for file in batch.files.get(name, [])
        ]
        hashes = [
            pl.scan_parquet(file).filter(pl.col("_address") == address).select("_content_hash")
            for file in files
        ]
        none = pl.LazyFrame(schema={"_content_hash": ORIGIN["_content_hash"]})
        return pl.concat([none, *hashes]).collect()

    def _may_hold(self, batch: Reached, since: str | None) -> bool:
        """Whether the batch may hold records that changed since then."""
        if since is None or not batch.newest:
            return True
        one, other = stamp(batch.newest, self._zone), stamp(since, self._zone)
        if isinstance(one, Decimal):
            return not isinstance(other, Decimal) or one >= other
        return isinstance(other, Decimal) or one >= other


def _failed(report: AddressReport, column: str, error: StampError) -> Landed:
    reason = f"updated_since.column = {column!r} holds {error}"
    return Landed(report.model_copy(update={"status": "failed", "reason": reason}), blocks=True)


def _hash(frame: pl.DataFrame) -> str:
    """Of all records, in whatever order they came."""
    return hashlib.sha256("".join(frame["_content_hash"].sort()).encode()).hexdigest()
