"""Which method is published: by rolling origin, one for a family, so that all its levels add up."""

import polars as pl

from saleslake_processor.learnt.forecasts.candidates import BLENDS, MODEL, NAIVE

PUBLISHED = (MODEL, *BLENDS, NAIVE)
"""Methods that may be, of equal ones the first."""


def allowed(scores: pl.DataFrame, method: str) -> bool:
    """Whether a method may be published: it is the seasonal naive one, or worse than that at no level."""
    ratios = _ratios(scores, method)
    return method == NAIVE or (len(ratios) > 0 and bool((ratios <= 1).all()))


def chosen(scores: pl.DataFrame) -> str:
    """The method with the least mean over the levels of its error relative to the seasonal naive one, of
    those that are worse than that at no level."""
    best, least = NAIVE, 1.0
    for method in PUBLISHED:
        mean = _ratios(scores, method).mean()
        if allowed(scores, method) and mean is not None and mean < least:  # type: ignore[operator]  # of any type, to mypy
            best, least = method, float(mean)  # type: ignore[arg-type]  # as above
    return best


def _ratios(scores: pl.DataFrame, method: str) -> pl.Series:
    return scores.filter(pl.col("method") == method)["naive_ratio"].drop_nulls()
