"""Exact arithmetic on amounts: whole numbers inside, Decimal(18,4) outside, one rounding rule.

Amounts inside are "ticks": ten-thousandths of a unit, as 128-bit integers. A ratio is rounded half
away from zero to a number of decimal places that may differ by row.
"""

from decimal import Decimal

import polars as pl

from saleslake_processor.contracts.columns import MONEY, PRICE, RATE

TICKS = 10**MONEY.scale
"""Ticks in one unit of money."""

FINE = 10**PRICE.scale
"""Steps in one unit of a price, a rate or a cost as a source writes it."""


def ticks(amount: pl.Expr) -> pl.Expr:
    """Decimal(18,4) as whole ticks."""
    whole = amount.cast(pl.Decimal(38, MONEY.scale)) * pl.lit(TICKS)
    return whole.cast(pl.Int128)


def fine(price: pl.Expr) -> pl.Expr:
    """Decimal(18,6) as whole millionths."""
    whole = price.cast(pl.Decimal(38, PRICE.scale)) * pl.lit(FINE)
    return whole.cast(pl.Int128)


def rate_steps(rate: pl.Expr) -> pl.Expr:
    """An exchange rate as a whole number of its last decimal place."""
    whole = rate.cast(pl.Decimal(38, RATE.scale)) * pl.lit(10**RATE.scale)
    return whole.cast(pl.Int128)


def amount(of_ticks: pl.Expr) -> pl.Expr:
    """Ticks as Decimal(18,4)."""
    return (of_ticks.cast(pl.Decimal(38, MONEY.scale)) * Decimal(1).scaleb(-MONEY.scale)).cast(MONEY)


def price(of_fine: pl.Expr) -> pl.Expr:
    """Millionths as Decimal(18,6); null where it does not hold them."""
    whole = of_fine.cast(pl.Decimal(38, PRICE.scale)) * Decimal(1).scaleb(-PRICE.scale)
    return whole.cast(PRICE, strict=False)


def unit(places: pl.Expr) -> pl.Expr:
    """Ticks in the smallest amount that is written with so many decimal places."""
    steps = {place: 10 ** (MONEY.scale - place) for place in range(MONEY.scale + 1)}
    return places.replace_strict(steps, return_dtype=pl.Int64).cast(pl.Int128)


def rounded(numerator: pl.Expr, denominator: pl.Expr | int, places: pl.Expr) -> pl.Expr:
    """`numerator / denominator` ticks, half away from zero, to the decimal places; denominator above 0."""
    step = denominator * unit(places)
    return numerator.sign() * ((2 * numerator.abs() + step) // (2 * step)) * unit(places)


def spread(total: pl.Expr, weight: pl.Expr, places: pl.Expr, over: str, order: str) -> pl.Expr:
    """Shares of `total` ticks in proportion to `weight` within each group `over`, adding up to it exactly.

    Largest remainder: each row gets its share rounded towards zero, and the smallest amounts that
    are left over go one each to the rows with the largest remainders, ties by `order`. Where all
    weights of a group are 0 its rows share alike.
    """
    none = weight.abs().sum().over(over) == 0
    weight = pl.when(none).then(pl.lit(1, pl.Int128)).otherwise(weight.abs())
    whole = total.abs() // unit(places)
    weights = weight.sum().over(over)
    share = whole * weight // weights
    remainder = whole * weight % weights
    left = whole - share.sum().over(over)
    place = pl.struct(0 - remainder, pl.col(order)).rank("ordinal").over(over)
    extra = (place.cast(pl.Int128) <= left).cast(pl.Int128)
    rest = pl.when(pl.col(order) == pl.col(order).min().over(over)).then(total.abs() % unit(places))
    return total.sign() * ((share + extra) * unit(places) + rest.otherwise(0))
