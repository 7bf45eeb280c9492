"""Bodies go straight into the raw batch, and the batch is committed or is not."""

import asyncio
import logging
import traceback
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, Self

from scrapy import Spider, signals
from scrapy.crawler import Crawler

from saleslake import clock
from saleslake.durable import replace_text
from saleslake.raw import BatchWriter
from saleslake_scraper.gathering import Gathering
from saleslake_scraper.items import Body
from saleslake_scraper.manners import max_bytes
from saleslake_scraper.reading import land
from saleslake_scraper.report import CrawlReport
from saleslake_scraper.spiders.files import FilesSpider

logger = logging.getLogger(__name__)


class LandingPipeline:
    """Reads and writes in one thread of its own: the site is served on, and one body is read at a time."""

    def __init__(self, spider: FilesSpider) -> None:
        self._spider = spider
        self._ledger = spider.ledger
        self._started_at = clock.now()
        self._writer = BatchWriter(spider.lake, spider.source.name, spider.source.mapping_hash)
        self._gathering = Gathering(self._writer)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="landing")

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way to make it."""
        assert isinstance(crawler.spider, FilesSpider)
        pipeline = cls(crawler.spider)
        crawler.signals.connect(pipeline.spider_closed, signals.spider_closed)
        return pipeline

    async def process_item(self, item: Any) -> Any:
        """Write the rows of a body; whatever is wrong with it ends in the ledger."""
        if isinstance(item, Body):
            try:
                await self._in_thread(self._land, item)
            except Exception as error:
                self._ledger.not_fetched(item.entry, _named(error))
            self._spider.rows = sum(self._gathering.total.values())
        return item

    async def spider_closed(self, spider: Spider, reason: str) -> None:
        """Commit the batch if all went well and something is new, and write the close report."""
        self._ledger.close(reason)
        batch = None
        try:
            batch = await self._in_thread(self._commit)
        except Exception as error:
            self._ledger.fault("batch", _named(error), blocks=True)
            self._writer.abort()
        self._thread.shutdown()
        self._spider.report = report = self._report(batch)
        for failure in report.failures:
            logger.error("%s: %s: %s", report.source, failure.address, failure.reason)
        logger.info("%s", report.summary)
        if self._spider.report_file is not None:
            replace_text(self._spider.report_file, report.model_dump_json(indent=1))

    async def _in_thread(self, act: Any, *arguments: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._thread, partial(act, *arguments))

    def _land(self, body: Body) -> None:
        landed = land(body, self._spider.memory, max_bytes(self._spider.source))
        for table, rows in landed.rows:
            self._gathering.add(table, rows)
        self._ledger.landed(landed.report, landed.members)

    def _commit(self) -> str | None:
        if self._ledger.blocked or not self._ledger.counts["fetched"]:
            self._writer.abort()
            return None
        self._gathering.finish()
        return self._writer.commit(self._ledger.reports).batch

    def _report(self, batch: str | None) -> CrawlReport:
        counts = self._ledger.counts
        return CrawlReport(
            source=self._spider.source.name,
            batch=batch,
            committed=batch is not None,
            started_at=self._started_at,
            seconds=round((clock.now() - self._started_at).total_seconds(), 3),
            seen=self._ledger.expected,
            fetched=counts["fetched"],
            unchanged=counts["unchanged"],
            failed=counts["failed"],
            bytes=self._ledger.bytes,
            rows=self._gathering.total if batch else {},
            failures=self._ledger.failures,
        )


def _named(error: Exception) -> str:
    """Kind and place of a fault that is ours or the disk's; messages of other kinds may quote data."""
    at = traceback.extract_tb(error.__traceback__)[-1]
    what = f" ({error.strerror})" if isinstance(error, OSError) else ""
    return f"{type(error).__name__}{what} at {at.name}:{at.lineno}"
