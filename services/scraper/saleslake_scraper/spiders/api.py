"""The spider of JSON APIs."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from scrapy.http import Response

from saleslake import clock
from saleslake.profiles import ApiSource
from saleslake_scraper.arguments import Arguments
from saleslake_scraper.endpoints.endpoint import Endpoint, endpoints
from saleslake_scraper.endpoints.landing import Landing
from saleslake_scraper.endpoints.reader import EndpointError, Reader
from saleslake_scraper.items import Records
from saleslake_scraper.reading import Landed
from saleslake_scraper.source_spider import SourceSpider


class ApiSpider(SourceSpider):
    """Reads each endpoint to its end; yields all its records at once, since half of them say nothing."""

    name = "api"
    form = ApiSource
    source: ApiSource

    def __init__(self, source: ApiSource, arguments: Arguments) -> None:
        super().__init__(source, arguments)
        self.landing = Landing(source, self.history, self.lake, clock.now(), self.window)
        self.partial = {name for name, table in source.tables.items() if table.updated_since is not None}

    async def start(self) -> AsyncIterator[Any]:
        """Read the endpoints beside each other, and the pages of each one after the other."""
        entries = list(endpoints(self.source))
        self.ledger.expect(entries)
        for done in asyncio.as_completed([self._read(entry) for entry in entries]):
            records = await done
            if records is not None:
                yield records

    async def _read(self, entry: Endpoint) -> Records | None:
        since = None if self.arguments.full else self.landing.since(entry)
        reader = Reader(entry, self._fetch_page, self.source.manners.max_pages)
        try:
            records = await reader.read(since, self.landing.until(entry))
        except EndpointError as error:
            self.ledger.not_fetched(entry, str(error))
            return None
        if not records.steady:
            self._moved(entry)
        return records

    def _moved(self, entry: Endpoint) -> None:
        reason = "records moved from page to page each time it was read"
        if entry.table.snapshot != "none":
            self.ledger.fault(entry.address, f"{reason}: what is missing may be there", blocks=True)
        elif self.window is not None:
            self.ledger.warn(entry.address, f"{reason}: one may be missing; another backfill asks again")
        elif entry.table.updated_since is not None:
            self.ledger.warn(entry.address, f"{reason}; the next crawl asks for the same time again")
        else:
            self.ledger.warn(entry.address, f"{reason}; the next crawl asks for all again")

    def landed(self, item: Records) -> Landed:
        """The records of an endpoint."""
        return self.landing.land(item)

    async def _fetch_page(self, url: str) -> Response | str:
        self.pages += 1
        return await self.fetched(url)
