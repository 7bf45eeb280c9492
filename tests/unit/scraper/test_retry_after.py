"""How long a site asks to be left alone."""

from datetime import UTC, datetime

import pytest

from saleslake_scraper.middlewares.retry_after import seconds_asked

NOW = datetime(2024, 2, 29, 12, 0, tzinfo=UTC)

HEADERS = {
    b"120": 120.0,
    b" 0 ": 0.0,
    b"Thu, 29 Feb 2024 12:01:30 GMT": 90.0,
    b"Thu, 29 Feb 2024 13:01:30 +0100": 90.0,
    b"Thu, 29 Feb 2024 11:00:00 GMT": 0.0,
    b"-5": 0.0,
    b"soon": 0.0,
    b"": 0.0,
    None: 0.0,
}


@pytest.mark.parametrize("header", HEADERS)
def test_seconds_or_a_date(header):
    assert seconds_asked(header, NOW) == HEADERS[header]
