"""Tries again what may pass, later each time, and when a site says when, then."""

import asyncio
import logging
import random
from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    ResponseDataLossError,
)
from scrapy.http import Response
from twisted.internet.error import ConnectError, ConnectionDone, ConnectionLost

from saleslake import clock
from saleslake_scraper.middlewares.retry_after import seconds_asked
from saleslake_scraper.network import CUT_SHORT, words

logger = logging.getLogger(__name__)

PASSING_STATUSES = {408, 425, 429, 500, 502, 503, 504, 522, 524}
PASSING_ERRORS = (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    ResponseDataLossError,
    ConnectError,
    ConnectionDone,
    ConnectionLost,
)
CUT = "cut"
"""Flag of a response whose body is not whole."""
_LOOK_UP = 0.25


class RetriesMiddleware:
    """Waits in the event loop: other requests go on meanwhile."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._times = crawler.settings.getint("RETRY_TIMES")
        self._base = crawler.settings.getfloat("RETRY_BASE_SECONDS")
        self._longest = crawler.settings.getfloat("RETRY_MAX_SECONDS")
        self._longest_asked = crawler.settings.getfloat("RETRY_AFTER_MAX_SECONDS")

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way to make it."""
        return cls(crawler)

    async def process_response(self, request: Request, response: Response) -> Request | Response:
        """Again after a status that may pass, or a body that is not whole."""
        if response.status in PASSING_STATUSES:
            asked = seconds_asked(response.headers.get("Retry-After"), clock.now())
            return await self._again(request, f"HTTP {response.status}", asked) or response
        if CUT in response.flags:
            return await self._again(request, CUT_SHORT, 0.0) or response
        return response

    async def process_exception(self, request: Request, exception: Exception) -> Request | None:
        """Again after a fault of the network."""
        if isinstance(exception, PASSING_ERRORS):
            return await self._again(request, words(exception), 0.0)
        return None

    async def _again(self, request: Request, reason: str, asked: float) -> Request | None:
        tried = int(request.meta.get("retry_times", 0)) + 1
        if tried > self._times:
            return None
        delay = min(self._base * 2 ** (tried - 1), self._longest) * random.uniform(0.5, 1.5)
        delay = max(delay, min(asked, self._longest_asked))
        logger.info("%s: %s; try %d of %d in %.1f s", request.url, reason, tried, self._times, delay)
        await self._wait(delay)
        again = request.replace(dont_filter=True)
        again.meta["retry_times"] = tried
        return again

    async def _wait(self, seconds: float) -> None:
        """In pieces, so that a crawl that is told to stop need not wait."""
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        while self._crawler.crawling and (left := until - loop.time()) > 0:
            await asyncio.sleep(min(left, _LOOK_UP))
