"""The spider of sites: rows that stand on HTML pages."""

from collections.abc import AsyncIterator, Iterable
from typing import Any

from scrapy import Request
from scrapy.http import HtmlResponse, Response
from twisted.python.failure import Failure

from saleslake import clock
from saleslake.profiles import ProfileError, SiteSource, Source
from saleslake.raw import AddressReport
from saleslake_scraper.items import PageRows
from saleslake_scraper.pages import selectors
from saleslake_scraper.pages.landing import land_page
from saleslake_scraper.pages.page import Page
from saleslake_scraper.pages.visit import Visit, content_hash, reading_stamp, same
from saleslake_scraper.pages.walk import Walk
from saleslake_scraper.reading import Landed
from saleslake_scraper.reasons import reason_of
from saleslake_scraper.source_spider import SourceSpider, header

GONE = {404, 410}

WALKS = 3
"""How often lists from which something is missing are walked over until two walks agree."""


class SiteSpider(SourceSpider):
    """Walks over the lists, then asks for each detail page; yields the rows of both."""

    name = "site"
    form = SiteSource
    source: SiteSource

    @classmethod
    def check(cls, source: Source) -> None:
        """The secrets, and the selectors."""
        super().check(source)
        if isinstance(source, SiteSource) and (found := list(selectors.faults(source))):
            raise ProfileError(found)

    async def start(self) -> AsyncIterator[Any]:
        """Walk over the lists, number what they name, give the lists' own rows and ask for the rest."""
        visits = await self._visits()
        self.ledger.expect(visits)
        anew = self._moving(visits)
        for visit in visits:
            whole = not anew.isdisjoint(visit.tables)
            if visit.listed is not None:
                listed = visit.listed
                yield PageRows(visit, listed.rows, (), listed.bytes, listed.fetched_at, anew=whole)
            else:
                yield Request(
                    visit.address,
                    headers={} if whole else self.memory.conditions(self._known(visit)),
                    callback=self.parse_page,
                    errback=self.page_failed,
                    cb_kwargs={"visit": visit, "anew": whole},
                    dont_filter=True,
                )

    async def _visits(self) -> list[Visit]:
        """What the lists name; nothing, and why, where that cannot be told.

        A row that goes while lists are walked over moves others to pages that were read: not seen, they would
        pass for deleted. So where something judged is missing, or lies elsewhere, two walks must agree.
        """
        before, lacking = None, set[str]()
        for _ in range(WALKS):
            walk = Walk(self.source, self._fetch_list)
            visits = await walk.visits()
            for address, reason in sorted(walk.failures):
                self.ledger.fault(address, reason, blocks=True)
            lacking = self._lacking(visits)
            if walk.failures or not lacking or (before is not None and same(before, visits)):
                return visits
            before = visits
        for name in sorted(lacking):
            reason = "rows moved from page to page each time it was read: what is missing may be there"
            self.ledger.fault(f"tables.{name}", reason, blocks=True)
        return []

    async def parse_page(self, response: Response, visit: Visit, anew: bool) -> AsyncIterator[PageRows]:
        """The rows of a detail page; 304 says that it is unchanged."""
        if response.status == 304 and self.memory.conditions(self._known(visit)):
            self.ledger.unchanged(visit)
        elif response.status in GONE:
            # A dead link says nothing of the other pages.
            self.ledger.landed(_failed(visit, f"HTTP {response.status}"))
        elif reason := reason_of(response, self.source):
            self.not_fetched(visit, reason)
        elif not isinstance(response, HtmlResponse):
            self.ledger.landed(_failed(visit, "not an HTML page"))
        else:
            page, tables = Page(response), self.source.tables
            rows = {name: page.rows(tables[name]) for name in visit.tables}
            yield PageRows(
                visit,
                rows,
                tuple(name for name in rows if not rows[name] and not page.says_empty(tables[name])),
                len(response.body),
                clock.now(),
                header(response, "ETag"),
                header(response, "Last-Modified"),
                anew,
            )

    async def page_failed(self, failure: Failure) -> None:
        """No answer at all, or one that was refused."""
        visit = failure.request.cb_kwargs["visit"]  # type: ignore[attr-defined] # added by Scrapy
        assert failure.value is not None
        self.not_fetched(visit, reason_of(failure.value, self.source) or "")

    def landed(self, item: PageRows) -> Landed:
        """The rows of a page."""
        return land_page(item, self.memory, self.source.tables)

    async def _fetch_list(self, url: str) -> Response | str:
        # Never by condition: its links are needed, and nobody kept them.
        self.pages += 1
        return await self.fetched(url)

    def _known(self, visit: Visit) -> AddressReport | None:
        return self.memory.of(visit.address, reading_stamp(self.source.tables, visit.tables))

    def _moving(self, visits: Iterable[Visit]) -> set[str]:
        """Tables on list pages that are judged as a whole and have changed: all their pages are written.

        Rows move from page to page and may stand on several, so a page that lacks a row says only beside all
        the others that it is gone.
        """
        judged = {
            name
            for name, table in self.source.tables.items()
            if table.detail is None and table.snapshot != "none"
        }
        changed = self._unlisted(visits)
        for visit in visits:
            known = self._known(visit)
            if visit.listed is None or known is None or known.sha256 != content_hash(visit.listed.rows):
                changed |= set(visit.tables)
        return judged & changed

    def _lacking(self, visits: Iterable[Visit]) -> set[str]:
        """Tables judged as a whole of which rows may be missing that were there."""
        had = {name for report in self.history.there.values() for name in report.rows}
        judged = {name for name, table in self.source.tables.items() if table.snapshot == "table"}
        return had & judged & (self._unlisted(visits) | self._moving(visits))

    def _unlisted(self, visits: Iterable[Visit]) -> set[str]:
        """Tables with rows at an address that is not visited any more."""
        left = self.history.there.keys() - {visit.address for visit in visits}
        return {name for address in left for name in self.memory.rows_of(address)}


def _failed(visit: Visit, reason: str) -> AddressReport:
    return AddressReport(address=visit.address, number=visit.number, status="failed", reason=reason)
