"""Only the source's own hosts are asked, and only its own addresses are shown its headers and secrets."""

from typing import Self
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest

from saleslake_scraper.source_spider import SourceSpider


class HostRefusedError(IgnoreRequest):
    """The host of a link or a redirect is not one of the source's."""


class HostsMiddleware:
    """Looks at every request, redirected ones and those for robots.txt included."""

    def __init__(self, spider: SourceSpider) -> None:
        self._local = not all(urlsplit(address).hostname for address in spider.source.address)
        self._origins = {_origin(address) for address in spider.source.address}
        own = {urlsplit(address).hostname or "" for address in spider.source.address}
        self._hosts = own | {host.lower() for host in spider.source.manners.allowed_hosts}
        self._headers = {**spider.source.headers, **spider.secrets}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way to make it."""
        assert isinstance(crawler.spider, SourceSpider)
        return cls(crawler.spider)

    def process_request(self, request: Request) -> None:
        """Refuse a foreign host; give or take away the source's headers."""
        parts = urlsplit(request.url)
        if parts.scheme == "file":
            if not self._local:
                raise HostRefusedError("a site may not name a file of this machine")
            return
        if not self._hosts & {parts.hostname or "", parts.netloc.lower()}:
            how = "redirected to" if request.meta.get("redirect_times") else "lies on"
            raise HostRefusedError(f"{how} another host, {parts.netloc}; allowed_hosts does not name it")
        for name, value in self._headers.items():
            if _origin(request.url) in self._origins:
                request.headers[name] = value
            else:
                request.headers.pop(name, None)


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc.lower()
