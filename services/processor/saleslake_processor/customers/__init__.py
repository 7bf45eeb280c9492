"""Each customer's future: who buys again, how often, for how much. Of a frame of orders, no lake needed."""

from datetime import date

import polars as pl

from saleslake_processor.customers.errors import OrdersError
from saleslake_processor.customers.future import foresee
from saleslake_processor.customers.scoring import score

__all__ = ["OrdersError", "predict", "score"]


def predict(orders: pl.DataFrame, as_of: date, horizon_days: int, *, seed: int = 0) -> pl.DataFrame:
    """What is to be expected of each customer in the `horizon_days` days that follow the day `as_of`.

    `orders` has `customer_key` (integers or strings), `date` (Date) and `amount` (a number, any currency), a
    row for each order or line; rows of a customer and day are one purchase, where they come to more than
    zero. Negative amounts are returns. Rows after `as_of` are never looked at. The same rows in any order,
    and the same seed, give the same result.

    Returns one row for each customer with a row on or before `as_of`, sorted by `customer_key`:

    - `probability_active`: probability of at least one purchase within the horizon.
    - `expected_orders`: mean number of days with a purchase within the horizon.
    - `expected_spend_mean`: mean net spend within the horizon, returns taken off; to be added up over
      customers.
    - `expected_spend_median`: what the spend is as likely above as below; the best guess for one customer,
      and 0 for most where most do not buy. Medians do not add up.
    - `lifetime_value`: net spend until `as_of`, plus the mean of what is expected in the next 365 days (or
      in the horizon, where that is longer), not discounted.

    Raises `OrdersError` where columns lack, have another type, or hold nulls or what is not finite, and
    where the horizon is less than a day.
    """
    return foresee(orders, as_of, horizon_days, seed).customers
