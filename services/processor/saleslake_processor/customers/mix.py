"""Prior and trees mixed, and made right in total and in each part of the list, by customers held out at past
cut-offs."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import expit, logit

from saleslake_processor.customers.season import factor

Floats = NDArray[np.float64]

_PARTS = ("two_part", "whole", "prior_spend")
_TENTHS = 4
"""Weights are tried in steps of one in so many."""
_GROUPS = 10
_SURE = 1e-5


@dataclass(frozen=True)
class Mix:
    """How what is told of customers becomes what is expected of them."""

    weights: tuple[float, ...]
    """Of `_PARTS` in expected spend."""
    median_weight: float
    """Of the quantile regression in the median; the two parts have the rest."""
    probability_weight: float
    """Of the trees in the log odds of buying; the prior has the rest."""
    levels: Floats
    """Middle of each group of held-out customers by expected spend, as logarithms, rising."""
    corrections: Floats
    """Logarithm of what such a group spent, to what was expected."""
    spend: float
    """Factor on expected spend, of the season that comes."""
    buyers: float
    """Factor on the odds of buying, of the season."""
    orders: float
    """Factor on orders of who buys."""
    median: float
    """Factor on the median."""

    def expected(self, told: pl.DataFrame) -> pl.DataFrame:
        """`probability_active`, `expected_orders`, `expected_spend_mean`, `expected_spend_median` of
        `told`."""
        mean = _mean(told, self.weights)
        mean = mean * np.exp(np.interp(np.log(mean), self.levels, self.corrections)) * self.spend
        odds = _odds(told, self.probability_weight) + np.log(self.buyers)
        active = expit(odds)
        if_active = told["prior_orders"].to_numpy() / np.maximum(told["prior_buys"].to_numpy(), _SURE)
        return told.select(
            "customer_key",
            probability_active=pl.Series(active),
            expected_orders=pl.Series(active * np.maximum(if_active * self.orders, 1.0)),
            expected_spend_mean=pl.Series(mean),
            expected_spend_median=pl.Series(
                np.minimum(_median(told, self.median_weight) * self.median, 1e18)
            ),
        )


def fitted(held_out: pl.DataFrame, as_of: date) -> Mix:
    """The mix that did best for customers whom the trees had not seen, at all cut-offs before `as_of`.

    Of `held_out`, one row per cut-off and customer: `cut_off`, `spent`, `bought_orders`, and what is told.
    """
    rows = held_out.sort("cut_off", "customer_key")
    spent = rows["spent"].to_numpy()
    bought = rows["bought_orders"].to_numpy() > 0
    weights = min(_simplex(), key=lambda each: _deviance(spent, _mean(rows, each)))
    mean = _mean(rows, weights)
    probability_weight = min(
        (0.5, 0.75, 1.0), key=lambda each: float(np.mean((bought - expit(_odds(rows, each))) ** 2))
    )
    by_cut = rows.select("cut_off").with_columns(mean=pl.Series(mean), spent=pl.Series(spent))
    levels, corrections = _corrections(by_cut)
    mean = mean * np.exp(np.interp(np.log(mean), levels, corrections))
    told = expit(_odds(rows, probability_weight))
    orders = told * rows["prior_orders"].to_numpy() / np.maximum(rows["prior_buys"].to_numpy(), _SURE)
    cuts = rows.select("cut_off").with_columns(
        spent=pl.Series(spent),
        mean=pl.Series(mean),
        bought=pl.Series(bought.astype(np.float64)),
        told=pl.Series(told),
        orders=pl.Series(orders),
        came=rows["bought_orders"],
    )
    spend = factor(cuts, "spent", "mean", as_of)
    buyers = factor(cuts, "bought", "told", as_of)
    share = min(float(told.mean()) * buyers, 0.99)
    odds = share / (1 - share) / (float(told.mean()) / (1 - float(told.mean())))
    median_weight, median = _best_median(rows, spent)
    return Mix(
        weights=weights,
        median_weight=median_weight,
        probability_weight=probability_weight,
        levels=levels,
        corrections=corrections,
        spend=spend,
        buyers=odds,
        orders=float(rows["bought_orders"].sum() / max(orders.sum(), _SURE)),
        median=median * spend**0.5,
    )


def _mean(told: pl.DataFrame, weights: tuple[float, ...]) -> Floats:
    parts = [told[name].to_numpy() for name in _PARTS]
    return np.maximum(sum(w * part for w, part in zip(weights, parts, strict=True)), 1e-6)


def _odds(told: pl.DataFrame, weight: float) -> Floats:
    trees, prior = (
        logit(np.clip(told[name].to_numpy(), _SURE, 1 - _SURE)) for name in ("buys", "prior_buys")
    )
    return np.asarray(weight * trees + (1 - weight) * prior)


def _median(told: pl.DataFrame, weight: float) -> Floats:
    return weight * told["median"].to_numpy() + (1 - weight) * told["median_two_part"].to_numpy()


def _simplex() -> list[tuple[float, ...]]:
    steps = range(_TENTHS + 1)
    return [
        (a / _TENTHS, b / _TENTHS, (_TENTHS - a - b) / _TENTHS)
        for a in steps
        for b in steps
        if a + b <= _TENTHS
    ]


def _deviance(spent: Floats, mean: Floats) -> float:
    """Of a compound Poisson distribution of power 1.5: large errors count, but not by their square."""
    mean = mean * max(spent.sum(), 1e-6) / mean.sum()
    return float(np.mean(2 * np.maximum(spent, 0.0) / np.sqrt(mean) + 2 * np.sqrt(mean)))


def _corrections(rows: pl.DataFrame) -> tuple[Floats, Floats]:
    """By groups of equal expected spend; within a cut-off's total, and half way where few spend much."""
    total = pl.col("spent").sum().over("cut_off") / pl.col("mean").sum().over("cut_off")
    # Many have the same mean, the least: they stay in the order of customers, or groups would be chance.
    rows = rows.with_columns(total=pl.max_horizontal(total, 1e-6)).sort("mean", maintain_order=True)
    group = pl.int_range(pl.len()) * _GROUPS // pl.len()
    cells = (
        rows.group_by(group=group, maintain_order=True)
        .agg(
            level=pl.col("mean").log().mean(),
            came=(pl.col("spent") / pl.col("total")).sum(),
            mean=pl.col("mean").sum(),
            spread=((pl.col("spent") / pl.col("total") - pl.col("mean")) ** 2).sum().sqrt(),
        )
        .sort("group")
    )
    ratio = np.maximum(cells["came"].to_numpy() / cells["mean"].to_numpy(), 0.1)
    error = cells["spread"].to_numpy() / cells["mean"].to_numpy()
    trust = 1.0 / (1.0 + (error / 0.1) ** 2)
    return cells["level"].to_numpy(), np.log(ratio) * trust


def _best_median(rows: pl.DataFrame, spent: Floats) -> tuple[float, float]:
    best = (float("inf"), 0.5, 1.0)
    for weight in (0.0, 0.25, 0.5, 0.75, 1.0):
        median = _median(rows, weight)
        for scale in (0.9, 1.0, 1.1, 1.2):
            error = float(np.mean(np.abs(spent - scale * median)))
            best = min(best, (error, weight, scale))
    return best[1], best[2]
