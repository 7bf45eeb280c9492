"""Marts of what goes with what, and what may be offered to whom."""

import dataframely as dy
import polars as pl

from saleslake_processor.contracts import columns as c

WINDOW = 36
"""Months before `as_of` of which orders are looked at."""

BASKET = 100
"""Different products of an order at most: larger ones stock a shop, and tell little of what goes together."""

TOGETHER = 3
"""Orders with both products at least."""

TOP = 10
"""Pairs of each product at most."""


class ProductAffinity(dy.Schema):
    """One row per company, product and other product that are bought together more often than by chance."""

    company = c.text("whose sales", primary=True)
    product_key = c.key("the product (dim_product)", primary=True)
    product = c.text("its name", required=True)
    other_key = c.key("what is bought with it (dim_product)", primary=True)
    other_product = c.text("its name", required=True)
    rank = c.count(
        f"place among the pairs of the product by affinity, 1..{TOP}; equal ones by orders, then id"
    )
    orders = c.count(
        f"orders of the company in the {WINDOW} months before as_of with 1 to {BASKET} known products"
    )
    product_orders = c.count("of these, orders with the product")
    other_orders = c.count("of these, orders with the other one")
    both_orders = c.count(f"of these, orders with both, {TOGETHER} at least")
    support_rate = c.rate("orders with both / orders", required=True)
    confidence_rate = c.rate("orders with both / orders with the product", required=True)
    lift_rate = c.rate(
        "confidence / part of all orders that have the other one: how many times more often than by chance; "
        "above 1",
        required=True,
    )
    affinity_rate = c.rate(
        "orders with both / square root of (orders with the one × orders with the other), to 6 places; 1 where "
        "neither is bought alone",
        required=True,
    )

    @dy.rule()
    def pairs_are_counted_within_their_products(cls) -> pl.Expr:
        both = cls.both_orders.col
        return (both <= cls.product_orders.col) & (both <= cls.other_orders.col)
