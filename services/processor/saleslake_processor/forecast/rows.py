"""Which rows the learner is taught by, and which it is asked for."""

import numpy as np

from saleslake_processor.forecast.features import SHAPES, Rows
from saleslake_processor.forecast.history import Grid


def past(grid: Grid, length: int, horizon: int, cap: int, seed: int) -> Rows:
    """Origins of the past with horizons whose targets lie within the first `length` periods, and are known.

    Of many about `cap` are drawn, the same ones for the same grid and seed.
    """
    chance = np.random.default_rng(seed)
    youngest = SHAPES[grid.freq].level[0] if length > 4 * SHAPES[grid.freq].level[0] else 1
    known = int(np.isfinite(grid.values[:, :length]).sum())
    share = min(1.0, cap / max(1, known * horizon))
    series: list[np.ndarray] = []
    origins: list[np.ndarray] = []
    horizons: list[np.ndarray] = []
    for origin in range(length - 1):
        alive = np.flatnonzero(grid.first + youngest - 1 <= origin)
        ahead = min(horizon, length - 1 - origin)
        # By origin, so that memory is bounded however long the history is.
        drawn = chance.random((len(alive), ahead)) < share
        drawn &= np.isfinite(grid.values[alive, origin + 1 : origin + 1 + ahead])
        at, step = np.nonzero(drawn)
        series.append(alive[at])
        origins.append(np.full(len(at), origin))
        horizons.append(step + 1)
    empty = np.empty(0, dtype=int)
    return Rows(*(np.concatenate([empty, *parts]) for parts in (series, origins, horizons)))


def joined(parts: list[Rows]) -> Rows:
    """One after the other."""
    return Rows(
        np.concatenate([part.series for part in parts]),
        np.concatenate([part.origin for part in parts]),
        np.concatenate([part.horizon for part in parts]),
    )


def ahead(series: np.ndarray, origin: int, horizon: int) -> Rows:
    """All horizons of these series at one origin, series after series."""
    return Rows(
        np.repeat(series, horizon),
        np.full(len(series) * horizon, origin),
        np.tile(np.arange(1, horizon + 1), len(series)),
    )
