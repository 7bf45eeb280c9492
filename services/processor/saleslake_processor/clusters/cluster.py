"""Customers into clusters: how many there are, which one is which, and who is in it."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from saleslake_processor.clusters import means, names
from saleslake_processor.clusters.labels import matched
from saleslake_processor.clusters.scale import AXES, KEY, Points, Scale, checked, scale_of

FEWEST = 50
"""Fewer customers are one cluster: halves of them would say nothing."""

MOST_CLUSTERS = 8

STABLE = 0.9
"""Adjusted Rand index from which a number of clusters is called stable."""

APART = 0.85
"""Share of the best silhouette of all stable numbers that the most clusters must have: what is far apart is
not cut up only because the cuts are stable."""

STILL_STABLE = 0.75
"""And down to which the last run's number is kept: clusters that come and go are of no use to anybody."""

LABELS = pl.Schema({"cluster": pl.Int64(), "cluster_name": pl.String()})
"""What a customer has beside the key: the label of the cluster, which stays from run to run, and its name."""

CENTRES = pl.Schema(
    {
        "cluster": pl.Int64(),
        "cluster_name": pl.String(),
        "customers": pl.Int64(),
        **{axis: pl.Float64() for axis in AXES},
        "stability": pl.Float64(),
        "silhouette": pl.Float64(),
    }
)
"""One row per cluster: how many are in it; its centre, as geometric means of its customers in days, orders
and money; the stability of the run's number of clusters, and how well the cluster is apart (`means`), both of
them null where there is one only."""


@dataclass(frozen=True)
class Clusters:
    """Who is in which cluster (the key and `LABELS`), and what the clusters are like (`CENTRES`)."""

    customers: pl.DataFrame
    centres: pl.DataFrame


def cluster(customers: pl.DataFrame, before: pl.DataFrame | None = None, seed: int = 1) -> Clusters:
    """Clusters of customers by `recency_days`, `orders` and `net_amount`; one row per `customer_key`.

    K-means on standardised logarithms (`scale`). How many there are, 2 to 8, is what halves of the customers
    agree upon (`means.stability`): the most clusters that are at least `STABLE` and
    about as well apart as any such (`APART`); where it never is, those of the best agreement, of equal ones
    the better silhouette. Of `before`, the centres of the last run, labels and names are kept, and the number
    as long as it is `STILL_STABLE`.

    Fewer than `FEWEST` customers, or all alike, are one cluster; none are none. The result does not depend on
    the order of rows. Raises `CustomersError` where a key is missing or there twice, a number is none, or
    days are below 0 or orders below 1: who never ordered is in no cluster.
    """
    rows = checked(customers)
    scale = scale_of(rows)
    points = scale.points(rows)
    last = CENTRES.to_frame() if before is None else before.sort("cluster")
    different = len(np.unique(points, axis=0))
    if rows.height < FEWEST or different < 2:
        return _one(rows, scale, points)
    k, stable = _number(points, min(MOST_CLUSTERS, different), last.height, seed)
    known = scale.points(last)
    found = means.moved(points, known, seed) if k == last.height else means.centres(points, k, seed)
    labels = matched(found, known, last["cluster"].to_list())
    called = names.named(found, labels, dict(zip(last["cluster"], last["cluster_name"], strict=True)))
    return _told(rows, scale, points, found, labels, called, stable)


def _number(points: Points, most: int, last: int, seed: int) -> tuple[int, float]:
    """The number of clusters, and its stability."""
    if 2 <= last <= most:
        stable = means.stability(points, last, seed)
        if stable >= STILL_STABLE:
            return last, stable
    found = {k: means.stability(points, k, seed) for k in range(2, most + 1)}
    best = max(found.values())
    good = [k for k, stable in found.items() if stable >= min(best, STABLE)]
    apart = {k: means.silhouettes(points, means.centres(points, k, seed)).mean() for k in good}
    least = max(apart.values()) * (APART if best >= STABLE else 1)
    k = max(k for k in good if apart[k] >= least)
    return k, found[k]


def _one(rows: pl.DataFrame, scale: Scale, points: Points) -> Clusters:
    if rows.is_empty():
        return Clusters(pl.DataFrame(schema={KEY: rows.schema[KEY], **LABELS}), CENTRES.to_frame())
    middle = points.mean(axis=0, keepdims=True)
    return _told(rows, scale, points, middle, [1], [names.ALL], None)


def _told(
    rows: pl.DataFrame,
    scale: Scale,
    points: Points,
    centres: Points,
    labels: list[int],
    called: list[str],
    stable: float | None,
) -> Clusters:
    places = means.nearest(points, centres)
    natural = scale.natural(centres)
    each = pl.DataFrame(
        {
            "cluster": labels,
            "cluster_name": called,
            "customers": np.bincount(places, minlength=len(labels)),
            **{name: natural[:, axis] for axis, name in enumerate(AXES)},
            "stability": [stable] * len(labels),
            "silhouette": _apart(points, centres, places),
        },
        schema=CENTRES,
        strict=False,
    )
    labelled = rows.with_columns(cluster=pl.Series(np.array(labels)[places], dtype=pl.Int64))
    named = labelled.join(each, on="cluster", how="left").select(KEY, *LABELS).sort(KEY)
    return Clusters(named, each.sort("cluster"))


def _apart(points: Points, centres: Points, places: np.ndarray) -> list[float | None]:
    if len(centres) < 2:
        return [None]
    apart = means.silhouettes(points, centres)
    return [float(apart[places == place].mean()) for place in range(len(centres))]
