"""Why an address could not be had, in words for people."""

from scrapy.exceptions import DownloadCancelledError, DownloadTimeoutError, IgnoreRequest
from scrapy.http import Response

from saleslake.profiles import Source
from saleslake_scraper.middlewares.retries import CUT
from saleslake_scraper.network import CUT_SHORT, words

_OK = 200


def reason_of(outcome: Response | BaseException, source: Source) -> str | None:
    """What is wrong with an answer or the lack of one; nothing for a whole body."""
    if isinstance(outcome, Response):
        # Scrapy gives files no status but 200.
        if outcome.status != _OK:
            return f"HTTP {outcome.status}"
        return CUT_SHORT if CUT in outcome.flags else None
    match outcome:
        case DownloadTimeoutError():
            return f"no whole answer within {source.manners.timeout:g} s"
        case DownloadCancelledError():
            return refusal(source)
        case IgnoreRequest():
            return str(outcome)[:1].lower() + str(outcome)[1:]
        case _:
            return words(outcome)


def refusal(source: Source) -> str:
    """Of a body that is too large."""
    return f"larger than max_megabytes = {source.manners.max_megabytes}: refused"
