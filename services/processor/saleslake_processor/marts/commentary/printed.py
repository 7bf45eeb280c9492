"""Figures as people of a language write them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from saleslake_processor.marts.commentary.words import ENGLISH, FRENCH, MONTHS

THIN, HARD = "\u202f", "\u00a0"
"""The blanks of French that no line breaks at: between thousands, and before a unit."""

_CENT, _TENTH, _WHOLE = Decimal("0.01"), Decimal("0.1"), Decimal(1)


@dataclass(frozen=True)
class Locale:
    """Whom a figure is shown to."""

    language: str
    currency: str
    """ISO 4217 code of the company's amounts."""


Printer = Callable[[Any, Locale], str]


def money(value: Decimal, to: Locale) -> str:
    """An amount to the cent."""
    return f"{_number(value, _CENT, to)}{_blank(to, ' ')}{to.currency}"


def gained(value: Decimal, to: Locale) -> str:
    """An amount with its sign, `+` as well."""
    return f"{'+' if value > 0 else ''}{money(value, to)}"


def moved(value: Decimal, to: Locale) -> str:
    """An amount by which something rose or fell, where the sentence says which."""
    return money(abs(value), to)


def percent(value: float | Decimal, to: Locale) -> str:
    """A rate, to a tenth of a percent."""
    return f"{_number(Decimal(str(value)) * 100, _TENTH, to)}{_blank(to, '')}%"


def changed(value: float | Decimal, to: Locale) -> str:
    """A rate by which something rose or fell, where the sentence says which."""
    return percent(abs(Decimal(str(value))), to)


def count(value: int | Decimal, to: Locale) -> str:
    """How many."""
    return _number(Decimal(value), _WHOLE, to)


def times(value: float, to: Locale) -> str:
    """How many times as much, to a tenth."""
    return _number(Decimal(str(value)), _TENTH, to)


def month(value: date, to: Locale) -> str:
    """Month and year."""
    return f"{MONTHS[to.language][value.month - 1]} {value.year}"


def month_of(value: date, to: Locale) -> str:
    """The month alone."""
    return MONTHS[to.language][value.month - 1]


def year(value: date | int, to: Locale) -> str:
    """The year of a day."""
    return str(value if isinstance(value, int) else value.year)


def day(value: date, to: Locale) -> str:
    """Day, month and year."""
    first = "1er" if value.day == 1 and to.language == "fr" else str(value.day)
    return f"{first} {month(value, to)}"


def word(value: str, to: Locale) -> str:
    """A segment, a band of discount, a reason or a level."""
    return (FRENCH if to.language == "fr" else ENGLISH).get(value, value)


def name(value: str, to: Locale) -> str:
    """What something is called, as it is."""
    return value


def _number(value: Decimal, step: Decimal, to: Locale) -> str:
    text = f"{value.quantize(step, ROUND_HALF_UP):,}"
    if to.language == "en":
        return text
    return text.replace(",", THIN).replace(".", ",")


def _blank(to: Locale, english: str) -> str:
    return english if to.language == "en" else HARD
