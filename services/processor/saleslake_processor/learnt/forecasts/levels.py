"""Levels at which sales are forecast: the series of a family, and what they add up to."""

from collections.abc import Sequence

import polars as pl

from saleslake_processor.learnt.forecasts.history import KEYS

ALL_KEYS = ("store_key", "category_key", "region_key", "product_key")

LEVELS: dict[str, dict[str, tuple[str, ...]]] = {
    "stores": {
        "total": (),
        "category": ("category_key",),
        "region": ("region_key",),
        "store": ("store_key",),
        "store_category": ("store_key", "category_key"),
    },
    "products": {"product": ("category_key", "product_key")},
}
"""The key columns of each level, by family."""

SUMS = {name: keys for name, keys in LEVELS["stores"].items() if name != "store_category"}
"""Levels that are sums of series."""

AT = ("level", *ALL_KEYS)
"""What says of which member of which level a row is: keys that a level does not have are "0"."""


def at_levels(rows: pl.DataFrame, family: str, by: Sequence[str], values: Sequence[str]) -> pl.DataFrame:
    """Rows of series added up to all levels of the family: `AT`, `by`, `values`. A sum of nothing but nulls
    is null."""
    # Sorted: a sum of floats depends on their order.
    rows = rows.sort(*by, *KEYS[family])
    sums = [pl.when(pl.col(name).count() > 0).then(pl.col(name).sum()).alias(name) for name in values]
    return pl.concat(
        named(
            rows.group_by(*by, *keys, maintain_order=True).agg(sums) if (*by, *keys) else rows.select(sums),
            level,
        ).select(*AT, *by, *values)
        for level, keys in LEVELS[family].items()
    )


def named(rows: pl.DataFrame, level: str) -> pl.DataFrame:
    """With the name of the level, and "0" for the keys that it does not have."""
    kept = next(of[level] for of in LEVELS.values() if level in of)
    others = [pl.lit("0").alias(name) for name in ALL_KEYS if name not in kept]
    return rows.with_columns(*others, level=pl.lit(level))
