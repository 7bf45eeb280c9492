"""The spider of sources that are files: a folder, index pages, or addresses of files."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from typing import Any

from scrapy import Request
from scrapy.http import Response
from twisted.python.failure import Failure

from saleslake import clock
from saleslake.profiles import FileSource
from saleslake_scraper.items import Body
from saleslake_scraper.listing.discover import Discovery
from saleslake_scraper.listing.entry import Entry, numbered
from saleslake_scraper.manners import max_bytes
from saleslake_scraper.reading import Landed, land
from saleslake_scraper.reasons import reason_of, refusal
from saleslake_scraper.source_spider import SourceSpider, header
from saleslake_scraper.window import changed_at, may_hold


class FilesSpider(SourceSpider):
    """Asks for each file of the listing that is not known to be unchanged; yields its body."""

    name = "files"
    form = FileSource
    source: FileSource

    async def start(self) -> AsyncIterator[Any]:
        """List what there is, number it, and ask for what is not known to be unchanged."""
        discovery = Discovery(self.source.address, self.source.tables, self._fetch_page)
        entries = numbered(await discovery.entries())
        for address, reason in discovery.failures:
            self.ledger.fault(address, reason, blocks=True)
        if discovery.failures:
            return
        self.ledger.expect(entries)
        for name, table in self.source.tables.items():
            if not table.optional and not any(name in entry.tables for entry in entries):
                self.ledger.fault(f"tables.{name}", f"no file matches {', '.join(table.files)}", blocks=False)
        for entry in entries:
            for request in self._requests(entry):
                yield request

    def _requests(self, entry: Entry) -> Iterator[Request]:
        if self.memory.unchanged_by_listing(entry) or not self._in_window(entry):
            self.ledger.unchanged(entry)
        elif entry.size is not None and entry.size > max_bytes(self.source):
            self.ledger.not_fetched(entry, refusal(self.source))
        else:
            yield Request(
                entry.url,
                headers=self.memory.conditions(self.memory.of_entry(entry)),
                callback=self.parse_file,
                errback=self.file_failed,
                cb_kwargs={"entry": entry},
                dont_filter=True,
            )

    async def parse_file(self, response: Response, entry: Entry) -> AsyncIterator[Body]:
        """The body of a file; 304 says that it is unchanged, any other status that there is none."""
        if response.status == 304 and self.memory.conditions(self.memory.of_entry(entry)):
            self.ledger.unchanged(entry)
        elif reason := reason_of(response, self.source):
            self.not_fetched(entry, reason)
        elif not self._in_window(replace(entry, changed=changed_at(header(response, "Last-Modified")))):
            self.ledger.unchanged(entry)
        else:
            yield Body(
                entry=entry,
                content=response.body,
                fetched_at=clock.now(),
                etag=header(response, "ETag"),
                last_modified=header(response, "Last-Modified"),
            )

    def _in_window(self, entry: Entry) -> bool:
        """Whether it may hold something of what a backfill fetches again."""
        return self.window is None or may_hold(entry, self.source, self.window)

    async def file_failed(self, failure: Failure) -> None:
        """No answer at all, or one that was refused."""
        entry = failure.request.cb_kwargs["entry"]  # type: ignore[attr-defined] # added by Scrapy
        assert failure.value is not None
        self.not_fetched(entry, reason_of(failure.value, self.source) or "")

    def landed(self, item: Body) -> Landed:
        """The rows of a file."""
        return land(item, self.memory, max_bytes(self.source))

    async def _fetch_page(self, url: str) -> Response | str:
        # Making a listing takes a site longer than giving a file, so it says nothing of its patience.
        return await self.fetched(url, meta={"autothrottle_dont_adjust_delay": True})
