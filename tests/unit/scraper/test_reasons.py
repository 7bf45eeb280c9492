"""Why an address could not be had is told in plain words."""

import re

import pytest
from scrapy import exceptions
from scrapy.http import Response
from twisted.internet import error

from saleslake.profiles import Source
from saleslake_scraper.middlewares.retries import CUT, PASSING_ERRORS
from saleslake_scraper.network import words
from saleslake_scraper.reasons import reason_of
from tests.unit.staging.shop import source

SHOP: Source = source({}, manners={"timeout": 5, "max_megabytes": 7})
CERTIFICATE = "the certificate of the host cannot be verified"
LOST = "[<twisted.python.failure.Failure twisted.internet.error.ConnectionLost: Connection lost.>]"


@pytest.mark.parametrize("kind", [*PASSING_ERRORS, exceptions.UnsupportedURLSchemeError, error.NoRouteError])
def test_no_word_of_a_fault_of_the_network_is_the_name_of_a_class(kind):
    for told in (reason_of(kind("x"), SHOP), words(kind("x"))):
        assert told is not None
        assert re.fullmatch(r"[a-z][a-z ]+(5 s)?", told)


@pytest.mark.parametrize(
    ("outcome", "told"),
    [
        (exceptions.DownloadConnectionRefusedError("x"), "the connection was refused"),
        (exceptions.DownloadTimeoutError("x"), "no whole answer within 5 s"),
        (exceptions.DownloadCancelledError("x"), "larger than max_megabytes = 7: refused"),
        (exceptions.DownloadFailedError(LOST), "the host ended the connection"),
        (exceptions.DownloadFailedError("x certificate verify failed"), CERTIFICATE),
        (exceptions.DownloadFailedError("[('SSL routines', '', 'x')]"), "no secure connection to the host"),
        (exceptions.IgnoreRequest("Forbidden by robots.txt"), "forbidden by robots.txt"),
        (FileNotFoundError(2, "No such file"), "it cannot be read (No such file)"),
        (OSError(), "it cannot be read"),
        (ZeroDivisionError(), "it failed in a way that was not foreseen (ZeroDivisionError)"),
        (Response("http://a/", status=404), "HTTP 404"),
        (Response("http://a/", flags=[CUT]), "the body is cut short"),
        (Response("http://a/"), None),
    ],
)
def test_reasons(outcome, told):
    assert reason_of(outcome, SHOP) == told
