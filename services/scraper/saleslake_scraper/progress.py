"""A line now and then, so that a long crawl can be told from a hanging one."""

import logging
from typing import Self

from scrapy import Spider, signals
from scrapy.crawler import Crawler
from scrapy.utils.asyncio import create_looping_call

from saleslake_scraper.source_spider import SourceSpider

logger = logging.getLogger(__name__)


class Progress:
    """Logs every `PROGRESS_SECONDS` how many addresses are done."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way to make it."""
        progress = cls(crawler.settings.getfloat("PROGRESS_SECONDS"))
        crawler.signals.connect(progress.spider_opened, signals.spider_opened)
        crawler.signals.connect(progress.spider_closed, signals.spider_closed)
        return progress

    def spider_opened(self, spider: Spider) -> None:
        """Begin."""
        self._call = create_looping_call(self._say, spider)
        self._call.start(self._seconds, now=False)

    def spider_closed(self, spider: Spider) -> None:
        """End."""
        self._call.stop()

    def _say(self, spider: Spider) -> None:
        assert isinstance(spider, SourceSpider)
        ledger = spider.ledger
        logger.info(
            "%s: %d of %d addresses, %d rows%s",
            spider.source.name,
            ledger.settled,
            ledger.expected,
            spider.rows,
            f", {spider.pages} pages" if spider.pages else "",
        )
