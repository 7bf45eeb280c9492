"""What a fact takes from the things it refers to: prices, costs, roots of categories, places, regions."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from saleslake_processor import keys

DEEPEST = 16
"""Steps up from category to category after which a circle is taken to be one."""


@dataclass(frozen=True)
class Terms:
    """What facts take from dimensions, as the functions below give it."""

    products: pl.LazyFrame
    stores: pl.LazyFrame
    customers: pl.LazyFrame
    places: pl.LazyFrame
    rates: pl.LazyFrame
    """Current rows of `exchange_rate`; see `derive.rates`."""
    past: Mapping[str, pl.LazyFrame]
    """All versions of some entities; see `derive.at_sale`."""


def placed(rows: pl.LazyFrame, terms: Terms) -> pl.LazyFrame:
    """Place of a sale: its own (ship-to), else the store's, else the customer's; and the region of that."""
    return (
        rows.join(terms.stores.rename({"place_key": "place:store"}), on="store_key", how="left")
        .join(terms.customers.rename({"place_key": "place:customer"}), on="customer_key", how="left")
        .with_columns(place_key=pl.coalesce("place_key", "place:store", "place:customer"))
        .join(terms.places, on="place_key", how="left")
    )


def product_terms(products: pl.LazyFrame, categories: pl.LazyFrame) -> pl.LazyFrame:
    """`product_key`, `list_price`, `unit_cost`, the currency of both as `product_currency`, and the topmost
    category above it as `category_key`."""
    own = ["product_key", "list_price", "unit_cost", "product_currency"]
    return (
        products.with_columns(product_currency=pl.coalesce("currency", "source_currency"))
        .select(*own, leaf="category_key")
        .join(category_roots(categories), left_on="leaf", right_on="category_key", how="left")
        .select(*own, category_key=pl.coalesce("root_key", "leaf"))
    )


def category_roots(categories: pl.LazyFrame) -> pl.LazyFrame:
    """`category_key` and `root_key`, the topmost category above it; itself where there is none above.

    A parent that is not there yet counts as topmost. Categories that hang on themselves stop after
    `DEEPEST` steps.
    """
    parents = categories.select("category_key", above="parent_key")
    roots = parents.select("category_key", root_key=pl.coalesce("above", "category_key"))
    for _ in range(DEEPEST.bit_length()):
        step = roots.select(root_key="category_key", next_key="root_key")
        roots = roots.join(step, on="root_key", how="left").select(
            "category_key", root_key=pl.coalesce("next_key", "root_key")
        )
    return roots


def place_terms(places: pl.LazyFrame) -> pl.LazyFrame:
    """`place_key` and `region_key`: the sales region, told apart by country."""
    return places.select("place_key", region_key=region_key())


def region_key() -> pl.Expr:
    """Key of company, country and region; null where a place has no region."""
    identifier = keys.natural_id([pl.col("country"), pl.col("region")])
    return pl.when(pl.col("region").is_not_null()).then(keys.key(pl.col("company"), "region", identifier))


def at_place(members: pl.LazyFrame, key: str) -> pl.LazyFrame:
    """Where a store or a customer is: its key and `place_key`."""
    return members.select(key, "place_key")


def changed_keys(before: pl.LazyFrame, after: pl.LazyFrame, key: str) -> pl.DataFrame:
    """Keys whose terms are not what they were, appeared or vanished."""
    columns = before.collect_schema().names()
    gone = before.join(after, on=columns, how="anti", nulls_equal=True)
    come = after.join(before, on=columns, how="anti", nulls_equal=True)
    return pl.concat([gone.select(key), come.select(key)]).unique().collect()
