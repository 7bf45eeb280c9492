"""The Retry-After header."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


def seconds_asked(header: bytes | None, now: datetime) -> float:
    """Seconds from now that the header asks to wait: a number, or a date; 0 where it says nothing valid."""
    text = (header or b"").decode("latin-1").strip()
    if text.isdecimal():
        return float(text)
    try:
        until = parsedate_to_datetime(text)
    except ValueError:
        return 0.0
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max(0.0, (until - now).total_seconds())
