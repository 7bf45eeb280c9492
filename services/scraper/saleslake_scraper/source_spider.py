"""What the spiders of all kinds of sources have in common."""

import asyncio
import os
from pathlib import Path
from typing import Any, ClassVar, Self

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider
from scrapy.http import Response

from saleslake.lake import Lake
from saleslake.profiles import Fault, ProfileError, Source, load
from saleslake.settings import Settings
from saleslake_scraper.arguments import Arguments, arguments_of
from saleslake_scraper.history import history
from saleslake_scraper.ledger import Ledger, Listed
from saleslake_scraper.manners import crawl_settings, secret_headers
from saleslake_scraper.memory import Memory
from saleslake_scraper.reading import Landed
from saleslake_scraper.reasons import reason_of
from saleslake_scraper.report import CrawlReport

TOO_MANY = 20
"""Addresses that could not be fetched after which a site is taken to be down: each costs minutes of tries."""

_SETTLED = 0.02
"""Seconds after which an item that was scraped is no longer counted as on its way."""


class SourceSpider(Spider):
    """One crawl of one source; every address of it ends in the ledger."""

    form: ClassVar[type[Source]]
    """The kind of profile that the spider takes."""

    def __init__(self, source: Source, arguments: Arguments) -> None:
        super().__init__()
        self.source = source
        self.arguments = arguments
        self.lake = Lake(arguments.lake or Settings().lake)
        self.secrets = secret_headers(source, os.environ)
        self.ledger = Ledger()
        self.history = history(self.lake, source.name)
        self.window = arguments.window
        """The days that are fetched again; none in a crawl for what is new."""
        self.memory = Memory(self.history.there, forgets=self.window is not None)
        self.partial: set[str] = set()
        """Raw tables of which only what is new is asked for, or written."""
        self.pages = 0
        """Pages read that are no address of the ledger: lists, and pages of an API."""
        self.rows = 0
        """Rows read so far."""
        self.report: CrawlReport | None = None
        """Set when the crawl is over."""

    @classmethod
    def from_crawler(cls, crawler: Crawler, *_: Any, **given: Any) -> Self:
        """`-a source=NAME` and the other `Arguments`.

        Raises `ArgumentError` or `ProfileError` with every fault.
        """
        arguments = arguments_of(given)
        source = load(arguments.sources or Settings().sources, arguments.source)
        if not isinstance(source, cls.form):
            wanted = f"{cls.name!r}, which this spider is for"
            raise ProfileError([Fault(Path(f"{source.name}.toml"), "kind", repr(source.kind), wanted)])
        cls.check(source)
        spider = cls(source, arguments)
        crawler.settings.setdict(crawl_settings(source), priority="spider")
        spider._set_crawler(crawler)
        crawler.signals.connect(spider._item_landed, signals.item_scraped)
        return spider

    @classmethod
    def check(cls, source: Source) -> None:
        """Raises `ProfileError` with what only this spider can tell of the profile."""
        secret_headers(source, os.environ)

    def landed(self, item: Any) -> Landed:
        """What an item of this spider comes to; called in a thread, one item at a time."""
        raise NotImplementedError

    async def fetched(self, url: str, **said: Any) -> Response | str:
        """A page, asked for at once, or the reason why there is none."""
        try:
            response = await self.crawler.engine.download_async(Request(url, dont_filter=True, **said))
        except Exception as error:
            return reason_of(error, self.source) or ""
        return reason_of(response, self.source) or response

    def _item_landed(self) -> None:
        """Scrapy looks every five seconds only whether a crawl is over that ends with an item of `start`."""
        slot = self.crawler.engine._slot
        if slot is not None:
            asyncio.get_running_loop().call_later(_SETTLED, slot.nextcall.schedule)

    def not_fetched(self, entry: Listed, reason: str) -> None:
        """An address that could not be had; many of them end the crawl."""
        self.ledger.not_fetched(entry, reason)
        if self.ledger.unfetched >= TOO_MANY:
            raise CloseSpider(f"{TOO_MANY} addresses could not be fetched")


def header(response: Response, name: str) -> str | None:
    """The header's text, where the response has it."""
    value = response.headers.get(name)
    return value.decode("latin-1") if value else None
