"""What a number or a day can be, whatever it stands for."""

import polars as pl

MOST_UNITS = 10_000_000
MOST_MONEY = 10**12
"""Above these a number is a barcode or a phone number in the wrong column; gold could not hold its amount."""


def plausible(day: pl.Expr) -> pl.Expr:
    """Spreadsheets and databases write 1899 or 9999 for a day that they do not know."""
    return day.dt.year().is_between(1901, 2099)
