"""Bands of discount: how much of its gross was let off a line."""

import polars as pl

UPPER = (5, 10, 20, 30)
"""The percent up to which the bands after the first go; the last band is what is above them."""

BANDS = ("none", *(f"to {percent} %" for percent in UPPER), f"above {UPPER[-1]} %", "surcharge", "unknown")
"""Name of each band, by its number. `surcharge`: sold above its gross. `unknown`: a return whose sale is not
known."""

NONE, SURCHARGE, UNKNOWN = 0, len(BANDS) - 2, len(BANDS) - 1


def band() -> pl.Expr:
    """Number of the band of a line, by `discount_amount` in whole percents of `gross_amount`, half up.

    Amounts are rounded, so 20 % of 9.99 are 20.02 % of it: parts of a percent decide nothing.
    """
    off, gross = pl.col("discount_amount"), pl.col("gross_amount")
    found = pl.when(off < 0).then(SURCHARGE).when(off == 0).then(NONE)
    for number, percent in enumerate(UPPER, 1):
        found = found.when(off * 200 < gross * (2 * percent + 1)).then(number)
    return found.otherwise(len(UPPER) + 1).cast(pl.Int64)
