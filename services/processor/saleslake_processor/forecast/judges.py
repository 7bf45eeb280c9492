"""Statistical methods that forecasts are measured against (statsforecast, which is imported only here)."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
import polars as pl

from saleslake_processor.forecast.features import SHAPES
from saleslake_processor.forecast.history import PERIOD, SERIES, Grid, percent

SEASONAL_NAIVE, ETS, THETA, ARIMA = "seasonal_naive", "ets", "theta", "arima"

JUDGES = (SEASONAL_NAIVE, ETS, THETA, ARIMA)
"""Same period of the last season; exponential smoothing chosen by information criterion; theta, as well;
ARIMA(5,1,0)."""

LAST = {"1d": 364, "1w": 156}
"""Periods that they are fitted to at most: more costs much, and changes little."""

_SEASON = {"1d": 7, "1w": 52}
_LONGEST_SEASON = 24
"""Of ETS; longer ones have too many states."""


def forecasts(
    grid: Grid, horizon: int, levels: Sequence[float], methods: Sequence[str] = JUDGES
) -> pl.DataFrame:
    """`method`, `series_key`, `period`, `forecast` and bounds of what follows the grid. Closed days are to
    them as the same weekday before, see `rows`. Where a method fails on a series, it forecasts the last
    value."""
    season = _SEASON[grid.freq]
    # Of weeks less than a year long, the season is not known: the last one is.
    season = season if grid.length > season + SHAPES[grid.freq].around else 1
    table = rows(grid, max(LAST[grid.freq], season + 1))
    # Nor is it of a series that began late.
    long = pl.len().over("unique_id") > season
    parts = ((table.filter(long), season), (table.filter(~long), 1))
    return pl.concat(
        _forecasts(part, grid.freq, horizon, levels, methods, its) for part, its in parts if part.height
    )


def _forecasts(
    table: pl.DataFrame, freq: str, horizon: int, levels: Sequence[float], methods: Sequence[str], season: int
) -> pl.DataFrame:
    from statsforecast import StatsForecast
    from statsforecast import models as of

    short = season if season <= _LONGEST_SEASON else 1
    made: dict[str, Any] = {
        SEASONAL_NAIVE: partial(of.SeasonalNaive, season_length=season),
        ETS: partial(of.AutoETS, season_length=short),
        THETA: partial(of.AutoTheta, season_length=short),
        ARIMA: partial(of.ARIMA, order=(5, 1, 0)),
    }
    judge = StatsForecast(
        models=[made[name](alias=name) for name in methods],
        freq=freq,
        n_jobs=1,
        fallback_model=of.Naive(),
    )
    percents = {percent(level): round(level * 100, 6) for level in levels}
    # As whole numbers where they are, which is how the columns are named.
    asked: list[Any] = [int(each) if each == int(each) else each for each in percents.values()]
    found = judge.forecast(df=table, h=horizon, level=asked)
    last_values = table.group_by("unique_id").agg(pl.col("y").sort_by("ds").last())
    found = found.join(last_values, on="unique_id", how="left", maintain_order="left")
    keys = found.select(pl.col("unique_id").alias(SERIES), pl.col("ds").cast(pl.Date).alias(PERIOD))
    return pl.concat(
        keys.with_columns(
            found[name].cast(pl.Float64).fill_nan(None).fill_null(found["y"]).alias("forecast"),
            *(
                found[f"{name}-{side}-{said}"].cast(pl.Float64).fill_nan(None).alias(f"{side}{label}")
                for label, said in zip(percents, asked, strict=True)
                for side in ("lo", "hi")
            ),
            method=pl.lit(name),
        )
        for name in methods
    ).select("method", pl.all().exclude("method"))


def rows(grid: Grid, last: int) -> pl.DataFrame:
    """The last periods of a grid as these libraries have them: `unique_id`, `ds`, `y`, without gaps.

    A period that is closed or not known is as the same weekday was before (of weeks, as the last one); a
    weekday that never was known, as the day before it.
    """
    since = max(0, grid.length - last)
    # At least two values of each, so that every method has something to differ by.
    there = (np.arange(since, grid.length) >= np.minimum(grid.first, grid.length - 2)[:, None]).ravel()
    periods = pl.Series([grid.period(at) for at in range(since, grid.length)], dtype=pl.Date)
    count = len(grid.keys)
    before = pl.col("y").forward_fill()
    return (
        pl.DataFrame(
            {
                "unique_id": pl.Series(grid.keys, dtype=pl.String).gather(
                    np.repeat(np.arange(count), len(periods))
                ),
                "ds": periods.gather(np.tile(np.arange(len(periods)), count)),
                "y": pl.Series(grid.values[:, since:].ravel(), nan_to_null=True),
            }
        )
        .with_columns(
            y=pl.coalesce(
                before.over("unique_id", pl.col("ds").dt.weekday()), before.over("unique_id"), pl.lit(0.0)
            )
        )
        .filter(pl.Series(there))
    )
