"""What a law of two parameters a question says of each customer: BG/NBD and gamma-gamma, or a simple rule
where these cannot be fitted."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from saleslake_processor.customers import bg_nbd, gamma_gamma
from saleslake_processor.customers.bg_nbd import BgNbd
from saleslake_processor.customers.gamma_gamma import GammaGamma

Floats = NDArray[np.float64]

_LEAST_REPEAT_BUYERS = 20
_INTERVALS = 2.0
_MOST_CUSTOMERS = 4_000
"""A law of seven parameters is known well enough from so many; they are taken evenly from all, by key."""


@dataclass(frozen=True)
class Prior:
    """How a shop's customers behave, by few parameters.

    Where `law` is None a customer is taken to buy at its own rate, mixed with that of all, which counts as
    much as the age of the mean customer; and, once it was silent for more than two intervals of that rate, to
    have left, but for a chance of (two intervals / days silent) squared. Where `amounts` is None a purchase
    comes to the customer's mean, the mean of all counted as one more purchase.
    """

    law: BgNbd | None
    amounts: GammaGamma | None
    rate: float
    """Purchases a day after the first one, of all."""
    age: float
    """Mean days since the first purchase."""
    amount: float
    """Mean amount of a purchase, of all."""


def fitted(known: pl.DataFrame, before: Prior | None = None) -> Prior:
    """The prior of the customers in `features.known`; starting from the one of another day, where given."""
    buyers = known.filter(pl.col("orders") > 0).sort("customer_key")
    if not buyers.height:
        return Prior(None, None, 0.0, 1.0, 0.0)
    repeats, age = buyers["orders"] - 1, buyers["age"]
    rate = (float(repeats.sum()) + 1.0) / (float(age.sum()) + 365.0)
    shares = float(buyers["bought"].sum()) / float(buyers["orders"].sum())
    simple = Prior(None, None, rate, max(float(age.sum()) / age.len(), 1.0), float(shares))
    some = buyers.gather_every(-(-buyers.height // _MOST_CUSTOMERS))
    if some.filter(pl.col("orders") > 1).height < _LEAST_REPEAT_BUYERS:
        return simple
    law = bg_nbd.fit(
        some["orders"].to_numpy() - 1.0,
        some["span"].to_numpy(),
        some["age"].to_numpy(),
        before.law if before else None,
    )
    amounts = gamma_gamma.fit(
        some["orders"].to_numpy(), some["amount_mean"].to_numpy(), before.amounts if before else None
    )
    return Prior(law, amounts, simple.rate, simple.age, simple.amount)


def expected(known: pl.DataFrame, prior: Prior, horizon_days: int) -> pl.DataFrame:
    """`known` with what the prior says of the next days.

    `prior_alive`, `prior_buys` (probabilities), `prior_orders` (expected number), `prior_amount` (of an
    order). Who never bought is taken for one who bought nothing since seen first, at the rate of all.
    """
    orders = known["orders"].to_numpy()
    repeats = np.maximum(orders - 1.0, 0.0)
    age = known["age"].fill_null(known["first_seen"]).to_numpy()
    mean = known["amount_mean"].fill_null(0.0).to_numpy()
    days = float(horizon_days)
    if prior.law:
        last = known["span"].fill_null(0.0).to_numpy()
        alive = prior.law.alive(repeats, last, age)
        buys = prior.law.buys(repeats, last, age, days)
        number = prior.law.purchases(repeats, last, age, days)
    else:
        rate = (repeats + prior.rate * prior.age) / (age + prior.age)
        silent = np.maximum(known["last_seen"].to_numpy() * rate, 1e-9)
        alive = np.minimum(_INTERVALS / silent, 1.0) ** 2
        number = alive * rate * days
        buys = alive * -np.expm1(-rate * days)
    if prior.amounts:
        amount = prior.amounts.amount(orders, mean)
    else:
        amount = (orders * mean + prior.amount) / (orders + 1.0)
    return known.with_columns(
        prior_alive=pl.Series(alive),
        prior_buys=pl.Series(buys),
        prior_orders=pl.Series(np.maximum(number, buys)),
        prior_amount=pl.Series(amount),
    )
