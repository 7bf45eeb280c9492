"""What was fetched goes straight into the raw batch, and the batch is committed or is not."""

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
from saleslake.profiles import FileSource
from saleslake.raw import BatchWriter
from saleslake_scraper.counting import Seen, seen
from saleslake_scraper.gathering import Gathering
from saleslake_scraper.items import Body, PageRows, Records
from saleslake_scraper.monitors import alarms
from saleslake_scraper.reading import Landed
from saleslake_scraper.report import CrawlReport
from saleslake_scraper.source_spider import SourceSpider
from saleslake_scraper.unlisted import gone, no_rows, unlisted_tables

logger = logging.getLogger(__name__)


class LandingPipeline:
    """Reads and writes in one thread of its own: the site is served on, and one body is read at a time."""

    def __init__(self, spider: SourceSpider) -> None:
        self._spider = spider
        self._ledger = spider.ledger
        self._started_at = clock.now()
        self._writer = BatchWriter(spider.lake, spider.source.name, spider.source.mapping_hash, spider.window)
        self._gathering = Gathering(self._writer)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="landing")

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way to make it."""
        assert isinstance(crawler.spider, SourceSpider)
        pipeline = cls(crawler.spider)
        crawler.signals.connect(pipeline.spider_closed, signals.spider_closed)
        return pipeline

    async def process_item(self, item: Any) -> Any:
        """Write the rows of an address; whatever is wrong with them ends in the ledger."""
        if isinstance(item, Body | PageRows | Records):
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
        for warning in report.warnings:
            logger.warning("%s: %s: %s", report.source, warning.address, warning.reason)
        logger.info("%s", report.summary)
        if (file := self._spider.arguments.report) is not None:
            replace_text(file, report.model_dump_json(indent=1))

    async def _in_thread(self, act: Any, *arguments: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._thread, partial(act, *arguments))

    def _land(self, item: Body | PageRows | Records) -> None:
        landed: Landed = self._spider.landed(item)
        for table, rows in landed.rows:
            self._gathering.add(table, rows)
        self._ledger.landed(landed.report, landed.members, blocks=landed.blocks)

    def _commit(self) -> str | None:
        if not self._ledger.blocked:
            reports = self._ledger.reports
            found, accepted = self._look_back()
            source, past = self._spider.source, self._spider.history
            left = gone(source, reports, past)
            judged = unlisted_tables(source, [each for each in left if each not in past.gone], past)
            if not self._ledger.blocked and (self._ledger.counts["fetched"] or judged or accepted):
                for table in judged.keys() - self._gathering.total.keys():
                    self._writer.write(table, no_rows(judged[table]))
                return self._writer.commit(reports, left, found.standing, found.filled, accepted).batch
        self._writer.abort()
        return None

    def _look_back(self) -> tuple[Seen, list[str]]:
        """What stands at the source; alarms where that is far from what stood there. With the tables of which
        somebody said that so few rows are right."""
        spider, reports = self._spider, self._ledger.reports
        written = self._gathering.finish()
        found = seen(spider.source.tables, spider.partial, reports, written, spider.history)
        accepted = []
        for alarm in alarms(found, spider.history):
            snapshot = spider.source.tables[alarm.table].snapshot
            # A file that holds less was written so; what a folder, a site or an API does not list, or a page
            # does not show, may be their own fault.
            deletes = snapshot == "table" or (
                snapshot == "file" and not isinstance(spider.source, FileSource)
            )
            if alarm.drop and deletes and not spider.arguments.accept_drop:
                reason = f"{alarm.reason}: taken for deletions only with accept_drop"
                self._ledger.fault(f"tables.{alarm.table}", reason, blocks=True)
            else:
                self._ledger.warn(f"tables.{alarm.table}", alarm.reason)
                if alarm.drop and spider.arguments.accept_drop:
                    accepted.append(alarm.table)
        return found, accepted

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
            warnings=self._ledger.warnings,
        )


def _named(error: Exception) -> str:
    """Kind and place of a fault that is ours or the disk's; messages of other kinds may quote data."""
    at = traceback.extract_tb(error.__traceback__)[-1]
    what = f" ({error.strerror})" if isinstance(error, OSError) else ""
    return f"{type(error).__name__}{what} at {at.name}:{at.lineno}"
