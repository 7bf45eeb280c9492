"""A crawl that has to end well."""

from tests.integration.scraper.conftest import Crawl, Place


def crawled(place: Place, *options: str) -> Crawl:
    """How it ended."""
    crawl = place.crawl(*options)
    assert crawl.code == 0, crawl.log
    return crawl
