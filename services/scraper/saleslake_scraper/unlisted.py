"""Addresses that a source no longer lists, where that says that their rows were deleted."""

from collections.abc import Collection, Iterable

import polars as pl

from saleslake.profiles import SiteTable, Source
from saleslake.raw import ORIGIN, AddressReport
from saleslake_scraper.history import History


def gone(source: Source, reports: Collection[AddressReport], past: History) -> list[str]:
    """All addresses that had rows of a table with a snapshot, and are no longer there.

    Each batch names all of them anew: one in which a table cannot be judged is mended by the next. None while
    one failed: nobody knows what it lists.
    """
    if any(report.status == "failed" for report in reports):
        return []
    there = {report.address for report in reports}
    # An archive that is unchanged is not read, and its files are not named.
    unread = {report.address for report in reports if report.status == "unchanged"}
    return sorted(
        address
        for address, report in past.reports.items()
        if address not in there
        and address.rpartition("#")[0] not in unread
        and any(_snapshot(source, table) != "none" for table in report.rows)
    )


def unlisted_tables(source: Source, addresses: Iterable[str], past: History) -> dict[str, list[str]]:
    """Raw tables that are judged as a whole and had rows at such an address, with their columns."""
    found: dict[str, list[str]] = {}
    for report in (past.reports[address] for address in addresses):
        for table in report.rows:
            if _snapshot(source, table) == "table":
                found[table] = report.columns.get(table) or page_columns(source, table)
    return found


def _snapshot(source: Source, table: str) -> str:
    return source.tables[table].snapshot if table in source.tables else "none"


def no_rows(columns: Iterable[str]) -> pl.DataFrame:
    """No rows of a raw table: a batch that names the table is one that it is judged by."""
    return pl.DataFrame(schema={**dict.fromkeys(columns, pl.String()), **ORIGIN})


def page_columns(source: Source, table: str) -> list[str]:
    """Of pages the profile names the columns; a report would repeat them for each page."""
    spec = source.tables[table]
    return list(spec.columns) if isinstance(spec, SiteTable) else []
