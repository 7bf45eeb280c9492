"""Values as reference files write them: numbers with a point, days and instants by ISO 8601."""

from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation

import polars as pl

Value = Decimal | date | datetime | str


def value(text: str, kind: pl.DataType) -> Value:
    """The text as a value of the type; raises `ValueError` that says what was expected."""
    match kind:
        case pl.Date():
            return _day(text)
        case pl.Datetime():
            return _instant(text)
        case pl.Decimal():
            return _number(text, kind)
        case _:
            return text


def month(text: str) -> date:
    """The first day of a month that is written so, or as that day; raises as `value`."""
    try:
        found = date.fromisoformat(f"{text}-01" if len(text) == len("2026-03") else text)
    except ValueError:
        found = None
    if found is None or found.day != 1:
        raise ValueError("a month such as 2026-03")
    return found


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ValueError("a date such as 2026-03-31") from error


def _instant(text: str) -> datetime:
    expected = "an instant with its zone, such as 2026-03-31T12:00:00+02:00"
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise ValueError(expected) from error
    if found.tzinfo is None:
        raise ValueError(expected)
    return found.astimezone(UTC)


def _number(text: str, kind: pl.Decimal) -> Decimal:
    try:
        found = Decimal(text)
        exact = found.quantize(Decimal(1).scaleb(-kind.scale))
    except InvalidOperation as error:
        raise ValueError("a number such as 1250.50") from error
    if exact != found or exact.adjusted() >= kind.precision - kind.scale:
        raise ValueError(f"a number with {kind.scale} decimal places at most")
    return exact
