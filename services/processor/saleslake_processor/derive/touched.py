"""Which orders, and returns without one, a set of new versions touches."""

from collections.abc import Callable, Mapping

import polars as pl

from saleslake_processor.contracts.entities import ENTITIES
from saleslake_processor.derive import at_sale, rates, terms
from saleslake_processor.derive.difference import Difference

TOUCH = "touch_key"

DIMENSIONS = [name for name, entity in ENTITIES.items() if entity.is_dimension]
"""Entities that facts refer to."""

KEPT = [*DIMENSIONS, *(name for name, entity in ENTITIES.items() if entity.is_fact)]
"""Entities of which the state keeps all current rows: what facts refer to, and what is a fact by itself."""

_Now = Mapping[str, pl.LazyFrame]

TERMS: dict[str, tuple[tuple[str, ...], Callable[[_Now], pl.LazyFrame]]] = {
    "product_key": (
        ("product", "category"),
        lambda now: terms.product_terms(now["product"], now["category"]),
    ),
    "store_key": (("store",), lambda now: terms.at_place(now["store"], "store_key")),
    "customer_key": (("customer",), lambda now: terms.at_place(now["customer"], "customer_key")),
    "place_key": (("place",), lambda now: terms.place_terms(now["place"])),
}
"""What facts take from dimensions, by the key under which they refer to them: which, and how."""


def by_rows(difference: Difference, log: Mapping[str, pl.LazyFrame], placed: pl.LazyFrame) -> pl.DataFrame:
    """Orders (and returns without a sale) whose own rows changed: where they are now and where they were.

    `placed` says with which of them each row of the state was derived: `entity`, `key`, `touch_key`.
    """
    changed = {name: difference.changed(name) for name in ("order", "order_line", "return")}
    lines = changed["order_line"].select("order_line_key").unique()
    # A return may have come before its line, or lose it: it moves with each change of the line.
    coming = [changed["return"], log["return"].join(lines, on="order_line_key", how="semi")]
    again = log["order_line"].clear()
    if not difference.again.is_empty():
        # Where a version is lost an older one counts again, which may be of another order.
        coming.append(log["return"].join(changed["return"], on="return_key", how="semi"))
        again = log["order_line"].join(lines, on="order_line_key", how="semi")
    back = pl.concat([rows.select("return_key", "order_key", "order_line_key") for rows in coming])
    rows = pl.concat(
        [
            lines.select(pl.lit("order_line").alias("entity"), key="order_line_key"),
            back.select(pl.lit("return").alias("entity"), key="return_key"),
        ]
    )
    found = [
        changed["order"].select(touch_key="order_key"),
        changed["order_line"].select(touch_key="order_key"),
        again.select(touch_key="order_key"),
        back.select(touch_key="order_key"),
        back.select(touch_key="return_key"),
        log["order_line"].join(back, on="order_line_key", how="semi").select(touch_key="order_key"),
        placed.join(rows.unique(), on=["entity", "key"], how="semi").select(TOUCH),
    ]
    return pl.concat(found).drop_nulls().unique().collect()


def by_terms(
    before: Mapping[str, pl.LazyFrame], after: Mapping[str, pl.LazyFrame], facts: list[pl.LazyFrame]
) -> pl.DataFrame:
    """Orders whose facts take something from a dimension that is no longer what it was.

    `before` and `after` are the current rows of the dimensions, by entity; the same frame where none changed.
    `facts` may be rows that wait too, with those of the keys that decide whether they do.
    """
    found = [pl.DataFrame(schema={TOUCH: pl.Int64})]
    for key, (dimensions, terms_of) in TERMS.items():
        if all(before[name] is after[name] for name in dimensions):
            continue
        changed = terms.changed_keys(terms_of(before), terms_of(after), key)
        if changed.height:
            found += [
                fact.join(changed.lazy(), on=key, how="semi").select(TOUCH).collect()
                for fact in facts
                if key in fact.collect_schema()
            ]
    return pl.concat(found).unique()


def by_past(difference: Difference, sales: pl.LazyFrame) -> pl.DataFrame:
    """Orders with a line that keeps how a member was at its sale, of which something else is known now.

    An old version may come late: it changes nothing today, and may have counted then.
    """
    told = {name: difference.told(name, ENTITIES[name].key) for name in at_sale.PAST}
    none = pl.LazyFrame(schema={TOUCH: pl.Int64})
    return pl.concat([none, *at_sale.touched(told, sales)]).unique().collect()


def by_rates(
    before: Mapping[str, pl.LazyFrame], after: Mapping[str, pl.LazyFrame], asked: pl.LazyFrame
) -> pl.DataFrame:
    """Orders that take, or wait for, a rate which is another one now, or is there now, or no longer."""
    if before["exchange_rate"] is after["exchange_rate"]:
        return pl.DataFrame(schema={TOUCH: pl.Int64})
    pairs = rates.changed(asked, before["exchange_rate"], after["exchange_rate"])
    return asked.join(pairs, on=rates.PAIR, how="semi").select(TOUCH).unique().collect()
