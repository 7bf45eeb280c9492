"""What a horizon comes to as a whole, beside what is expected customer by customer: the season that it lies
in."""

from datetime import date

import numpy as np
import polars as pl

_YEAR_DAYS = 365.25
_NEAR_DAYS = 20.0
"""Cut-offs so far from the same day of a past year weigh 0.6 of those on it."""
_DOUBT = 0.15
"""Weight of all cut-offs together."""


def factor(cuts: pl.DataFrame, came: str, told: str, as_of: date) -> float:
    """What came to what was told in the same season of past years, drawn to that of all cut-offs where none
    of them lies in it.

    `cuts` has a column `cut_off`; columns `came` and `told` are summed by it. Within a half and the double.
    """
    by_cut = cuts.group_by("cut_off").agg(pl.col(came).sum(), pl.col(told).sum()).sort("cut_off")
    by_cut = by_cut.filter(pl.col(came) > 0, pl.col(told) > 0)
    if not by_cut.height:
        return 1.0
    days = np.array([(as_of - cut).days for cut in by_cut["cut_off"]], dtype=np.float64)
    apart = np.abs((days + _YEAR_DAYS / 2) % _YEAR_DAYS - _YEAR_DAYS / 2)
    weight = np.exp(-0.5 * (apart / _NEAR_DAYS) ** 2)
    sums, expected = by_cut[came].to_numpy(), by_cut[told].to_numpy()
    ratio = np.log(sums / expected)
    always = np.log(sums.sum() / expected.sum())
    said = (np.sum(weight * ratio) + _DOUBT * always) / (weight.sum() + _DOUBT)
    return float(np.exp(np.clip(said, -np.log(2), np.log(2))))
