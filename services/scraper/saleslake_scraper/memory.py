"""What earlier crawls saw of each address: by it this one knows what is unchanged."""

import hashlib
import json
from collections.abc import Mapping

from saleslake.profiles import Table
from saleslake.raw import AddressReport
from saleslake_scraper.listing.entry import Entry
from saleslake_scraper.listing.patterns import is_archive

READERS = 1
"""Counted up when a reader gives other text for the same bytes: every address is then fetched again."""

_READ_BY = {"format", "encoding", "separator", "quote", "header_row", "columns", "sheet", "records"}

_LATER = "trailing_separators"


def reading_stamp(path: str, tables: Mapping[str, Table]) -> str:
    """Stamp of all that decides what a file gives to the tables that it feeds."""
    said = _READ_BY | {"files"} if is_archive(path) else _READ_BY
    tables_said = {
        # Lakes hold stamps of before there was this option, when no table had it.
        name: table.model_dump(mode="json", include=said | ({_LATER} if table.trailing_separators else set()))
        for name, table in tables.items()
    }
    text = json.dumps([READERS, tables_said], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


class Memory:
    """The last content that was written of each address, where it was read as it would be now.

    Of a backfill nothing is known, so that everything is fetched and written again.
    """

    def __init__(self, remembered: Mapping[str, AddressReport], *, forgets: bool = False) -> None:
        self._remembered = remembered
        self._forgets = forgets

    def of(self, address: str, reading: str) -> AddressReport | None:
        """What was written of the address; nothing where it was never written, or read another way."""
        report = None if self._forgets else self._remembered.get(address)
        return report if report is not None and report.reading == reading else None

    def rows_of(self, address: str) -> dict[str, int]:
        """Rows by raw table that were written of the address the last time, however they were read."""
        report = self._remembered.get(address)
        return report.rows if report is not None else {}

    def of_entry(self, entry: Entry) -> AddressReport | None:
        """What was written of an address of the listing."""
        return self.of(entry.address, reading_stamp(entry.path, entry.tables))

    def unchanged_by_listing(self, entry: Entry) -> AddressReport | None:
        """What was written of the address, where the listing says that it is still the same."""
        report = self.of_entry(entry)
        same = report is not None and entry.listed is not None and entry.listed == report.listed
        return report if same else None

    @staticmethod
    def conditions(report: AddressReport | None) -> dict[str, str]:
        """Request headers that let the site answer 304: unchanged since that was written."""
        if report is None:
            return {}
        headers = {"If-None-Match": report.etag, "If-Modified-Since": report.last_modified}
        return {name: value for name, value in headers.items() if value}
