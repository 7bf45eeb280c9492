"""Forecasts from past origins beside what came, of the forecaster and of the methods to be beaten."""

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl

from saleslake_processor.forecast import judges
from saleslake_processor.forecast.columns import coded
from saleslake_processor.forecast.features import SHAPES
from saleslake_processor.forecast.forecaster import Forecaster
from saleslake_processor.forecast.history import PERIOD, SERIES, Grid, HistoryError, grid, standard
from saleslake_processor.forecast.model import scales

MODEL = "model"
BOTTOM = "series"
"""Level of the series themselves."""

_LEAST = 3
"""Known periods from which on an origin is tried."""


def backtest(
    forecaster: Forecaster,
    history: pl.DataFrame,
    *,
    origins: int = 3,
    static: Sequence[str] = (),
    known: Sequence[str] = (),
    groups: Mapping[str, Sequence[str]] | None = None,
    methods: Sequence[str] = judges.JUDGES,
) -> pl.DataFrame:
    """Forecast what is known from `origins` earlier periods, a horizon apart, the last one a horizon before
    the end. The forecaster learns anew at each, of what was known then.

    A row for each level (`series`, and the names of `groups`), method (`model` and the others), origin (the
    last known period), series and horizon: `period`, `actual`, `forecast`, `error` (forecast less actual),
    bounds, and what `scores.summary` weighs by: `scale` and `weight`. Closed and unknown periods are not
    scored. Raises `HistoryError` where the history is too short for any origin.
    """
    horizon, named = forecaster.horizon, dict(groups or {})
    history = standard(history)
    whole = grid(history, forecaster.freq, [*static, *known])
    ends = [whole.length - horizon * at for at in range(1, origins + 1)]
    ends = [end for end in ends if end >= _LEAST]
    if not ends:
        raise HistoryError(f"{whole.length} periods are too few to forecast {horizon} of them")
    parts = []
    for end in ends:
        last = whole.period(end - 1)
        then, after = history.filter(pl.col(PERIOD) <= last), history.filter(pl.col(PERIOD) > last)
        fitted = Forecaster(forecaster.freq, horizon, forecaster.levels, forecaster.seed).fit(
            then, static=static, known=known, groups=named
        )
        future = after if known else None
        levels = {BOTTOM: fitted.predict(future), **fitted.predict_sums(future)}
        columns = coded(then, static, known)
        cut = whole.until(end)
        for name, forecast in levels.items():
            by = list(named.get(name, ()))
            of = cut if name == BOTTOM else summed(cut, [columns.labels(each, cut) for each in by])
            actual = whole.kept(cut.keys)
            real = actual if name == BOTTOM else summed(actual, [columns.labels(each, cut) for each in by])
            if name != BOTTOM:
                key = pl.concat_str(by, separator=" | ") if by else pl.lit("")
                forecast = forecast.with_columns(key.alias(SERIES)).drop(by)
            said = [forecast.with_columns(method=pl.lit(MODEL))]
            if methods:
                said.append(judges.forecasts(of, horizon, forecaster.levels, methods))
            told = pl.concat(said, how="diagonal_relaxed").join(
                _actual(real, of, end, horizon), on=[SERIES, PERIOD], how="inner"
            )
            parts.append(told.with_columns(level=pl.lit(name), origin=pl.lit(last)))
    names = ["level", "method", "origin", SERIES, "horizon", PERIOD, "actual", "forecast", "error"]
    return (
        pl.concat(parts, how="diagonal_relaxed")
        .with_columns(error=pl.col("forecast") - pl.col("actual"))
        .select(*names, *forecaster.bounds, "scale", "weight")
        .sort(names[:5])
    )


def summed(of: Grid, labels: Sequence[Sequence[str]]) -> Grid:
    """A grid of sums: of the series that have the same labels; their keys are the labels, parted by " | "."""
    keys = [" | ".join(each) for each in zip(*labels, strict=True)] if labels else [""] * len(of.keys)
    names = tuple(sorted(set(keys)))
    members = [np.flatnonzero(np.array(keys) == name) for name in names]
    known = np.isfinite(of.values)
    filled = np.where(known, of.values, 0.0)
    values = np.stack([filled[at].sum(axis=0) for at in members])
    there = np.stack([known[at].any(axis=0) for at in members])
    first = np.array([of.first[at].min() for at in members])
    return Grid(of.freq, names, of.start, np.where(there, values, np.nan), first, of.closed)


def _actual(real: Grid, known: Grid, end: int, horizon: int) -> pl.DataFrame:
    """What came of each series, its scale and its weight as of then; unknown periods have no row."""
    window = SHAPES[known.freq].level[0]
    recent = np.abs(np.nansum(known.values[:, -window:], axis=1))
    count = len(known.keys)
    values = real.values[:, end : end + horizon]
    at = np.repeat(np.arange(count), horizon)
    periods = pl.Series([real.period(end + ahead) for ahead in range(horizon)], dtype=pl.Date)
    return pl.DataFrame(
        {
            SERIES: pl.Series(known.keys, dtype=pl.String).gather(at),
            PERIOD: periods.gather(np.tile(np.arange(horizon), count)),
            "horizon": np.tile(np.arange(1, horizon + 1), count),
            "actual": pl.Series(values.ravel(), nan_to_null=True),
            "scale": scales(known, end)[at],
            "weight": recent[at],
        }
    ).drop_nulls("actual")
