"""How often customers buy and when they stop, after Fader, Hardie and Lee (2005), "Counting Your Customers
the Easy Way": BG/NBD.

While a customer is alive, purchases come at a rate of its own, and after each purchase the customer leaves
with a probability of its own. Rates are gamma distributed over customers (r, alpha), probabilities beta (a,
b).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv, gammaln, logsumexp

from saleslake_processor.customers.likelihood import Parameters, fitted

Floats = NDArray[np.float64]

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(48)
_STARTS = ((0.5, 0.5, 0.5, 1.5), (1.0, 1.0, 0.1, 3.0), (0.3, 0.1, 1.0, 10.0))
_PENALTY = 0.01
"""Of the squared logarithms of parameters, against the mean log likelihood of a customer: what the data says
nothing of stays near 1, and a parameter that would run off does not."""


@dataclass(frozen=True)
class BgNbd:
    """The law of a shop's customers; time in days."""

    r: float
    alpha: float
    a: float
    b: float

    def alive(self, repeats: Floats, last: Floats, age: Floats) -> Floats:
        """P(has not left): of customers with so many purchases after the first one, the last of them `last`
        days and today `age` days after the first one."""
        shape = self.r + repeats
        odds = np.log(self.a) - np.log(self.b + np.maximum(repeats, 1.0) - 1.0)
        odds = odds + shape * (np.log(self.alpha + age) - np.log(self.alpha + last))
        return np.asarray(np.where(repeats > 0, 1.0 / (1.0 + np.exp(np.minimum(odds, 700.0))), 1.0))

    def buys(self, repeats: Floats, last: Floats, age: Floats, days: float) -> Floats:
        """P(at least one purchase in the next `days` days)."""
        quiet = (self.r + repeats) * (np.log(self.alpha + age) - np.log(self.alpha + age + days))
        return np.asarray(self.alive(repeats, last, age) * -np.expm1(quiet))

    def purchases(self, repeats: Floats, last: Floats, age: Floats, days: float) -> Floats:
        """Expected purchases in the next `days` days.

        The paper's closed form has a pole where a is 1; here the integral over the probability of leaving is
        taken by quadrature over its quantiles: of a living customer E[(1 - exp(-rate p days)) / p].
        """
        kinds, kind = np.unique(repeats, return_inverse=True)
        quantiles = betaincinv(self.a, self.b + kinds[:, None], (_NODES + 1.0) / 2.0)
        leaves = np.maximum(quantiles, 1e-12)[kind]
        shape = (self.r + repeats)[:, None]
        rate = np.log1p(leaves * days / (self.alpha + age)[:, None])
        living = (-np.expm1(-shape * rate) / leaves) @ (_WEIGHTS / 2.0)
        return np.asarray(self.alive(repeats, last, age) * living)


def fit(repeats: Floats, last: Floats, age: Floats, start: BgNbd | None = None) -> BgNbd | None:
    """The law under which these customers are likeliest; None where no start of the search converges.

    With the law of another day of the same shop to start from, it is the only start.
    """
    unit = max(float(age.mean()), 1.0)
    last, age = last / unit, age / unit
    bought = repeats > 0
    counts = np.maximum(repeats, 1.0)

    def likelihood(parameters: Parameters) -> float:
        r, alpha, a, b = np.exp(parameters)
        shape = r + repeats
        common = gammaln(shape) - gammaln(r) + r * np.log(alpha)
        common += gammaln(a + b) + gammaln(b + repeats) - gammaln(b) - gammaln(a + b + repeats)
        living = -shape * np.log(alpha + age)
        left = np.log(a) - np.log(b + counts - 1.0) - shape * np.log(alpha + last)
        left = np.where(bought, left, -np.inf)
        return float(np.mean(common + logsumexp(np.stack([living, left]), axis=0)))

    starts = ((start.r, start.alpha / unit, start.a, start.b),) if start else _STARTS
    found = fitted(likelihood, starts, _PENALTY)
    if found is None:
        return None
    r, alpha, a, b = found
    return BgNbd(r, alpha * unit, a, b)
