"""The walk over the list pages of a site, wave by wave: the same order whenever answers arrive."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import urljoin

from scrapy.http import HtmlResponse, Response
from w3lib.url import canonicalize_url

from saleslake import clock
from saleslake.profiles import SiteSource
from saleslake_scraper.pages.page import Page, PageError
from saleslake_scraper.pages.visit import Listed, Visit

FetchPage = Callable[[str], Awaitable[Response | str]]
"""Fetches a page, or says why it cannot."""

Wave = dict[str, list[str]]
"""List pages, and the tables that they are walked over for."""


@dataclass
class _Seen:
    """What one list page gave, by table."""

    listed: Listed
    details: dict[str, list[str]] = field(default_factory=dict)
    further: dict[str, list[str]] = field(default_factory=dict)


class Walk:
    """From the first list pages on, each once, to all that they link to; what stops it is in `failures`."""

    def __init__(self, source: SiteSource, fetch: FetchPage) -> None:
        self._source = source
        self._fetch = fetch
        self._listed: dict[str, Listed] = {}
        self._details: Wave = {}
        self.failures: list[tuple[str, str]] = []
        """Address (or `tables.<name>`) and reason."""

    async def visits(self) -> list[Visit]:
        """Every page that rows are taken from, numbered: lists in the order of the walk, then details."""
        wave = self._first()
        walked: dict[str, set[str]] = {name: set() for name in self._source.tables}
        while wave:
            for address, tables in wave.items():
                for name in tables:
                    walked[name].add(address)
            self._refuse_many(walked, "list pages")
            ahead = {} if self.failures else await self._over(wave)
            if self.failures:
                return []
            # A link back to where it was ends there.
            left = {link: [name for name in ahead[link] if link not in walked[name]] for link in ahead}
            wave = {link: tables for link, tables in left.items() if tables}
        details = {name: {link for link in self._details if name in self._details[link]} for name in walked}
        self._refuse_many(details, "detail pages")
        return [] if self.failures else list(self._numbered())

    async def _over(self, wave: Wave) -> Wave:
        """Read all pages of the wave; what they link to."""
        seen = await asyncio.gather(*(self._visit(address, tables) for address, tables in wave.items()))
        ahead: Wave = {}
        for address, page in zip(wave, seen, strict=True):
            if page is not None:
                self._take(address, page)
                _add(ahead, page.further)
        return ahead

    def _first(self) -> Wave:
        first: Wave = {}
        for address in self._source.address:
            below = address if address.endswith("/") else f"{address}/"
            for name, table in self._source.tables.items():
                starts = [urljoin(below, start) if start else address for start in table.start]
                _add(first, {name: [canonicalize_url(start) for start in starts]})
        return first

    async def _visit(self, address: str, tables: list[str]) -> _Seen | None:
        response = await self._fetch(address)
        if isinstance(response, str):
            self.failures.append((address, response))
            return None
        if not isinstance(response, HtmlResponse):
            self.failures.append((address, "not an HTML page"))
            return None
        page = Page(response)
        seen = _Seen(Listed({}, len(response.body), clock.now()))
        try:
            for name in tables:
                self._read(page, name, seen, address)
        except PageError as error:
            self.failures.append((address, str(error)))
        return seen

    def _read(self, page: Page, name: str, seen: _Seen, address: str) -> None:
        table = self._source.tables[name]
        seen.further[name] = page.further(table)
        if table.detail is None:
            seen.listed.rows[name] = page.rows(table)
        else:
            seen.details[name] = page.details(table)
        if not (seen.listed.rows.get(name) or seen.details.get(name) or page.says_empty(table)):
            key = "row" if table.detail is None else "detail"
            # Taken for empty, a page that the site has changed would end the list here.
            self.failures.append((address, f"{key!r} of tables.{name} matches nothing on it"))

    def _take(self, address: str, page: _Seen) -> None:
        _add(self._details, page.details)
        if page.listed.rows:
            before = self._listed.get(address)
            rows = (before.rows if before else {}) | page.listed.rows
            self._listed[address] = Listed(rows, page.listed.bytes, page.listed.fetched_at)

    def _numbered(self) -> Iterator[Visit]:
        for number, address in enumerate(dict.fromkeys([*self._listed, *self._details]), 1):
            listed = self._listed.get(address)
            details = self._details.get(address, [])
            tables = tuple(dict.fromkeys([*(listed.rows if listed else ()), *details]))
            # A list page that is a detail page as well is asked for again, for both.
            yield Visit(address, number, tables, None if details else listed)

    def _refuse_many(self, pages: dict[str, set[str]], what: str) -> None:
        most = self._source.manners.max_pages
        for name, addresses in pages.items():
            if len(addresses) > most:
                self.failures.append((f"tables.{name}", f"more {what} than max_pages = {most}"))


def _add(wave: Wave, links: Mapping[str, list[str]]) -> None:
    """Add links by table."""
    for table, found in links.items():
        for link in found:
            tables = wave.setdefault(link, [])
            if table not in tables:
                tables.append(table)
