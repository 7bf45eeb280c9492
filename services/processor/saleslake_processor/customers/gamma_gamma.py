"""What a purchase comes to, after Fader and Hardie (2013), "The Gamma-Gamma Model of Monetary Value".

Amounts of a customer are gamma distributed (p) around a mean of its own; these means are spread over
customers by another gamma (q, v). Who bought little is expected to be like the others, who bought much like
itself.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from saleslake_processor.customers.likelihood import Parameters, fitted

Floats = NDArray[np.float64]

_STARTS = ((2.0, 2.0, 2.0), (6.0, 4.0, 4.0))
_PENALTY = 0.001
_LEAST_Q = 1.05
"""At q = 1 the mean over all customers is infinite."""


@dataclass(frozen=True)
class GammaGamma:
    """The law of a shop's amounts, in its currency."""

    p: float
    q: float
    v: float

    def amount(self, purchases: Floats, mean: Floats) -> Floats:
        """Expected amount of the next purchase of customers with so many so far, of this mean."""
        others = self.q - 1.0
        return self.p * (self.v + purchases * mean) / (self.p * purchases + others)


def fit(purchases: Floats, mean: Floats, start: GammaGamma | None = None) -> GammaGamma | None:
    """The law under which these customers' means are likeliest; None where no start of the search converges,
    or all amounts are equal. All counts and means are positive."""
    unit = float(np.exp(np.log(mean).mean()))
    mean = mean / unit
    if mean.size < 2 or float(np.ptp(np.log(mean))) < 1e-9:
        return None

    def likelihood(parameters: Parameters) -> float:
        p, q, v = np.exp(parameters)
        shape = p * purchases
        terms = gammaln(shape + q) - gammaln(shape) - gammaln(q) + q * np.log(v)
        terms += (shape - 1.0) * np.log(mean) + shape * np.log(purchases)
        return float(np.mean(terms - (shape + q) * np.log(v + purchases * mean)))

    starts = ((start.p, start.q, start.v / unit),) if start else _STARTS
    found = fitted(likelihood, starts, _PENALTY)
    if found is None:
        return None
    p, q, v = found
    return GammaGamma(p, max(q, _LEAST_Q), v * unit)
