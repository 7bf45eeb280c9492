"""One model: the learner, how far it is trusted beside theta, and how far both fall from what comes.

Three steps. A learner that knows nothing of the last periods forecasts them from several origins; what it
misses there, beside theta, gives the share of each and the bounds. Then one that knows all is taught.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from saleslake_processor.forecast import rows as chosen
from saleslake_processor.forecast.bounds import Bounds, Errors, Told, told
from saleslake_processor.forecast.features import SHAPES, Features, Rows
from saleslake_processor.forecast.history import Grid
from saleslake_processor.forecast.learner import Learner, taught
from saleslake_processor.forecast.statistical import theta

TAUGHT_ROWS = 90_000
"""About as many rows teach; of more they are drawn."""
_JUDGED_ROWS = 180_000
"""Of forecasts on past origins, all together."""
_ORIGINS = {"1d": (7, 8), "1w": (2, 8)}
"""Periods between two of the past origins, and how many at most."""
_ERRORS = (40, 160)
"""Of the past: fewer tell nothing of how far forecasts fall from what comes, more origins are tried up to
as many."""
_LEAST_TAUGHT = 300
"""Rows below which there is no learner; theta forecasts alone."""
SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)
"""Of the learner, of which one is chosen; the rest is theta's."""
_DOUBT = 0.05
"""By how much all of theta, or of the learner, must be better than half of each, of hardly any history; of a
year of it by nothing: some weeks are one stroke of luck, however many origins they are seen from."""
_UNTRIED = 0.25
"""Share of a learner where nothing of the past is known that it could be tried on."""
_LEAST_WIDTH = 0.02
"""Of a forecast: no bound is known more closely."""
_RECENT = 1.5
"""Years after which a row counts half."""
_STEADY = 10.0
"""Times its scale that a level counts at most: of a series that hardly moves, it is the level that counts."""


@dataclass(frozen=True)
class Known:
    """A grid and its columns: by series, and by series and period as far as the horizon goes."""

    grid: Grid
    static: np.ndarray | None = None
    static_names: tuple[str, ...] = ()
    ahead: np.ndarray | None = None
    ahead_names: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    amounts: tuple[str, ...] = ()

    def features(self, horizon: int) -> Features:
        """What makes features of it."""
        return Features(
            *(self.grid, horizon, self.static, self.static_names),
            *(self.ahead, self.ahead_names, self.kinds, self.amounts),
        )


@dataclass(frozen=True)
class Judged:
    """Forecasts from past origins by a learner that did not know what came: by origin, series and period."""

    forecast: np.ndarray
    actual: np.ndarray
    """NaN where it is not known."""
    half_width: np.ndarray
    """Of the narrowest bounds, from which those of sums are made."""


@dataclass(frozen=True)
class Model:
    """What was learnt; `learner` is none of a history too short, and so are `bounds` and `judged`."""

    learner: Learner | None
    share: float
    """Of the learner; the rest is theta's."""
    bounds: Bounds | None
    judged: Judged | None


@dataclass(frozen=True)
class _Asked:
    """All series and horizons at one origin, made ready."""

    length: int
    features: np.ndarray
    level: np.ndarray
    by_theta: np.ndarray


def fit(known: Known, horizon: int, levels: tuple[float, ...], seed: int) -> Model:
    """Learn from all that is known."""
    grid, features = known.grid, known.features(horizon)
    origins = _past_origins(grid, horizon)
    teaching = chosen.past(grid, grid.length, horizon, TAUGHT_ROWS, seed)
    series = np.arange(len(grid.keys))
    asked = [chosen.ahead(series, at - 1, horizon) for at in origins]
    # All at once: what they share is made once.
    made, level = features.make(chosen.joined([teaching, *asked]))
    count, each = len(teaching), len(series) * horizon

    def learnt(length: int) -> Learner | None:
        known_then = teaching.target < length
        if known_then.sum() < _LEAST_TAUGHT:
            return None
        rows, own = teaching.where(known_then), np.flatnonzero(known_then)
        values = grid.values[rows.series, rows.target] / level[own]
        weights = _weights(grid, rows, level[own], length)
        return taught(features.names, made[own], values, weights, seed, known.categories)

    learner = learnt(grid.length)
    if not origins:
        return Model(learner, _UNTRIED if learner else 0.0, None, None)
    parts = [slice(count + place * each, count + (place + 1) * each) for place in range(len(origins))]
    ready = [
        _Asked(at, made[part], level[part], _at_least(grid, theta(grid, at, horizon)))
        for at, part in zip(origins, parts, strict=True)
    ]
    return _judged(features, learner, learnt(min(origins)), ready, horizon, levels, seed)


def predict(model: Model, known: Known, horizon: int) -> tuple[np.ndarray, np.ndarray]:
    """Forecasts (series by period), and bounds (series, period, level, side): without any, NaN."""
    grid, features = known.grid, known.features(horizon)
    count = len(grid.keys)
    made, level = features.make(chosen.ahead(np.arange(count), grid.length - 1, horizon))
    asked = _Asked(grid.length, made, level, _at_least(grid, theta(grid, grid.length, horizon)))
    by_learner = _learnt(model.learner, asked)
    forecast = _at_least(grid, _mixed(model.share, by_learner, asked.by_theta))
    if model.bounds is None:
        return forecast, np.full((count, horizon, 0, 2), np.nan)
    found = model.bounds.of(_told(features, [asked], forecast[None], horizon))
    return forecast, found.reshape(count, horizon, -1, 2)


def _judged(
    features: Features,
    learner: Learner | None,
    before: Learner | None,
    asked: list[_Asked],
    horizon: int,
    levels: tuple[float, ...],
    seed: int,
) -> Model:
    """What the forecasts of the past were worth: the share and the bounds."""
    grid = features.grid
    begun = np.stack([grid.first < each.length for each in asked])
    actual = np.stack([grid.values[:, each.length : each.length + horizon] for each in asked])
    actual = np.where(begun[:, :, None], actual, np.nan)
    by_theta = np.stack([each.by_theta for each in asked])
    by_learner = np.stack([_learnt(before, each) for each in asked])
    known = np.isfinite(actual)
    share = 0.0
    if before is not None:
        share = _share(grid, asked, actual, by_learner, by_theta) if known.any() else _UNTRIED
    forecast = _at_least(grid, _mixed(share, by_learner, by_theta))
    described = _told(features, asked, forecast, horizon)
    real, ok = actual.ravel(), known.ravel()
    if ok.sum() < _ERRORS[0]:
        return Model(learner, share, None, None)
    fold = np.repeat(np.arange(len(asked)) % 2, len(grid.keys) * horizon)
    bounds = Bounds.learnt(Errors(described.where(ok), real[ok], fold[ok]), levels, seed)
    narrow = bounds.of(described)[:, int(np.argmin(levels))]
    half = half_widths(forecast, narrow.reshape(*forecast.shape, 2))
    return Model(learner, share, bounds, Judged(forecast, actual, half))


def half_widths(forecast: np.ndarray, bounds: np.ndarray) -> np.ndarray:
    """Of bounds (last axis: lower, upper), from which those of sums are made; never next to nothing."""
    return np.asarray(np.maximum((bounds[..., 1] - bounds[..., 0]) / 2, _LEAST_WIDTH * np.abs(forecast)))


def _past_origins(grid: Grid, horizon: int) -> tuple[int, ...]:
    """Lengths of history from which the last periods are forecast: as many as leave half of it to learn from,
    and fewer of many series, since sums are made of all of them."""
    step, most = _ORIGINS[grid.freq]
    # Of a short horizon and few series, more origins make as many errors.
    step = min(step, horizon)
    most = max(most, -(-_ERRORS[1] // (len(grid.keys) * horizon)))
    most = min(most, max(2, _JUDGED_ROWS // max(1, len(grid.keys) * horizon)))
    last = grid.length - horizon
    least = max(grid.length // 2, min(2 * horizon, grid.length // 3), 3)
    return tuple(length for length in (last - step * at for at in range(most)) if length >= least)


def _learnt(learner: Learner | None, asked: _Asked) -> np.ndarray:
    if learner is None:
        return asked.by_theta
    return np.asarray((learner.predict(asked.features) * asked.level).reshape(asked.by_theta.shape))


def _mixed(share: float, by_learner: np.ndarray, by_theta: np.ndarray) -> np.ndarray:
    return share * by_learner + (1 - share) * by_theta


def _told(features: Features, asked: list[_Asked], forecast: np.ndarray, horizon: int) -> Told:
    grid = features.grid
    series = np.tile(np.repeat(np.arange(len(grid.keys)), horizon), len(asked))
    return told(
        features.names,
        np.concatenate([each.features for each in asked]),
        forecast.ravel(),
        np.concatenate([each.level for each in asked]),
        horizon,
        nonnegative=~negative(grid)[series],
        counts=_counts(grid)[series],
    )


def _weights(grid: Grid, rows: Rows, level: np.ndarray, length: int) -> np.ndarray:
    """As the error counts: by what a series sells, and by its own scale (see `scores.rmsse`)."""
    scale = np.maximum(scales(grid, length)[rows.series], 1e-9)
    weights = level * np.minimum(level / scale, _STEADY)
    low, high = np.quantile(weights, [0.02, 0.99])
    age = (length - rows.origin) / (_RECENT * SHAPES[grid.freq].year)
    return np.asarray(np.clip(weights, max(low, 1e-12), max(high, 1e-12)) * 0.5**age)


def scales(grid: Grid, length: int) -> np.ndarray:
    """Root mean square of the change between two periods, by series: the error of the naive forecast."""
    change = np.diff(grid.values[:, :length], axis=1)
    known = np.isfinite(change)
    # In place: a grid of many series is what memory is needed for.
    change *= change
    change[~known] = 0
    return np.asarray(np.sqrt(change.sum(axis=1) / np.maximum(known.sum(axis=1), 1)))


def _share(
    grid: Grid, asked: list[_Asked], actual: np.ndarray, by_learner: np.ndarray, by_theta: np.ndarray
) -> float:
    """Of the learner, by the weighted error on the past origins."""
    by_scale = [scales(grid, each.length) for each in asked]
    errors = [_error(grid, asked, actual, _mixed(share, by_learner, by_theta), by_scale) for share in SHARES]
    return trusted(errors, grid.length / SHAPES[grid.freq].year)


def trusted(errors: Sequence[float], years: float) -> float:
    """That of `SHARES` whose error was least; of less than a year of history half of each is preferred."""
    doubt = _DOUBT * max(0.0, 1 - years)
    costs = [error * (1 + doubt * abs(2 * share - 1)) for share, error in zip(SHARES, errors, strict=True)]
    return SHARES[int(np.argmin(costs))]


def _error(
    grid: Grid, asked: list[_Asked], actual: np.ndarray, forecast: np.ndarray, scale_of: list[np.ndarray]
) -> float:
    window = SHAPES[grid.freq].level[1]
    total = []
    for each, real, said, scale in zip(asked, actual, forecast, scale_of, strict=True):
        missed = said - real
        known = np.isfinite(missed)
        squared = np.where(known, missed * missed, 0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
        sold = np.abs(np.nansum(grid.values[:, max(0, each.length - window) : each.length], axis=1))
        weight = np.where((scale > 0) & known.any(axis=1), sold, 0.0)
        error = np.sqrt(squared) / np.where(scale > 0, scale, 1.0)
        total.append((weight * error).sum() / max(weight.sum(), 1e-12))
    return float(np.mean(total))


def negative(grid: Grid) -> np.ndarray:
    """Series that have had negative periods, as net sales with returns have."""
    return np.asarray((grid.values < 0).any(axis=1))


def _counts(grid: Grid) -> np.ndarray:
    """Series of whole numbers, as units are."""
    whole = np.round(grid.values) == grid.values
    return np.asarray((whole | np.isnan(grid.values)).all(axis=1))


def _at_least(grid: Grid, forecast: np.ndarray) -> np.ndarray:
    """Not below nothing, but of series that have been."""
    return np.where(negative(grid)[:, None], forecast, np.maximum(forecast, 0.0))
