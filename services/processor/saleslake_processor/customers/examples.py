"""Past days of which the horizon after them is known: what a model learns from."""

from datetime import date, timedelta

import polars as pl

from saleslake_processor.customers import prior as priors
from saleslake_processor.customers.features import known
from saleslake_processor.customers.prior import Prior

_STEP_DAYS = 365 / 12
"""Between cut-offs, so that one of them is a year before the day that is asked for."""
_MOST_DAYS_AGO = 365 + 61
_LEAST_HISTORY_DAYS = 30
_LEAST_HORIZON_DAYS = 14


def learnable(first: date, as_of: date, horizon_days: int) -> int:
    """Days of horizon that can be learnt from a history since `first`: the whole, or a part of a short
    history; 0 where it is too short for any."""
    days = min(horizon_days, ((as_of - first).days - _LEAST_HISTORY_DAYS) // 2)
    return days if days >= min(horizon_days, _LEAST_HORIZON_DAYS) and days > 0 else 0


def cut_offs(first: date, as_of: date, horizon_days: int) -> list[date]:
    """Days to learn from, the latest first: that whose horizon ends on `as_of`, and a month each before
    it."""
    least = max(_LEAST_HISTORY_DAYS, horizon_days // 2)
    ago = [horizon_days]
    ago += [
        days
        for days in (round(month * _STEP_DAYS) for month in range(1, 25))
        if horizon_days + 7 <= days <= max(_MOST_DAYS_AGO, horizon_days)
    ]
    found = [as_of - timedelta(days=days) for days in ago]
    return [day for day in found if (day - first).days >= least]


def examples(days: pl.DataFrame, cuts: list[date], horizon_days: int, start: Prior) -> pl.DataFrame:
    """Customers at each cut-off as `prior.expected` tells them, and what came: `bought_orders`, `spent`.

    One row per cut-off (`cut_off`) and customer, sorted. What is told of a customer was known on the cut-off,
    the parameters of the prior too; only the search for these starts from those of the next later cut-off
    (`start` at the latest one).
    """
    told = []
    for cut in cuts:
        seen = known(days, cut, horizon_days)
        start = priors.fitted(seen, start)
        told.append(
            priors.expected(seen, start, horizon_days)
            .join(_came(days, cut, horizon_days), on="customer_key", how="left")
            .with_columns(pl.col("bought_orders", "spent").fill_null(0.0), cut_off=pl.lit(cut))
        )
    return pl.concat(told).sort("cut_off", "customer_key")


def _came(days: pl.DataFrame, cut: date, horizon_days: int) -> pl.DataFrame:
    after = pl.col("date").is_between(cut + timedelta(days=1), cut + timedelta(days=horizon_days))
    return (
        days.filter(after)
        .group_by("customer_key", maintain_order=True)
        .agg(bought_orders=(pl.col("amount") > 0).sum().cast(pl.Float64), spent=pl.col("amount").sum())
    )
