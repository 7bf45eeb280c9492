"""The rows of a page as rows of raw, or as unchanged, or as a failure."""

from collections.abc import Mapping

import polars as pl

from saleslake.profiles import SiteTable
from saleslake.raw import ORIGIN, ROWS_PER_FILE, AddressReport
from saleslake_scraper.items import PageRows
from saleslake_scraper.memory import Memory
from saleslake_scraper.pages.visit import content_hash, reading_stamp
from saleslake_scraper.reading import Landed


def land_page(page: PageRows, memory: Memory, tables: Mapping[str, SiteTable]) -> Landed:
    """A page whose rows are those of the last crawl is not written again."""
    visit = page.entry
    report = AddressReport(
        address=visit.address,
        number=visit.number,
        status="fetched",
        bytes=page.bytes,
        sha256=content_hash(page.rows),
        etag=page.etag,
        last_modified=page.last_modified,
        reading=reading_stamp(tables, visit.tables),
        rows={name: len(rows) for name, rows in page.rows.items()},
    )
    if page.without:
        return _without_rows(page, report, memory)
    known = memory.of(report.address, report.reading or "")
    if known is not None and known.sha256 == report.sha256 and not page.anew:
        return Landed(report.model_copy(update={"status": "unchanged"}))
    frames = ((name, _frame(page, report, tables[name], rows)) for name, rows in page.rows.items() if rows)
    return Landed(report, rows=tuple(frames))


def _without_rows(page: PageRows, report: AddressReport, memory: Memory) -> Landed:
    """A new page may be something else; where there were rows the site has changed its pages, perhaps all."""
    name = page.without[0]
    had = memory.rows_of(report.address).get(name, 0)
    reason = f"no column of tables.{name} matches on it"
    if had:
        reason += f", where there were {had} rows: the site has changed its pages"
    return Landed(
        report.model_copy(update={"status": "failed", "reason": reason, "rows": {}}), blocks=bool(had)
    )


def _frame(
    page: PageRows, report: AddressReport, table: SiteTable, rows: list[dict[str, str | None]]
) -> pl.DataFrame:
    columns = {name: pl.Series(name, [row[name] for row in rows], pl.String()) for name in table.columns}
    first = report.number * ROWS_PER_FILE + 1
    return pl.DataFrame(columns).with_columns(
        pl.lit(report.address, ORIGIN["_address"]).alias("_address"),
        pl.lit(page.fetched_at, ORIGIN["_fetched_at"]).alias("_fetched_at"),
        pl.int_range(first, first + len(rows), dtype=pl.Int64).alias("_row"),
        pl.lit(report.sha256, ORIGIN["_content_hash"]).alias("_content_hash"),
    )
