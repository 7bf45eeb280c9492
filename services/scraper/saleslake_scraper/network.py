"""What went wrong between us and a host, in words for people."""

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    ResponseDataLossError,
    UnsupportedURLSchemeError,
)
from twisted.internet.error import ConnectError, ConnectionClosed

CUT_SHORT = "the body is cut short"


def words(error: BaseException) -> str:
    """The error in words; one that nobody thought of by its kind as well, so that it can be looked for."""
    match error:
        case ResponseDataLossError():
            return CUT_SHORT
        case DownloadTimeoutError():
            return "no whole answer in time"
        case DownloadConnectionRefusedError():
            return "the connection was refused"
        case CannotResolveHostError():
            return "the name of the host is not known"
        case UnsupportedURLSchemeError():
            return "addresses of this kind cannot be fetched"
        case ConnectionClosed():
            return "the host ended the connection"
        case ConnectError():
            return "the host cannot be reached"
        case DownloadFailedError():
            return _failed(str(error))
        case OSError():
            return f"it cannot be read ({error.strerror})" if error.strerror else "it cannot be read"
        case _:
            return f"it failed in a way that was not foreseen ({type(error).__name__})"


def _failed(said: str) -> str:
    """Of a failure whose cause stands in its text alone."""
    if "certificate verify failed" in said:
        return "the certificate of the host cannot be verified"
    if "SSL" in said:
        return "no secure connection to the host"
    if "ConnectionLost" in said or "ConnectionDone" in said:
        return "the host ended the connection"
    return "the connection failed"
