"""How good the prediction would have been a horizon ago, beside simpler ones."""

from datetime import date, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.stats import rankdata

from saleslake_processor.customers.future import foresee
from saleslake_processor.customers.purchases import days as purchase_days

Floats = NDArray[np.float64]

SCORES = pl.Schema(
    {
        "method": pl.String(),
        "customers": pl.Int64(),
        "actual_spend": pl.Float64(),
        "median_absolute_error": pl.Float64(),
        "mean_squared_error_root": pl.Float64(),
        "rank_correlation": pl.Float64(),
        "total_error_rate": pl.Float64(),
        "decile_error_rate": pl.Float64(),
        "brier_score": pl.Float64(),
        "auc": pl.Float64(),
    }
)
_DECILES = 10


def score(orders: pl.DataFrame, as_of: date, horizon_days: int, *, seed: int = 0) -> pl.DataFrame:
    """Predict the last `horizon_days` days until `as_of` of what was known before them, and compare.

    One row per `method`: `model` (`predict`), `bg_nbd` (BG/NBD and gamma-gamma alone) and `naive` (each
    customer spends what it spent in as many days before, and buys if it did then); none where no customer was
    known then. `orders` as `predict` takes them.

    - `customers`: customers known at the start, `actual_spend`: what they then spent, net of returns.
    - `median_absolute_error`: mean of |spend - expected_spend_median|.
    - `mean_squared_error_root`: root of the mean of (spend - expected_spend_mean) squared.
    - `rank_correlation`: Spearman, of expected_spend_mean; null where either is the same for all.
    - `total_error_rate`: sum of expected_spend_mean to that of the spend, less 1.
    - `decile_error_rate`: of customers in ten groups by expected_spend_mean, the differences of expected and
      actual sums without their signs, to the whole actual spend. Both rates are null where nothing was spent.
    - `brier_score`, `auc`: of probability_active against whether the customer bought; auc is null where all
      or none did.
    """
    start = as_of - timedelta(days=horizon_days)
    days = purchase_days(orders, as_of)
    future = foresee(orders, start, horizon_days, seed)
    if not future.customers.height:
        return pl.DataFrame(schema=SCORES)
    came = _spent(days, future.customers, start, as_of)
    before = _spent(days, future.customers, start - timedelta(days=horizon_days), start)
    bought, spent = came["bought"].to_numpy(), came["spent"].to_numpy()
    naive = before.select(
        probability_active="bought", expected_spend_mean="spent", expected_spend_median="spent"
    )
    return pl.DataFrame(
        [
            {
                "method": method,
                "customers": spent.size,
                "actual_spend": float(spent.sum()),
                **_scores(said, spent, bought),
            }
            for method, said in (("model", future.customers), ("bg_nbd", future.prior), ("naive", naive))
        ],
        schema=SCORES,
    )


def errors(mean: Floats, median: Floats, spent: Floats) -> dict[str, float | None]:
    """The errors of spend that `score` explains."""
    total = float(spent.sum())
    groups = np.array_split(np.argsort(-mean, kind="stable"), _DECILES)
    apart = sum(abs(float(mean[group].sum() - spent[group].sum())) for group in groups)
    return {
        "median_absolute_error": float(np.mean(np.abs(spent - median))),
        "mean_squared_error_root": float(np.sqrt(np.mean((spent - mean) ** 2))),
        "rank_correlation": _spearman(mean, spent),
        "total_error_rate": float(mean.sum()) / total - 1 if total > 0 else None,
        "decile_error_rate": apart / total if total > 0 else None,
    }


def _scores(said: pl.DataFrame, spent: Floats, bought: Floats) -> dict[str, float | None]:
    mean, median, active = (
        said[name].to_numpy()
        for name in ("expected_spend_mean", "expected_spend_median", "probability_active")
    )
    return {
        **errors(mean, median, spent),
        "brier_score": float(np.mean((active - bought) ** 2)),
        "auc": _auc(active, bought),
    }


def _spent(days: pl.DataFrame, customers: pl.DataFrame, after: date, until: date) -> pl.DataFrame:
    """`spent` and `bought` (1 or 0) of these customers, in their order."""
    within = days.filter(pl.col("date") > after, pl.col("date") <= until)
    sums = within.group_by("customer_key", maintain_order=True).agg(
        spent=pl.col("amount").sum(), bought=(pl.col("amount") > 0).any().cast(pl.Float64)
    )
    return (
        customers.select("customer_key")
        .join(sums, on="customer_key", how="left", maintain_order="left")
        .select(pl.col("spent", "bought").fill_null(0.0))
    )


def _spearman(told: Floats, came: Floats) -> float | None:
    if np.ptp(told) == 0 or np.ptp(came) == 0:
        return None
    return float(np.corrcoef(rankdata(told), rankdata(came))[0, 1])


def _auc(told: Floats, came: Floats) -> float | None:
    ones = came.sum()
    zeros = came.size - ones
    if not ones or not zeros:
        return None
    return float((rankdata(told)[came > 0].sum() - ones * (ones + 1) / 2) / (ones * zeros))
