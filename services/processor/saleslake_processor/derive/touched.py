"""Which orders, and returns without one, a set of new versions touches."""

from collections.abc import Callable, Mapping

import polars as pl

from saleslake_processor.contracts.entities import ENTITIES
from saleslake_processor.derive import terms
from saleslake_processor.versions import CHANGING

TOUCH = "touch_key"

DIMENSIONS = [name for name, entity in ENTITIES.items() if not entity.priced]
"""Entities of which the state keeps all current rows."""

_Now = Mapping[str, pl.LazyFrame]

_TERMS: dict[str, Callable[[_Now], pl.LazyFrame]] = {
    "product_key": lambda now: terms.product_terms(now["product"], now["category"]),
    "store_key": lambda now: terms.at_place(now["store"], "store_key"),
    "customer_key": lambda now: terms.at_place(now["customer"], "customer_key"),
    "place_key": lambda now: terms.place_terms(now["place"]),
}
"""What facts take from dimensions, by the key under which they refer to them."""


def by_rows(
    added: Mapping[str, pl.LazyFrame],
    log: Mapping[str, pl.LazyFrame],
    sales: pl.LazyFrame,
    returns: pl.LazyFrame,
) -> pl.DataFrame:
    """Orders (and returns without a sale) whose own rows changed: where they are now and where they were."""
    changing = {
        name: added[name].filter(pl.col("outcome").is_in(CHANGING))
        for name in ("order", "order_line", "return")
    }
    lines = changing["order_line"].select("order_line_key").unique()
    back = changing["return"].select("return_key", "order_key", "order_line_key")
    waiting = log["return"].join(lines, on="order_line_key", how="semi")
    line_of_return = log["order_line"].join(back, on="order_line_key", how="semi")
    found = [
        changing["order"].select(touch_key="order_key"),
        changing["order_line"].select(touch_key="order_key"),
        sales.join(lines, on="order_line_key", how="semi").select(TOUCH),
        back.select(touch_key="order_key"),
        back.select(touch_key="return_key"),
        waiting.select(touch_key="return_key"),
        line_of_return.select(touch_key="order_key"),
        returns.join(back, on="return_key", how="semi").select(TOUCH),
    ]
    return pl.concat(found).drop_nulls().unique().collect()


def by_terms(
    before: Mapping[str, pl.LazyFrame], after: Mapping[str, pl.LazyFrame], facts: list[pl.LazyFrame]
) -> pl.DataFrame:
    """Orders whose facts take something from a dimension that is no longer what it was.

    `before` and `after` are the current rows of the dimensions, by entity.
    """
    found = [pl.DataFrame(schema={TOUCH: pl.Int64})]
    for key, terms_of in _TERMS.items():
        changed = terms.changed_keys(terms_of(before), terms_of(after), key)
        if changed.height:
            found += [fact.join(changed.lazy(), on=key, how="semi").select(TOUCH).collect() for fact in facts]
    return pl.concat(found).unique()
