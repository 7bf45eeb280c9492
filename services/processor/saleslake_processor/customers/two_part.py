"""Gradient boosted trees that mend what the prior says: whether a customer buys at all, and how much if
so."""

from dataclasses import dataclass

import lightgbm as lgb
import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import expit, logit, ndtri

Floats = NDArray[np.float64]

_NOT_TOLD = ("customer_key", "cut_off", "bought_orders", "spent", "bought", "fold")
_TREES = 120
_THREADS = 1
_SHAPE = {
    "learning_rate": 0.05,
    "num_leaves": 8,
    "min_data_in_leaf": 50,
    "feature_fraction": 0.6,
    "bagging_fraction": 0.7,
    "bagging_freq": 1,
    "lambda_l2": 5.0,
    "max_bin": 127,
    # The same bytes on every machine. Two threads took five times the CPU seconds of one on shared cores.
    "deterministic": True,
    "force_row_wise": True,
    "num_threads": _THREADS,
    "verbosity": -1,
}
_SURE = 1e-4
_LEAST_SHARE = 0.02
"""Of what the prior expects of a buyer: net spend below counts as this much where logarithms are taken."""
_MOST_SHARE = 0.995
"""Quantile of the same, above which a buyer counts as this much: one wholesale order must not teach all."""


@dataclass(frozen=True)
class Told:
    """What the trees say of customers, in their order."""

    buys: Floats
    """P(at least one order in the horizon)."""
    two_part: Floats
    """Expected spend: buys, times the mean if so."""
    whole: Floats
    """Expected spend, of one model for both (compound Poisson, "tweedie")."""
    median: Floats
    """Median of spend, from quantile regression."""
    median_two_part: Floats
    """Median of spend, from the two parts, log-normal if it buys: 0 where less than half are to buy."""


@dataclass(frozen=True)
class TwoPart:
    """The fitted trees, and the spread of log spend around what they say of buyers."""

    buys: lgb.Booster
    amount: lgb.Booster
    whole: lgb.Booster
    median: lgb.Booster
    smearing: float
    spread: float

    def tell(self, customers: pl.DataFrame) -> Told:
        """What is to be expected of these, of whom the prior was asked."""
        table, likely, if_buys = _table(customers)
        buys = expit(_said(self.buys, table, raw_score=True) + logit(likely))
        log_share = _said(self.amount, table)
        quantile = np.clip((buys - 0.5) / buys, _SURE, 1 - _SURE)
        median = np.exp(log_share + self.spread * ndtri(quantile)) * if_buys
        return Told(
            buys=buys,
            two_part=buys * if_buys * np.exp(log_share) * self.smearing,
            whole=_said(self.whole, table) * likely * if_buys,
            median=np.maximum(_said(self.median, table), 0.0) * if_buys,
            median_two_part=np.where(buys > 0.5, median, 0.0),
        )


def fit(examples: pl.DataFrame, seed: int) -> TwoPart:
    """Trees that mend the prior at past cut-offs; all targets are shares of what it says."""
    table, likely, if_buys = _table(examples)
    spent = np.maximum(examples["spent"].to_numpy(), 0.0)
    bought = examples["bought_orders"].to_numpy() > 0
    expects = likely * if_buys
    share = spent / if_buys
    most = float(np.quantile(share[bought], _MOST_SHARE))
    share = np.minimum(share, most)
    log_share = np.log(np.maximum(share[bought], _LEAST_SHARE))
    amount = _trees("l2", table[bought], log_share, seed)
    log_told = _said(amount, table[bought])
    weight = np.minimum(if_buys, np.quantile(if_buys, 0.99))
    return TwoPart(
        buys=_trees("binary", table, bought.astype(np.float64), seed, init_score=logit(likely)),
        amount=amount,
        whole=_trees("tweedie", table, spent / expects, seed, weight=expects / expects.mean()),
        median=_trees("quantile", table, share, seed, weight=weight / weight.mean()),
        smearing=float(np.sum(if_buys[bought] * share[bought]) / np.sum(if_buys[bought] * np.exp(log_told))),
        spread=float(np.std(log_share - log_told)),
    )


def _table(customers: pl.DataFrame) -> tuple[Floats, Floats, Floats]:
    """Features, the prior's probability of buying, and what it expects of who buys."""
    names = [name for name in customers.columns if name not in _NOT_TOLD]
    likely = np.clip(customers["prior_buys"].to_numpy(), _SURE, 1 - _SURE)
    spend = customers["prior_orders"].to_numpy() * customers["prior_amount"].to_numpy()
    if_buys = np.maximum(spend / np.maximum(customers["prior_buys"].to_numpy(), _SURE), 1e-6)
    return customers.select(pl.col(names).cast(pl.Float64)).to_numpy(), likely, if_buys


def _said(trees: lgb.Booster, table: Floats, *, raw_score: bool = False) -> Floats:
    return np.asarray(trees.predict(table, raw_score=raw_score, num_threads=_THREADS), dtype=np.float64)


def _trees(
    objective: str,
    table: Floats,
    target: Floats,
    seed: int,
    *,
    weight: Floats | None = None,
    init_score: Floats | None = None,
) -> lgb.Booster:
    data = lgb.Dataset(table, target, weight=weight, init_score=init_score)
    shape = {**_SHAPE, "objective": objective, "seed": seed, "alpha": 0.5, "tweedie_variance_power": 1.5}
    return lgb.train(shape, data, num_boost_round=_TREES)
