"""What a number or a day can be, whatever it stands for."""

from decimal import Decimal

import polars as pl

MOST_UNITS = 10_000_000
MOST_MONEY = 10**12
"""Above these a number is a barcode or a phone number in the wrong column; gold could not hold its amount."""

LEAST_RATE, MOST_RATE = Decimal("0.000001"), Decimal(1_000_000)
"""Beyond these no currency trades against another one, and ten decimal places would not be exact enough."""


def plausible(day: pl.Expr) -> pl.Expr:
    """Spreadsheets and databases write 1899 or 9999 for a day that they do not know."""
    return day.dt.year().is_between(1901, 2099)


def iso_code(currency: pl.Expr) -> pl.Expr:
    """ISO 4217 has three capital letters."""
    return currency.str.contains(r"^[A-Z]{3}$")
