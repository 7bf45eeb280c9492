"""Rolling origins: what each method would have said, beside what came."""

from datetime import date, timedelta

import polars as pl

from saleslake_processor.forecast import judges
from saleslake_processor.forecast.history import grid
from saleslake_processor.learnt.forecasts import candidates, naive
from saleslake_processor.learnt.forecasts.history import HORIZONS, SHORTEST, STEPS, History
from saleslake_processor.learnt.forecasts.levels import AT, at_levels

ORIGINS = 3
BETWEEN = {"day": 28, "week": 13}
"""Periods between two origins."""

SAMPLE = 2
"""Series of a level that the methods of others are fitted to: those with the most sales before the last
origin."""


def origins(history: History) -> list[date]:
    """The last periods known at each, the latest first; as many as leave a history to be learnt from."""
    step = timedelta(days=STEPS[history.freq])
    found = [
        history.last - (HORIZONS[history.freq] + number * BETWEEN[history.freq]) * step
        for number in range(ORIGINS)
    ]
    least = (SHORTEST[history.freq] - 1) * step
    return [last for last in found if last - least >= history.start]


def actual(history: History) -> pl.DataFrame:
    """`AT`, `period`, `value` at all levels; null where everything that adds up to it was closed."""
    known = history.described(naive.dense(history.rows, history.freq))
    return at_levels(known, history.family, ["period"], ["value"])


def evaluated(history: History, at: list[date]) -> pl.DataFrame:
    """`origin`, `method`, `AT`, `period`, `value`, `forecast` and bounds (null of methods without any) from
    each origin, where the value is known.

    The model is fitted once, to what was known at the earliest origin, and then told what was known at each.
    """
    came = actual(history)
    text = candidates.fitted(history, at[-1]).save()
    horizon, found = HORIZONS[history.freq], []
    sampled = largest(came, at[0], horizon * STEPS[history.freq])
    for origin in at:
        told = candidates.told(history, origin, text)
        for method, candidate in candidates.candidates(history, origin, told).items():
            found.append(candidate.levels.with_columns(origin=pl.lit(origin), method=pl.lit(method)))
        before = came.filter(pl.col("period") <= origin).join(sampled, on=AT, how="semi")
        found.append(_judged(before, history).with_columns(origin=pl.lit(origin)))
    until = pl.col("origin") + pl.duration(days=horizon * STEPS[history.freq])
    return (
        pl.concat(found, how="diagonal")
        .filter(pl.col("period") <= until)
        .join(came, on=[*AT, "period"])
        .drop_nulls("value")
        .sort("method", *AT, "origin", "period")
    )


def largest(came: pl.DataFrame, origin: date, span: int) -> pl.DataFrame:
    """`AT` of the `SAMPLE` members of each level that sold the most in the days before an origin."""
    recent = came.filter(pl.col("period") <= origin, pl.col("period") > origin - timedelta(days=span))
    sold = (
        recent.group_by(AT)
        .agg(sold=pl.col("value").abs().sum())
        .sort("sold", *AT, descending=[True, *[False] * len(AT)])
    )
    return sold.group_by("level", maintain_order=True).head(SAMPLE).select(AT).sort(AT)


def _judged(before: pl.DataFrame, history: History) -> pl.DataFrame:
    """What methods of others say of members of levels (`AT`, `period`, `value`), each taken as a series."""
    key = pl.concat_str(AT, separator=" ").alias("series_key")
    members = before.select(*AT, key).unique()
    of = grid(before.select(key, "period", "value"), candidates.FREQ[history.freq])
    said = judges.forecasts(of, HORIZONS[history.freq], candidates.COVER, OTHERS)
    return said.join(members, on="series_key").select(*AT, "period", "method", "forecast", *candidates.BOUNDS)


OTHERS = (judges.ETS, judges.THETA, judges.ARIMA)
"""Methods that are measured, and not published: they cannot be fitted to thousands of series each time."""
