"""K-means that gives the same to the last bit, and how it is judged: by stability, then by silhouette."""

from typing import TYPE_CHECKING

import numpy as np

from saleslake_processor.clusters.scale import Points

if TYPE_CHECKING:
    from sklearn.cluster import KMeans

_STARTS = 8
"""Of as many beginnings the best one is taken; of half as many for halves of the customers."""

_PAIRS = 7
"""Halvings by which stability is measured."""

_WORTH_A_CHANGE = 0.05
"""Share of the squares of distances by which other centres have to be better than known ones."""

_MOST_JUDGED = 20_000
"""Customers by whom stability is measured; a sample where there are more."""


def centres(points: Points, k: int, seed: int) -> Points:
    """Centres of k clusters, in the order of their axes."""
    return _found(points, _means(k, seed))[0]


def moved(points: Points, before: Points, seed: int) -> Points:
    """Centres of as many clusters as there were before, begun from where those were.

    Others, begun from elsewhere, take their place only where they are clearly better: of divisions that are
    about as good, the one that people know is the better.
    """
    known, far = _found(points, _means(len(before), seed, 1, before))
    fresh, nearer = _found(points, _means(len(before), seed))
    return fresh if nearer < far * (1 - _WORTH_A_CHANGE) else known


def nearest(points: Points, centres_: Points) -> np.ndarray:
    """Of each point the place of its nearest centre, the first of equal ones."""
    labels: np.ndarray = _distances(points, centres_).argmin(axis=1)
    return labels


def stability(points: Points, k: int, seed: int) -> float:
    """Whether halves of the customers say the same: the adjusted Rand index of two labellings of all of them,
    by the centres of either half; the median of some halvings. 1 is the same, 0 is chance."""
    from sklearn.metrics import adjusted_rand_score

    rng = np.random.default_rng(seed)
    found = []
    for _ in range(_PAIRS):
        shuffled = points[rng.permutation(len(points))[:_MOST_JUDGED]]
        halves = np.array_split(shuffled, 2)
        labels = [nearest(shuffled, _found(half, _means(k, seed, _STARTS // 2))[0]) for half in halves]
        found.append(adjusted_rand_score(*labels))
    return float(np.median(found))


def silhouettes(points: Points, centres_: Points) -> np.ndarray:
    """Of each point how much nearer its own centre is than the next one, as a share of the distance to that:
    0 between two clusters, 1 in the middle of its own. (The simplified silhouette, whose distances are those
    to centres, not to all other points: exact for any number of customers.)"""
    two = np.sort(_distances(points, centres_), axis=1)[:, :2]
    share: np.ndarray = 1 - np.divide(two[:, 0], two[:, 1], out=np.ones(len(two)), where=two[:, 1] > 0)
    return share


def _means(k: int, seed: int, starts: int = _STARTS, begin: Points | None = None) -> "KMeans":
    # Its import takes a second, which whoever only names the study need not wait for.
    from sklearn.cluster import KMeans

    return KMeans(k, init="k-means++" if begin is None else begin, n_init=starts, random_state=seed)


def _found(points: Points, means: "KMeans") -> tuple[Points, float]:
    from threadpoolctl import threadpool_limits

    # More threads add up in the order in which they come.
    with threadpool_limits(1):
        means.fit(points)
    found: Points = means.cluster_centers_
    return found[np.lexsort(found.T[::-1])], float(means.inertia_)


def _distances(points: Points, centres_: Points) -> np.ndarray:
    return np.stack([np.sqrt(((points - centre) ** 2).sum(axis=1)) for centre in centres_], axis=1)
