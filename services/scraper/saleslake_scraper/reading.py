"""A fetched body as rows of raw, or as unchanged, or as broken: the whole of it or nothing."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from saleslake.profiles import Table
from saleslake.raw import ORIGIN, ROWS_PER_FILE, AddressReport
from saleslake_scraper.items import Body
from saleslake_scraper.listing.patterns import is_archive, member_tables
from saleslake_scraper.memory import Memory, reading_stamp
from saleslake_scraper.readers import BrokenFileError, members, read_file
from saleslake_scraper.readers.read import can_read


@dataclass(frozen=True)
class Landed:
    """What a body came to."""

    report: AddressReport
    members: tuple[AddressReport, ...] = ()
    """Of an archive: its files, those that were not written anew included."""
    rows: tuple[tuple[str, pl.DataFrame], ...] = ()
    """Raw table and rows, with `ORIGIN`."""
    blocks: bool = False
    """It failed in a way that keeps everything else from being committed."""


def land(body: Body, memory: Memory, limit: int) -> Landed:
    """Read a body; `limit` is the most bytes that it may unpack to. A broken one is a failed report."""
    entry = body.entry
    report = AddressReport(
        address=entry.address,
        number=entry.number,
        status="fetched",
        bytes=len(body.content),
        sha256=hashlib.sha256(body.content).hexdigest(),
        etag=body.etag,
        last_modified=body.last_modified,
        listed=entry.listed,
        reading=reading_stamp(entry.path, entry.tables),
    )
    known = memory.of_entry(entry)
    if known is not None and known.sha256 == report.sha256:
        return Landed(report.model_copy(update={"status": "unchanged"}))
    try:
        _refuse_other_bytes(body, report)
        if is_archive(entry.path):
            return _archive(body, report, memory, limit)
        frames = read_file(entry.path, body.content, entry.tables, limit)
    except BrokenFileError as error:
        return Landed(report.model_copy(update={"status": "failed", "reason": str(error)}))
    rows = tuple((table, _with_origin(frame, report, body, 0)) for table, frame in frames.items())
    return Landed(report.model_copy(update=_shape(frames)), rows=rows)


def _refuse_other_bytes(body: Body, report: AddressReport) -> None:
    """A file that changed between the listing and the fetch may be half of two contents."""
    entry = body.entry
    if entry.size is not None and entry.size != report.bytes:
        raise BrokenFileError(f"the listing says {entry.size} bytes, {report.bytes} came")
    if entry.sha256 is not None and entry.sha256 != report.sha256:
        raise BrokenFileError("its sha256 is not the one that the listing says")


def _archive(body: Body, report: AddressReport, memory: Memory, limit: int) -> Landed:
    reports: list[AddressReport] = []
    rows: list[tuple[str, pl.DataFrame]] = []
    counted = 0
    for name, content, tables in _wanted(body, limit):
        member = AddressReport(
            address=f"{report.address}#{name}",
            number=report.number,
            status="fetched",
            bytes=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
            reading=reading_stamp(name, tables),
        )
        known = memory.of(member.address, member.reading or "")
        if known is not None and known.sha256 == member.sha256:
            reports.append(member.model_copy(update={"status": "unchanged"}))
            continue
        try:
            frames = read_file(name, content, tables, limit)
        except BrokenFileError as error:
            raise BrokenFileError(f"member {name}: {error}") from error
        reports.append(member.model_copy(update=_shape(frames)))
        rows.extend((table, _with_origin(frame, member, body, counted)) for table, frame in frames.items())
        counted = max([counted, *(_last_row(frame) for _, frame in rows)])
    if not reports:
        raise BrokenFileError("no member of the archive matches a table's 'files'")
    return Landed(report, tuple(reports), tuple(rows))


def _wanted(body: Body, limit: int) -> Iterator[tuple[str, bytes, dict[str, Table]]]:
    entry = body.entry

    def fed(name: str) -> dict[str, Table]:
        tables = member_tables(entry.tables, entry.path, name)
        return {table: spec for table, spec in tables.items() if can_read(name, spec)}

    for name, content in members(body.content, limit, lambda name: bool(fed(name))):
        yield name, content, fed(name)


def _with_origin(frame: pl.DataFrame, report: AddressReport, body: Body, counted: int) -> pl.DataFrame:
    """Rows with `ORIGIN`; `counted` is the number of the last row of the members before."""
    return frame.with_columns(
        pl.lit(report.address, ORIGIN["_address"]).alias("_address"),
        pl.lit(body.fetched_at, ORIGIN["_fetched_at"]).alias("_fetched_at"),
        (pl.col("_row") + (report.number * ROWS_PER_FILE + counted)).alias("_row"),
        pl.lit(report.sha256, ORIGIN["_content_hash"]).alias("_content_hash"),
    ).select(pl.exclude(list(ORIGIN)), *ORIGIN)


def _last_row(frame: pl.DataFrame) -> int:
    return (int(frame["_row"][-1]) % ROWS_PER_FILE) if frame.height else 0


def _shape(frames: dict[str, pl.DataFrame]) -> dict[str, object]:
    return {
        "rows": {table: frame.height for table, frame in frames.items()},
        "columns": {
            table: [name for name in frame.columns if name not in ORIGIN] for table, frame in frames.items()
        },
    }
