"""How far actuals fall from forecasts: quantiles learnt of errors that were made on past origins.

The errors are those of a learner that did not know what came. Their quantiles are learnt by LightGBM from
what makes an error large (how far ahead, how noisy, how rare, how large a forecast), on one half of the
origins each, and moved on the other half until they cover what they should, block by block of the horizon
(conformalised quantile regression: Romano, Patterson and Candes, 2019).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import lightgbm
import numpy as np

from saleslake_processor.forecast.learner import PARAMETERS, THREADS

_ROUNDS = 50
_LEAVES = 8
_ROWS = 40_000
_LEAST = 400
"""Errors to a model at least; of fewer one quantile serves all."""
_BLOCKS = 4
"""Of the horizon, in each of which coverage is made right."""
_ENOUGH = 60
"""Errors in a block from which on it has a correction of its own."""
_DRIFT = ([0.8, 0.95], [0.1, 0.3])
"""Levels, and the share of what would lie outside by which their bounds are wider than they would have had to
be: what comes differs more from what was learnt than one past period from another, and most so far out."""

_REST = 0.9
"""The upper side's part of what the lower one leaves: of whole numbers all bounds cover more than asked."""


@dataclass(frozen=True)
class Told:
    """What the size of an error is learnt from, a row a forecast."""

    features: np.ndarray
    forecast: np.ndarray
    level: np.ndarray
    nonnegative: np.ndarray
    """Bounds of the series do not fall below nothing."""
    counts: np.ndarray
    """The series has whole numbers: its lower bounds are such, too."""

    def where(self, kept: np.ndarray) -> "Told":
        """Some of them."""
        parts = (self.features, self.forecast, self.level, self.nonnegative, self.counts)
        return Told(*(part[kept] for part in parts))

    def lower(self, error: np.ndarray) -> np.ndarray:
        """The bound for an error relative to the level."""
        found = self.forecast + error * self.level
        found = np.where(self.nonnegative, np.maximum(found, 0.0), found)
        return np.asarray(np.where(self.counts, np.floor(found + 1e-6), found))

    def upper(self, error: np.ndarray) -> np.ndarray:
        """The bound for an error relative to the level."""
        found = self.forecast + error * self.level
        return np.asarray(np.where(self.nonnegative, np.maximum(found, 0.0), found))


def told(
    names: Sequence[str],
    features: np.ndarray,
    forecast: np.ndarray,
    level: np.ndarray,
    horizon: int,
    nonnegative: np.ndarray,
    counts: np.ndarray,
) -> Told:
    """Of the features of the learner those that tell of noise, the horizon, and the forecast itself."""
    noisy = ("deviation", "size", "since_sale", "age", "weekday")
    wanted = [at for at, name in enumerate(names) if name in noisy or name.startswith("rarity_")]
    columns = [
        features[:, names.index("horizon")] / horizon,
        forecast / level,
        np.log(np.maximum(level, 1e-9)),
        *(features[:, at] for at in wanted),
    ]
    return Told(np.column_stack(columns).astype(np.float32), forecast, level, nonnegative, counts)


@dataclass(frozen=True)
class Errors:
    """Forecasts of the past and what came, a row each."""

    told: Told
    actual: np.ndarray
    fold: np.ndarray
    """0 or 1: which half of the origins."""


@dataclass(frozen=True)
class Bounds:
    """Bounds by level: quantiles that were learnt of some errors, and made right on others."""

    levels: tuple[float, ...]
    halves: tuple["_Half", ...]

    @classmethod
    def learnt(cls, errors: Errors, levels: Sequence[float], seed: int) -> "Bounds":
        """Of errors that were made on past origins."""
        first = errors.fold == 0
        every = np.ones(len(first), dtype=bool)
        # Both halves teach, each is made right by the other; what is asked later is the mean of the two.
        pairs = [(first, ~first), (~first, first)] if 0 < first.sum() < len(first) else [(every, every)]
        return cls(tuple(levels), tuple(_half(errors, own, other, levels, seed) for own, other in pairs))

    def text(self) -> dict[str, Any]:
        """As JSON has it."""
        return {"levels": list(self.levels), "halves": [half.text() for half in self.halves]}

    @classmethod
    def of_text(cls, text: dict[str, Any]) -> "Bounds":
        """Of what `text` gave."""
        return cls(tuple(text["levels"]), tuple(_Half.of_text(half) for half in text["halves"]))

    def of(self, told: Told) -> np.ndarray:
        """By row, level and side (lower, upper): the bound. Wider levels lie outside narrower ones, and the
        forecast inside all."""
        error = np.mean([half.errors(told.features) for half in self.halves], axis=0)
        out = np.empty((len(told.forecast), len(self.levels), 2))
        lower = upper = np.zeros(len(told.forecast))
        for place in sorted(range(len(self.levels)), key=self.levels.__getitem__):
            lower, upper = np.minimum(lower, error[:, place, 0]), np.maximum(upper, error[:, place, 1])
            out[:, place, 0], out[:, place, 1] = told.lower(lower), told.upper(upper)
        return out


@dataclass(frozen=True)
class _Quantile:
    """A quantile of errors given what tells of them; of few errors it is one for all."""

    plain: float
    trees: lightgbm.Booster | None

    def of(self, features: np.ndarray) -> np.ndarray:
        if self.trees is None:
            return np.full(len(features), self.plain)
        return np.asarray(self.trees.predict(features, num_threads=THREADS))


@dataclass(frozen=True)
class _Half:
    quantiles: tuple[tuple[_Quantile, _Quantile], ...]
    """By level: of the lower and of the upper bound."""
    moves: np.ndarray
    """By level, block and side: what is added to it."""

    def errors(self, features: np.ndarray) -> np.ndarray:
        """By row, level and side: the error relative to the level."""
        raw = _raw(self.quantiles, features)
        return np.asarray(raw + np.moveaxis(self.moves[:, _blocks(features)], 0, 1))

    def text(self) -> dict[str, Any]:
        quantiles = [
            [(each.plain, each.trees.model_to_string() if each.trees else None) for each in pair]
            for pair in self.quantiles
        ]
        return {"quantiles": quantiles, "moves": self.moves.tolist()}

    @classmethod
    def of_text(cls, text: dict[str, Any]) -> "_Half":
        def quantile(plain: float, trees: str | None) -> _Quantile:
            return _Quantile(plain, lightgbm.Booster(model_str=trees) if trees else None)

        pairs = tuple((quantile(*lower), quantile(*upper)) for lower, upper in text["quantiles"])
        return cls(pairs, np.array(text["moves"]))


def _half(errors: Errors, own: np.ndarray, other: np.ndarray, levels: Sequence[float], seed: int) -> _Half:
    miss = (errors.actual - errors.told.forecast) / errors.told.level
    features, judge = errors.told.features[own], errors.told.where(other)
    # An error costs what it amounts to.
    weight = errors.told.level[own]
    weight = np.clip(weight, *np.quantile(weight, [0.05, 0.99])) if len(weight) else weight
    quantiles = []
    for level in levels:
        low, high = _tails(level)
        quantiles.append(
            (
                _quantile(features, miss[own], weight, low, seed),
                _quantile(features, miss[own], weight, high, seed),
            )
        )
    raw = _raw(quantiles, judge.features)
    moves = [
        _by_block(judge, errors.actual[other], miss[other], raw[:, place], level)
        for place, level in enumerate(levels)
    ]
    return _Half(tuple(quantiles), np.array(moves))


def _raw(quantiles: Sequence[tuple[_Quantile, _Quantile]], features: np.ndarray) -> np.ndarray:
    """By row, level and side: what the quantiles say."""
    return np.stack([np.stack([each.of(features) for each in pair], axis=1) for pair in quantiles], axis=1)


def _quantile(
    features: np.ndarray, error: np.ndarray, weight: np.ndarray, tail: float, seed: int
) -> _Quantile:
    plain = float(np.quantile(error, tail))
    if len(error) < _LEAST:
        return _Quantile(plain, None)
    if len(error) > _ROWS:
        drawn = np.sort(np.random.default_rng(seed).choice(len(error), _ROWS, replace=False))
        features, error, weight = features[drawn], error[drawn], weight[drawn]
    parameters = {
        **PARAMETERS,
        "objective": "quantile",
        "alpha": tail,
        "num_leaves": _LEAVES,
        "min_data_in_leaf": max(40, len(error) // 100),
        "feature_fraction": 1.0,
        "learning_rate": 0.15,
        "seed": seed,
    }
    return _Quantile(
        plain, lightgbm.train(parameters, lightgbm.Dataset(features, error, weight=weight), _ROUNDS)
    )


def _tails(level: float) -> tuple[float, float]:
    """Shares of actuals that lie under the lower and under the upper bound."""
    return (1 - level) / 2, (1 + level) / 2


def _blocks(features: np.ndarray) -> np.ndarray:
    return np.asarray(np.minimum((features[:, 0] * _BLOCKS - 1e-6).astype(int), _BLOCKS - 1))


def _by_block(told: Told, actual: np.ndarray, miss: np.ndarray, raw: np.ndarray, level: float) -> np.ndarray:
    """By block and side, what the bound is to be moved by."""
    blocks = _blocks(told.features)
    out = np.tile(_moves(told, actual, miss, raw, level), (_BLOCKS, 1))
    for block in range(_BLOCKS):
        inside = blocks == block
        if inside.sum() >= _ENOUGH:
            out[block] = _moves(told.where(inside), actual[inside], miss[inside], raw[inside], level)
    return out


def drifted(level: float) -> float:
    """The level that past errors are asked for, so that what comes is covered at `level`."""
    return level + float(np.interp(level, *_DRIFT)) * (1 - level)


def _moves(told: Told, actual: np.ndarray, miss: np.ndarray, raw: np.ndarray, level: float) -> np.ndarray:
    """Of what is to lie outside, the lower side has its half; where less can, since nothing lies below
    nothing, the upper side has most of the rest: both together cover what they should, or little more."""
    low, _ = _tails(drifted(level))
    lower = float(np.quantile(miss - raw[:, 0], low))
    below = float((actual < told.lower(raw[:, 0] + lower) - 1e-9).mean())
    upper = float(np.quantile(miss - raw[:, 1], 1 - max(low + _REST * (low - below), low / 2)))
    return np.array([lower, upper])
