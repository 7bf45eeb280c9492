"""The transport's compression, undone strictly: Scrapy's own takes a cut gzip body for a whole one."""

import asyncio
from typing import Self
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.responsetypes import responsetypes

from saleslake_scraper.middlewares.retries import CUT
from saleslake_scraper.readers import BrokenFileError, gunzip
from saleslake_scraper.readers.unpack import GZIP


class EncodingRefusedError(IgnoreRequest):
    """The site encodes bodies in a way that it was not asked for."""


class EncodingMiddleware:
    """Gzip is what is asked for; a body that is not whole is flagged, and tried again."""

    def __init__(self, limit: int) -> None:
        self._limit = limit

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way to make it."""
        return cls(crawler.settings.getint("DOWNLOAD_MAXSIZE"))

    async def process_response(self, request: Request, response: Response) -> Response:
        """The response as it was before its transport."""
        encoding = (response.headers.get("Content-Encoding") or b"").decode("latin-1").strip().lower()
        if encoding in {"", "identity"} or not response.body:
            return response
        if encoding not in {"gzip", "x-gzip"}:
            raise EncodingRefusedError(f"the body is encoded as {encoding!r}, which was not asked for")
        try:
            body = await asyncio.to_thread(gunzip, response.body, self._limit)
        except BrokenFileError:
            response.flags.append(CUT)
            return response
        # Some sites say "gzip" of files that are gzip by themselves.
        if urlsplit(request.url).path.lower().endswith(".gz") and not body.startswith(GZIP):
            body = response.body
        headers = response.headers.copy()
        del headers["Content-Encoding"]
        kind = responsetypes.from_args(headers=headers, url=response.url, body=body)
        return response.replace(cls=kind, headers=headers, body=body)
