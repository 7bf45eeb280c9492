"""From recency, frequency and monetary value to points whose distances mean something.

Days and orders as log(1 + x), money as log(x): they are skewed, and ten times as much counts alike at either
end. Each is standardised over the customers, so that all three count alike, and cut where few are: a handful
of outliers would pull a cluster to themselves in one half of the customers and not in the other.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

KEY = "customer_key"
AXES = ("recency_days", "orders", "net_amount")

_LEAST_SHARE = 0.01

_FARTHEST = 2.5
"""Standard deviations from the mean, at which customers beyond are counted."""

Points = np.ndarray
"""A row a customer or a centre, a column an axis of `AXES`."""


class CustomersError(ValueError):
    """The customers are not what clusters can be made of; the message names columns or rows."""


@dataclass(frozen=True)
class Scale:
    """How natural units become points, and back. One scale is of one set of customers."""

    least_amount: float
    """Money has no logarithm at 0 or below. Whoever brought less than this, a hundredth of customers with a
    net above 0, counts as this: nothing, less than nothing and next to nothing are alike."""
    mean: np.ndarray
    spread: np.ndarray
    """Standard deviations; 1 for an axis on which all are equal, which so counts for nothing."""

    def points(self, customers: pl.DataFrame) -> Points:
        """Points of the rows, which have the columns of `AXES` in natural units."""
        points = (_logs(customers, self.least_amount) - self.mean) / self.spread
        cut: Points = np.clip(points, -_FARTHEST, _FARTHEST)
        return cut

    def natural(self, points: Points) -> np.ndarray:
        """Natural units of points: of the centre of some customers, their geometric means."""
        logs = points * self.spread + self.mean
        return np.stack([np.expm1(logs[:, 0]), np.expm1(logs[:, 1]), np.exp(logs[:, 2])], axis=1)


def scale_of(customers: pl.DataFrame) -> Scale:
    """The scale of customers that `checked` has seen."""
    above = customers["net_amount"].filter(customers["net_amount"] > 0)
    least = above.quantile(_LEAST_SHARE, "lower")
    least_amount = 1.0 if least is None else float(least)
    logs = _logs(customers, least_amount)
    if not len(logs):
        return Scale(least_amount, np.zeros(len(AXES)), np.ones(len(AXES)))
    spread = logs.std(axis=0)
    return Scale(least_amount, logs.mean(axis=0), np.where(spread > 1e-12, spread, 1.0))


def checked(customers: pl.DataFrame) -> pl.DataFrame:
    """Key and axes, floats, in the order of the keys. Raises `CustomersError`."""
    lacking = [name for name in (KEY, *AXES) if name not in customers.columns]
    if lacking:
        raise CustomersError(f"no column {', '.join(lacking)}; wanted are {', '.join((KEY, *AXES))}")
    rows = customers.select(KEY, *(pl.col(name).cast(pl.Float64) for name in AXES)).sort(KEY)
    _refuse(rows, pl.col(KEY).is_null(), f"{KEY} is missing")
    _refuse(rows, pl.col(KEY).is_duplicated(), f"{KEY} is there more than once")
    for name, least in zip(AXES, (0, 1, -np.inf), strict=True):
        told = pl.col(name).is_finite() & (pl.col(name) >= least)
        said = f"{name} is no number" if np.isinf(least) else f"{name} is no number from {least} up"
        _refuse(rows, ~told.fill_null(False), said)
    return rows


def _refuse(rows: pl.DataFrame, wrong: pl.Expr, said: str) -> None:
    found = rows.filter(wrong)[KEY].unique(maintain_order=True)
    if len(found):
        named = ", ".join(map(str, found.head(5).to_list())) + (", ..." if len(found) > 5 else "")
        raise CustomersError(f"{said}, of {KEY} {named}")


def _logs(customers: pl.DataFrame, least_amount: float) -> np.ndarray:
    recency, orders, net = (customers[name].to_numpy() for name in AXES)
    return np.stack([np.log1p(recency), np.log1p(orders), np.log(np.maximum(net, least_amount))], axis=1)
