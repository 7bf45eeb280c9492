"""Addresses that a source no longer lists, where that says that their rows were deleted."""

from collections.abc import Collection, Iterable

import polars as pl

from saleslake.profiles import SiteTable, Source
from saleslake.raw import ORIGIN, AddressReport
from saleslake_scraper.history import History


def gone(reports: Collection[AddressReport], past: History) -> list[str]:
    """Addresses that were there, and are no longer. None while one failed: nobody knows what it lists."""
    if any(report.status == "failed" for report in reports):
        return []
    there = {report.address for report in reports}
    # A file of an archive is named when it is read, not each time that the archive is there.
    return sorted(address for address in past.listed - there if address.rpartition("#")[0] not in there)


def unlisted_tables(source: Source, addresses: Iterable[str], past: History) -> dict[str, list[str]]:
    """Raw tables that are judged as a whole and had rows at such an address, with their columns."""
    found: dict[str, list[str]] = {}
    for report in (past.reports[address] for address in addresses if address in past.reports):
        for table in report.rows:
            if table in source.tables and source.tables[table].snapshot == "table":
                found[table] = report.columns.get(table) or page_columns(source, table)
    return found


def no_rows(columns: Iterable[str]) -> pl.DataFrame:
    """No rows of a raw table: a batch that names the table is one that it is judged by."""
    return pl.DataFrame(schema={**dict.fromkeys(columns, pl.String()), **ORIGIN})


def page_columns(source: Source, table: str) -> list[str]:
    """Of pages the profile names the columns; a report would repeat them for each page."""
    spec = source.tables[table]
    return list(spec.columns) if isinstance(spec, SiteTable) else []
