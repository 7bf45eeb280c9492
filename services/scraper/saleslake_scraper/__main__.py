"""One crawl of one source, as a process: `python -m saleslake_scraper NAME --lake DIR --sources DIR`."""

import argparse
import logging
import sys
from pathlib import Path

from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import Settings as ScrapySettings

from saleslake.profiles import ProfileError, load
from saleslake.settings import Settings
from saleslake_scraper.arguments import ArgumentError, arguments_of
from saleslake_scraper.source_spider import SourceSpider
from saleslake_scraper.spiders.api import ApiSpider
from saleslake_scraper.spiders.files import FilesSpider
from saleslake_scraper.spiders.site import SiteSpider

WELL, FAILED, WRONG_USE = 0, 1, 2
SPIDERS: dict[str, type[SourceSpider]] = {"files": FilesSpider, "site": SiteSpider, "api": ApiSpider}


def main(arguments: list[str] | None = None) -> int:
    """Exit code: 0 well, 1 something failed and is named, 2 a wrong profile or use."""
    given = vars(_parser().parse_args(arguments))
    chosen = dict(given.pop("settings"))
    try:
        said = arguments_of({name: value for name, value in given.items() if value is not None})
        source = load(said.sources or Settings().sources, said.source)
        spider = SPIDERS[source.kind]
        spider.check(source)
    except (ArgumentError, ProfileError) as error:
        print(error, file=sys.stderr)
        return WRONG_USE
    scrapy_settings = ScrapySettings()
    scrapy_settings.setmodule("saleslake_scraper.settings", priority="project")
    scrapy_settings.setdict(chosen, priority="cmdline")
    process = AsyncCrawlerProcess(scrapy_settings)
    if scrapy_settings["LOG_LEVEL"] == "INFO":
        # Scrapy lists all its parts at each start.
        logging.getLogger("scrapy").setLevel(logging.WARNING)
    crawler = process.create_crawler(spider)
    process.crawl(crawler, **said.model_dump(exclude_none=True))
    process.start()
    report = crawler.spider.report if isinstance(crawler.spider, SourceSpider) else None
    return WELL if report is not None and report.well else FAILED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m saleslake_scraper", description=__doc__)
    parser.add_argument("source", help="name of a source profile")
    parser.add_argument("--lake", type=Path, help="folder of the lake; SALESLAKE_LAKE where it is not said")
    parser.add_argument("--sources", type=Path, help="folder of the profiles; SALESLAKE_SOURCES likewise")
    parser.add_argument("--report", type=Path, help="file that the close report is written to, as JSON")
    parser.add_argument("--full", action="store_true", help="ask an API for everything, not only what is new")
    parser.add_argument(
        "--accept-drop",
        action="store_true",
        help="much less than there was is right this time, although it stands for deletions",
    )
    parser.add_argument("--backfill", metavar="ID", help="fetch --since to --until again, as this backfill")
    parser.add_argument("--since", metavar="DAY", help="first day of a backfill")
    parser.add_argument("--until", metavar="DAY", help="last day of a backfill")
    parser.add_argument(
        "-s",
        dest="settings",
        type=_setting,
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a Scrapy setting, such as LOG_LEVEL=WARNING; it comes before what the profile says",
    )
    return parser


def _setting(text: str) -> tuple[str, str]:
    name, between, value = text.partition("=")
    if not between:
        raise argparse.ArgumentTypeError(f"NAME=VALUE, not {text!r}")
    return name, value


if __name__ == "__main__":
    sys.exit(main())
