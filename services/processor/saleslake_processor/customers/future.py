"""What is to be expected of each customer, of its purchases until a day."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from saleslake_processor.customers import mix, prior, two_part
from saleslake_processor.customers.errors import OrdersError
from saleslake_processor.customers.examples import cut_offs, examples, learnable
from saleslake_processor.customers.features import known
from saleslake_processor.customers.mix import Mix
from saleslake_processor.customers.purchases import days as purchase_days

Floats = NDArray[np.float64]

LIFETIME_DAYS = 365
"""How far ahead lifetime value looks."""

_FOLDS = 2
_MOST_EXAMPLES = 40_000
_LEAST_EXAMPLES = 300
_LEAST_OUTCOMES = 60
"""Examples that bought, and that did not, in each part of the customers: trees learn nothing of less."""

PREDICTED = pl.Schema(
    {
        "probability_active": pl.Float64(),
        "expected_orders": pl.Float64(),
        "expected_spend_mean": pl.Float64(),
        "expected_spend_median": pl.Float64(),
        "lifetime_value": pl.Float64(),
    }
)


@dataclass(frozen=True)
class Future:
    """What was predicted, and how."""

    customers: pl.DataFrame
    """As `predict` returns them."""
    prior: pl.DataFrame
    """The same columns of BG/NBD and gamma-gamma alone."""
    learnt_days: int
    """Horizon that was learnt from past cut-offs; 0 where the history is too short, and the prior stands
    alone."""
    cut_offs: int
    """Past cut-offs learnt from."""
    mix: Mix | None
    """None where the prior stands alone."""


def foresee(orders: pl.DataFrame, as_of: date, horizon_days: int, seed: int = 0) -> Future:
    """`predict`, with how it was done. Raises `OrdersError` where the orders, or the horizon, are wrong."""
    if horizon_days < 1:
        raise OrdersError(f"horizon_days: {horizon_days} is less than a day")
    days = purchase_days(orders, as_of)
    if not days.height:
        none = pl.DataFrame(schema={"customer_key": orders.schema["customer_key"], **PREDICTED})
        return Future(none, none, 0, 0, None)
    first: date = days["date"].min()  # type: ignore[assignment]  # of any type, to mypy
    learnt = learnable(first, as_of, horizon_days)
    cuts = cut_offs(first, as_of, learnt) if learnt else []
    near = learnt if cuts else horizon_days
    now = known(days, as_of, near)
    law = prior.fitted(now)
    told = prior.expected(now, law, near)
    reach = {to: prior.expected(now, law, to) for to in (horizon_days, max(horizon_days, LIFETIME_DAYS))}
    alone = _reaching(_prior_alone(told), told, reach, horizon_days)
    if not cuts:
        return Future(alone, alone, 0, 0, None)
    past = _dealt(examples(days, cuts, near, law))
    if past.height < _LEAST_EXAMPLES or not all(_tell_apart(_but(past, fold)) for fold in range(_FOLDS)):
        return Future(alone, alone, 0, 0, None)
    mixed = mix.fitted(_held_out(past, seed), as_of)
    trees = two_part.fit(_some(past), seed)
    said = mixed.expected(_with(told, trees))
    return Future(_reaching(said, told, reach, horizon_days), alone, near, len(cuts), mixed)


def _dealt(past: pl.DataFrame) -> pl.DataFrame:
    """`past` with the `fold` of each customer: those who bought after any cut-off are dealt by themselves, or
    by the chance of keys one fold might have them all."""
    buys = (pl.col("bought_orders") > 0).any().over("customer_key")
    return (
        past.with_columns(buys=buys)
        .with_columns(fold=pl.col("customer_key").rank("dense").over("buys") % _FOLDS)
        .drop("buys")
    )


def _but(past: pl.DataFrame, fold: int) -> pl.DataFrame:
    """What trees learn from, of whom the customers of a fold are asked."""
    return _some(past.filter(pl.col("fold") != fold))


def _tell_apart(part: pl.DataFrame) -> bool:
    bought = int((part["bought_orders"] > 0).sum())
    return min(bought, part.height - bought) >= _LEAST_OUTCOMES


def _held_out(past: pl.DataFrame, seed: int) -> pl.DataFrame:
    """Each example told by trees that never saw its customer.

    Customers are held out, not a cut-off: a short history has no second one whose horizon is over.
    """
    told = []
    for fold in range(_FOLDS):
        trees = two_part.fit(_but(past, fold), seed)
        told.append(_with(past.filter(pl.col("fold") == fold), trees))
    return pl.concat(told)


def _some(past: pl.DataFrame) -> pl.DataFrame:
    """So many as are enough, evenly from all."""
    return past.gather_every(-(-past.height // _MOST_EXAMPLES))


def _with(told: pl.DataFrame, trees: two_part.TwoPart) -> pl.DataFrame:
    said = trees.tell(told)
    return told.with_columns(
        buys=pl.Series(said.buys),
        two_part=pl.Series(said.two_part),
        whole=pl.Series(said.whole),
        median=pl.Series(said.median),
        median_two_part=pl.Series(said.median_two_part),
        prior_spend=pl.col("prior_orders") * pl.col("prior_amount"),
    )


def _prior_alone(told: pl.DataFrame) -> pl.DataFrame:
    spend = pl.col("prior_orders") * pl.col("prior_amount")
    return told.select(
        "customer_key",
        probability_active=pl.col("prior_buys"),
        expected_orders=pl.col("prior_orders"),
        expected_spend_mean=spend,
        expected_spend_median=pl.when(pl.col("prior_buys") > 0.5).then(spend).otherwise(0.0),
    )


def _reaching(
    said: pl.DataFrame, told: pl.DataFrame, reach: dict[int, pl.DataFrame], horizon_days: int
) -> pl.DataFrame:
    """What was said of a part of the horizon, brought to its whole, and to a lifetime, as the prior goes
    on."""

    def ratio(column: str, to: int) -> Floats:
        return np.asarray(reach[to][column].to_numpy() / np.maximum(told[column].to_numpy(), 1e-12))

    on = pl.Series(ratio("prior_orders", horizon_days))
    life = pl.Series(ratio("prior_orders", max(horizon_days, LIFETIME_DAYS)))
    likelier = pl.Series(ratio("prior_buys", horizon_days))
    active = pl.min_horizontal(pl.col("probability_active") * likelier, 1.0)
    return said.select(
        "customer_key",
        probability_active=active,
        expected_orders=pl.max_horizontal(pl.col("expected_orders") * on, active),
        expected_spend_mean=pl.col("expected_spend_mean") * on,
        expected_spend_median=pl.col("expected_spend_median") * on,
        lifetime_value=told["net"] + pl.col("expected_spend_mean") * life,
    ).sort("customer_key")
