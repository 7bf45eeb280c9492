"""What is bought with what: pairs of products on one order."""

from collections.abc import Mapping

import polars as pl

from saleslake_processor import keys
from saleslake_processor.contracts.affinity import BASKET, TOGETHER, TOP, WINDOW
from saleslake_processor.marts.as_of import business_dates

Frames = Mapping[str, pl.LazyFrame]

POINTS = 1_000_000
"""Affinities are added up as whole millionths, so that sums do not depend on an order."""

_PAIR = ["product_key", "other_key"]

_SHIFT = 2**32
"""Two numbers of products below it are one of 64 bits, by which is grouped in half the time."""


def product_affinity(given: Frames) -> pl.LazyFrame:
    """The products that go best with each product, by all orders of the window."""
    until = business_dates(given).select("company", until=pl.col("last_date").dt.offset_by("1d"))
    products = by_id(given["dim_product"])
    names = products.select("product_key", product="name")
    return (
        affinity(bought(sold(given["fact_sales"]), until), products)
        .join(names, on="product_key")
        .join(names.select(other_key="product_key", other_product="product"), on="other_key")
        .with_columns(
            support_rate=_part("both_orders", "orders"),
            confidence_rate=_part("both_orders", "product_orders"),
            lift_rate=(pl.col("both_orders") * pl.col("orders")).cast(pl.Float64)
            / (pl.col("product_orders") * pl.col("other_orders")).cast(pl.Float64),
            affinity_rate=pl.col("points") / POINTS,
        )
    )


def by_id(products: pl.LazyFrame) -> pl.LazyFrame:
    """Products with their `place` by natural id, then by key: what decides between equal ones."""
    order = pl.struct("product_id", "product_key").rank("ordinal").cast(pl.Int64)
    return products.select("product_key", "name", place=order)


def sold(sales: pl.LazyFrame) -> pl.LazyFrame:
    """Known products that were bought, each once an order."""
    counts = (pl.col("status") != "cancelled") & (pl.col("quantity") > 0)
    known = pl.col("product_key") != keys.UNKNOWN
    columns = ["company", "order_key", "product_key", "customer_key", "order_date"]
    return sales.filter(counts & known).select(columns).unique()


def bought(lines: pl.LazyFrame, until: pl.LazyFrame) -> pl.LazyFrame:
    """What was `sold` in the window before `until` of its company."""
    return lines.join(until, on="company").filter(
        (pl.col("order_date") < pl.col("until"))
        & (pl.col("order_date") >= pl.col("until").dt.offset_by(f"-{WINDOW}mo"))
    )


def affinity(rows: pl.LazyFrame, products: pl.LazyFrame) -> pl.LazyFrame:
    """Pairs of products with the orders that hold both, the best of each product by `rank`.

    Affinity is orders with both / geometric mean of orders with the one and the other, in `points`.
    """
    baskets = rows.select("company", "order_key", "product_key").unique()
    # Collected, as what stands on it stands on it several times.
    baskets = baskets.filter(pl.len().over("order_key") <= BASKET).collect().lazy()
    orders = baskets.group_by("company").agg(orders=pl.col("order_key").n_unique().cast(pl.Int64))
    counts = baskets.group_by("company", "product_key").agg(product_orders=pl.len().cast(pl.Int64))
    counts = counts.filter(pl.col("product_orders") >= TOGETHER)
    # Joined by small numbers: the pairs of orders with many products are what takes time here.
    numbered = (
        baskets.join(counts, on="product_key", how="semi")
        .filter(pl.len().over("order_key") > 1)
        .select(
            "product_key",
            order=pl.col("order_key").rank("dense").cast(pl.UInt32),
            number=pl.col("product_key").rank("dense").cast(pl.UInt64),
        )
        .collect()
        .lazy()
    )
    numbers = numbered.select("product_key", "number").unique()
    in_orders = numbered.select("order", "number")
    pairs = (
        in_orders.join(in_orders, on="order", suffix="_other")
        .filter(pl.col("number") < pl.col("number_other"))
        .group_by(both=pl.col("number") * _SHIFT + pl.col("number_other"))
        .agg(both_orders=pl.len().cast(pl.Int64))
        .filter(pl.col("both_orders") >= TOGETHER)
        .with_columns(number=pl.col("both") // _SHIFT, number_other=pl.col("both") % _SHIFT)
        .join(numbers, on="number")
        .join(numbers.rename({"product_key": "other_key"}), left_on="number_other", right_on="number")
        .select(*_PAIR, "both_orders")
    )
    mirrored = pairs.select(product_key="other_key", other_key="product_key", both_orders="both_orders")
    other = counts.select(other_key="product_key", other_orders="product_orders")
    place = products.select(other_key="product_key", place="place")
    one, two = pl.col("product_orders"), pl.col("other_orders")
    points = pl.col("both_orders") / (one * two).cast(pl.Float64).sqrt() * POINTS
    best_first = pl.struct(-pl.col("points"), -pl.col("both_orders"), "place")
    return (
        pl.concat([pairs, mirrored])
        .join(counts, on="product_key")
        .join(other, on="other_key")
        .join(orders, on="company")
        .filter(pl.col("both_orders") * pl.col("orders") > one * two)
        .join(place, on="other_key")
        .with_columns(points=points.round(mode="half_away_from_zero").cast(pl.Int64))
        .with_columns(rank=best_first.rank("ordinal").over("product_key").cast(pl.Int64))
        .filter(pl.col("rank") <= TOP)
    )


def _part(part: str, whole: str) -> pl.Expr:
    return pl.col(part).cast(pl.Float64) / pl.col(whole).cast(pl.Float64)
