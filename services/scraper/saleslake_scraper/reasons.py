"""Why an address could not be had, in words for people."""

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
)
from scrapy.http import Response

from saleslake.profiles import Source
from saleslake_scraper.middlewares.retries import CUT

_OK = 200


def reason_of(outcome: Response | BaseException, source: Source) -> str | None:
    """What is wrong with an answer or the lack of one; nothing for a whole body."""
    if isinstance(outcome, Response):
        # Scrapy gives files no status but 200.
        if outcome.status != _OK:
            return f"HTTP {outcome.status}"
        return "the body is cut short" if CUT in outcome.flags else None
    match outcome:
        case ResponseDataLossError():
            return "the body is cut short"
        case DownloadFailedError() if "certificate verify failed" in str(outcome):
            return "the certificate of the host cannot be verified"
        case DownloadTimeoutError():
            return f"no whole answer within {source.manners.timeout:g} s"
        case DownloadCancelledError():
            return refusal(source)
        case DownloadConnectionRefusedError():
            return "the connection was refused"
        case CannotResolveHostError():
            return "the name of the host is not known"
        case IgnoreRequest():
            return str(outcome)[:1].lower() + str(outcome)[1:]
        case OSError():
            return f"it cannot be read ({outcome.strerror or type(outcome).__name__})"
        case _:
            return f"the connection failed ({type(outcome).__name__})"


def refusal(source: Source) -> str:
    """Of a body that is too large."""
    return f"larger than max_megabytes = {source.manners.max_megabytes}: refused"
