"""Maximum likelihood that does not run off: logarithms of parameters within bounds, a penalty, several
starts."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

Parameters = NDArray[np.float64]

_BOUND = 7.0
"""Parameters stay within exp(-7) and exp(7), about a thousandth and a thousand of their unit."""


def fitted(
    likelihood: Callable[[Parameters], float], starts: Sequence[Sequence[float]], penalty: float
) -> tuple[float, ...] | None:
    """Positive parameters of the highest mean log likelihood less the penalty; None where no start converges.

    `likelihood` takes their logarithms.
    """

    def loss(parameters: Parameters) -> float:
        value = -likelihood(parameters) + penalty * float(np.mean(parameters**2))
        return value if np.isfinite(value) else 1e9

    best: tuple[float, tuple[float, ...]] | None = None
    for start in starts:
        found = minimize(
            loss,
            np.log(np.asarray(start, dtype=np.float64)),
            method="L-BFGS-B",
            bounds=[(-_BOUND, _BOUND)] * len(start),
        )
        if found.success and found.fun < 1e8 and (best is None or found.fun < best[0]):
            best = float(found.fun), tuple(float(each) for each in np.exp(found.x))
    return best[1] if best else None
