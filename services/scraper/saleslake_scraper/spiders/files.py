"""The spider of sources that are files: a folder, index pages, or addresses of files."""

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, Self

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider
from scrapy.http import Response
from twisted.python.failure import Failure

from saleslake import clock
from saleslake.lake import Lake
from saleslake.profiles import Source, load
from saleslake.raw import remembered
from saleslake.settings import Settings
from saleslake_scraper.items import Body
from saleslake_scraper.ledger import Ledger
from saleslake_scraper.listing.discover import Discovery
from saleslake_scraper.listing.entry import Entry, numbered
from saleslake_scraper.manners import crawl_settings, max_bytes, secret_headers
from saleslake_scraper.memory import Memory
from saleslake_scraper.reasons import reason_of, refusal
from saleslake_scraper.report import CrawlReport

TOO_MANY = 20
"""Addresses that could not be fetched after which a site is taken to be down: each costs minutes of tries."""


class FilesSpider(Spider):
    """Asks for each file of the listing that is not known to be unchanged; yields its body."""

    name = "files"

    def __init__(self, source: Source, lake: Lake, report_file: Path | None = None) -> None:
        super().__init__()
        self.source = source
        self.lake = lake
        self.report_file = report_file
        self.secrets = secret_headers(source, os.environ)
        self.ledger = Ledger()
        self.memory = Memory(remembered(lake, source.name))
        self.rows = 0
        """Rows read so far."""
        self.report: CrawlReport | None = None
        """Set when the crawl is over."""

    @classmethod
    def from_crawler(cls, crawler: Crawler, *_: Any, **arguments: Any) -> Self:
        """`-a source=NAME`, and `lake`, `sources`, `report` where they are not those of the settings.

        Raises `ProfileError` with every fault of the profile.
        """
        settings = Settings()
        if not arguments.get("source"):
            raise ValueError("no source: say -a source=NAME")
        source = load(Path(arguments.get("sources") or settings.sources), arguments["source"])
        report = arguments.get("report")
        spider = cls(
            source, Lake(Path(arguments.get("lake") or settings.lake)), Path(report) if report else None
        )
        crawler.settings.setdict(crawl_settings(source), priority="spider")
        spider._set_crawler(crawler)
        return spider

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
            if not any(name in entry.tables for entry in entries):
                self.ledger.fault(f"tables.{name}", f"no file matches {', '.join(table.files)}", blocks=False)
        for entry in entries:
            for request in self._requests(entry):
                yield request

    def _requests(self, entry: Entry) -> Iterator[Request]:
        if self.memory.unchanged_by_listing(entry):
            self.ledger.unchanged(entry)
        elif entry.size is not None and entry.size > max_bytes(self.source):
            self.ledger.not_fetched(entry, refusal(self.source))
        else:
            yield Request(
                entry.url,
                headers=self.memory.conditions(entry),
                callback=self.parse_file,
                errback=self.file_failed,
                cb_kwargs={"entry": entry},
                dont_filter=True,
            )

    async def parse_file(self, response: Response, entry: Entry) -> AsyncIterator[Body]:
        """The body of a file; 304 says that it is unchanged, any other status that there is none."""
        if response.status == 304 and self.memory.conditions(entry):
            self.ledger.unchanged(entry)
        elif reason := reason_of(response, self.source):
            self._not_fetched(entry, reason)
        else:
            yield Body(
                entry=entry,
                content=response.body,
                fetched_at=clock.now(),
                etag=_header(response, "ETag"),
                last_modified=_header(response, "Last-Modified"),
            )

    async def file_failed(self, failure: Failure) -> None:
        """No answer at all, or one that was refused."""
        entry = failure.request.cb_kwargs["entry"]  # type: ignore[attr-defined] # added by Scrapy
        assert failure.value is not None
        self._not_fetched(entry, reason_of(failure.value, self.source) or "")

    def _not_fetched(self, entry: Entry, reason: str) -> None:
        self.ledger.not_fetched(entry, reason)
        if self.ledger.unfetched >= TOO_MANY:
            raise CloseSpider(f"{TOO_MANY} addresses could not be fetched")

    async def _fetch_page(self, url: str) -> Response | str:
        """The page, or the reason why there is none."""
        try:
            response = await self.crawler.engine.download_async(
                # Making a listing takes a site longer than giving a file, so it says nothing of its patience.
                Request(url, meta={"autothrottle_dont_adjust_delay": True}, dont_filter=True)
            )
        except Exception as error:
            return reason_of(error, self.source) or ""
        return reason_of(response, self.source) or response


def _header(response: Response, name: str) -> str | None:
    value = response.headers.get(name)
    return value.decode("latin-1") if value else None
