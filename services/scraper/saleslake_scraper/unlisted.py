"""Addresses that a source no longer lists, where that says that their rows were deleted."""

from collections.abc import Iterable

import polars as pl

from saleslake.profiles import SiteTable, Source
from saleslake.raw import ORIGIN, AddressReport
from saleslake_scraper.history import History


def unlisted_tables(source: Source, reports: Iterable[AddressReport], past: History) -> dict[str, list[str]]:
    """Raw tables that are judged as a whole and had rows at an address that is gone, with their columns."""
    there = {report.address for report in reports}
    found: dict[str, list[str]] = {}
    for address in sorted(past.listed - there):
        # A file of an archive is named when it is read, not each time that the archive is there.
        if address.rpartition("#")[0] in there or address not in past.reports:
            continue
        report = past.reports[address]
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
