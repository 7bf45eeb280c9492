"""Labels that stay: this run's centres are matched with those of the last one."""

from collections.abc import Sequence

import numpy as np
from scipy.optimize import linear_sum_assignment

from saleslake_processor.clusters.scale import Points

FARTHEST = 1.5
"""Standard deviations; a centre that is farther from every one of the last run is a new cluster."""


def matched(centres: Points, before: Points, labels: Sequence[int]) -> list[int]:
    """A label for each centre: that of the last run's centre to which it belongs, where the sum of all
    distances is least; new clusters take numbers above those of the last run."""
    found: dict[int, int] = {}
    if len(before):
        distances = np.sqrt(((centres[:, None, :] - before[None, :, :]) ** 2).sum(axis=2))
        pairs = zip(*linear_sum_assignment(distances), strict=True)
        found = {int(new): labels[old] for new, old in pairs if distances[new, old] <= FARTHEST}
    following = max(labels, default=0) + 1
    for place in range(len(centres)):
        if place not in found:
            found[place] = following
            following += 1
    return [found[place] for place in range(len(centres))]
