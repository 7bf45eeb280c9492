"""Means and medians of numbers that are not below 0, exact to four decimal places."""

import polars as pl

from saleslake_processor.money import amount, rounded, ticks

_PLACES = pl.lit(4)


def mean(number: pl.Expr) -> pl.Expr:
    """Mean of a group as Decimal(18,4), half away from zero; null where no row has a number."""
    count = number.count().cast(pl.Int128)
    return amount(rounded(ticks(number).sum(), pl.when(count > 0).then(count), _PLACES))


def median(number: pl.Expr) -> pl.Expr:
    """Median of a group as Decimal(18,4): between two the middle of both; null where no row has a number."""
    # As a float a middle of two is a whole number or a half, which floats hold.
    twice = (ticks(number).cast(pl.Int64).median() * 2).round().cast(pl.Int128)
    return amount(rounded(twice, 2, _PLACES))
