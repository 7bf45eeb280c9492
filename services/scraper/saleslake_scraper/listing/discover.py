"""From the profile's addresses to the files that there are."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import replace
from urllib.parse import urlsplit

from scrapy.http import HtmlResponse, Response

from saleslake.profiles import Table
from saleslake_scraper.listing.entry import Entry
from saleslake_scraper.listing.folder import DEEPEST, ListingError, list_local
from saleslake_scraper.listing.index import Page, file_entry, linked_files, linked_pages

FetchPage = Callable[[str], Awaitable[Response | str]]
"""Fetches a page, or says why it cannot."""


class Discovery:
    """Lists folders, follows index pages; what cannot be listed is named in `failures`."""

    def __init__(self, addresses: Iterable[str], tables: Mapping[str, Table], fetch: FetchPage) -> None:
        self._addresses = tuple(addresses)
        self._tables = tables
        self._fetch = fetch
        self._found: list[Entry] = []
        self._pages: set[str] = set()
        self.failures: list[tuple[str, str]] = []
        """Address and reason."""

    async def entries(self) -> list[Entry]:
        """Every file that feeds a table, in no order, some perhaps twice."""
        for position, address in enumerate(self._addresses):
            if urlsplit(address).scheme in {"http", "https"}:
                page = Page(address, position)
                file = file_entry(address, page, self._tables)
                if file is None:
                    await self._follow(address, page)
                else:
                    self._found.append(file)
                continue
            try:
                found = await asyncio.to_thread(list_local, address, position, self._tables)
            except ListingError as error:
                self.failures.append((address, str(error)))
            else:
                self._found.extend(found)
        return self._found

    async def _follow(self, url: str, page: Page) -> None:
        if url in self._pages:
            return
        self._pages.add(url)
        if page.depth > DEEPEST:
            self.failures.append((url, f"folders are nested more than {DEEPEST} deep"))
            return
        response = await self._fetch(url)
        if isinstance(response, str):
            self.failures.append((url, response))
            return
        if not isinstance(response, HtmlResponse):
            self.failures.append((url, "neither an index page nor a file that a table's 'files' match"))
            return
        if page.depth == 0:
            # The root is where the redirects ended: a listing's own address has a trailing slash.
            page = replace(page, root=response.url)
        self._found.extend(linked_files(response, page, self._tables))
        below = replace(page, depth=page.depth + 1)
        await asyncio.gather(*(self._follow(link, below) for link in linked_pages(response, page)))
