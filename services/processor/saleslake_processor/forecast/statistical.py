"""The theta method for all series at once: what is blended with the learner where that is better."""

import numpy as np

from saleslake_processor.forecast.features import SHAPES
from saleslake_processor.forecast.history import Grid

_ALPHAS = (0.02, 0.05, 0.1, 0.2, 0.35, 0.6)
_WEEKS = 8
_WARM = 8
"""Periods after which errors count for the choice of the smoothing."""
_YEARS = {7: 1, 1: 3}
"""By season: how many years are looked at."""


def theta(grid: Grid, length: int, horizon: int) -> np.ndarray:
    """Forecasts of what follows after `length` periods, a row a series, a column a period ahead.

    Exponential smoothing with half the slope of the linear trend as drift, which is what the theta method of
    Assimakopoulos and Nikolopoulos (2000) comes to (Hyndman and Billah, 2003), on values without their
    weekdays. The smoothing is the one of a few with the least squared one-step error.
    """
    shape = SHAPES[grid.freq]
    since = max(0, length - _YEARS[shape.season] * shape.year)
    values = grid.values[:, since:length]
    factors = _weekdays(values, shape.season)
    index = np.arange(values.shape[1])
    plain = values / factors[:, index % shape.season]
    level = _smoothed(plain)
    drift = 0.5 * _slopes(plain)
    ahead = np.arange(1, horizon + 1)
    found = level[:, None] + drift[:, None] * ahead
    return np.asarray(found * factors[:, (values.shape[1] - 1 + ahead) % shape.season])


def _weekdays(values: np.ndarray, season: int) -> np.ndarray:
    """By series and place in the season: what is sold there relative to the mean, shrunk towards 1."""
    if season == 1:
        return np.ones((len(values), 1))
    recent = values[:, -_WEEKS * season :]
    offset = values.shape[1] - recent.shape[1]
    mean = _mean(recent, axis=1)
    factors = np.ones((len(values), season))
    for place in range(season):
        column = recent[:, (np.arange(recent.shape[1]) + offset) % season == place]
        own = _mean(column, axis=1)
        factors[:, place] = (np.nan_to_num(own) * column.shape[1] + mean * 2) / (column.shape[1] + 2)
    with np.errstate(invalid="ignore", divide="ignore"):
        factors = factors / factors.mean(axis=1, keepdims=True)
    return np.where(np.isfinite(factors) & (factors > 0.05), factors, 1.0)


def _smoothed(values: np.ndarray) -> np.ndarray:
    """The last level of each series, by the best of the smoothings."""
    known = np.isfinite(values)
    start = np.nan_to_num(_mean(np.where(np.cumsum(known, axis=1) <= _WARM, values, np.nan), axis=1))
    counts = np.cumsum(known, axis=1) > _WARM
    alphas = np.array(_ALPHAS)
    levels = np.repeat(start[:, None], len(alphas), axis=1)
    errors = np.zeros_like(levels)
    for at in range(values.shape[1]):
        missed = np.where(known[:, at, None], values[:, at, None] - levels, 0.0)
        errors += counts[:, at, None] * missed * missed
        levels += alphas * missed
    best = errors.argmin(axis=1)
    return np.asarray(levels[np.arange(len(levels)), best])


def _slopes(values: np.ndarray) -> np.ndarray:
    """Of the straight line by least squares, a period."""
    known = np.isfinite(values)
    at = np.arange(values.shape[1], dtype=float)
    count = np.maximum(known.sum(axis=1), 1)
    filled = np.where(known, values, 0.0)
    middle = (known * at).sum(axis=1) / count
    away = (at - middle[:, None]) * known
    spread = (away * away).sum(axis=1)
    return np.where(spread > 0, (away * filled).sum(axis=1) / np.maximum(spread, 1e-12), 0.0)


def _mean(values: np.ndarray, axis: int) -> np.ndarray:
    known = np.isfinite(values)
    return np.asarray(np.where(known, values, 0.0).sum(axis=axis) / np.maximum(known.sum(axis=axis), 1))
