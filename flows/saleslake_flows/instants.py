"""Instants of a command line."""

from datetime import UTC, datetime, time

from saleslake_flows.exits import WrongUseError


def until(said: str) -> datetime:
    """The instant that is meant by a date, its last one in UTC, or by an instant with its offset."""
    try:
        instant = datetime.fromisoformat(said)
    except ValueError:
        instant = None
    if instant is not None and len(said) == len("2026-03-31"):
        return datetime.combine(instant, time.max, UTC)
    if instant is None or instant.tzinfo is None:
        raise WrongUseError(
            f"{said!r}: expected a date such as 2026-03-31, or an instant with its offset such as "
            "2026-03-31T12:00:00Z"
        )
    return instant.astimezone(UTC)
