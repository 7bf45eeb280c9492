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

OFFERED = 5
"""Products that are recommended to a customer at most."""

POPULAR = 30
"""Products of the company among which popular ones are looked for."""

SOLD, LIKED, HELD_OUT = 3, 12, 3
"""Months before `as_of`: within which a product must be sold to be offered; whose orders say how popular it
is; that are held out to score the methods."""

METHODS = ("item_item", "popularity")


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
        "orders with both / geometric mean of orders with the one and with the other, to 6 places; 1 where "
        "neither is bought alone",
        required=True,
    )

    @dy.rule()
    def pairs_are_counted_within_their_products(cls) -> pl.Expr:
        both = cls.both_orders.col
        return (both <= cls.product_orders.col) & (both <= cls.other_orders.col)


class RecommendationAccuracy(dy.Schema):
    """One row per company with known customers, and method of recommending: how often it was right about
    the months held out."""

    company = c.text("whose sales", primary=True)
    method = dy.String(
        primary_key=True,
        check=lambda column: column.is_in(METHODS),
        description="item_item: what goes with what the customer bought, then what is popular; popularity: "
        "what is popular alone",
    )
    held_out_from = c.day("first day held out; what was bought before it was known", required=True)
    held_out_until = c.day("day after the last one held out: as_of", required=True)
    offered = c.count("products that are offered to a customer at most")
    customers = c.count("known before, who bought in the months held out what they had not bought before")
    hits = c.count("of these, customers who then bought a product that the method offers them")
    hit_rate = c.rate("hits / customers; null where there are none")
    is_used = dy.Bool(
        nullable=False,
        description="customer_recommendations are by this method: item_item where it has more hits",
    )

    @dy.rule()
    def hits_are_of_the_customers(cls) -> pl.Expr:
        return cls.hits.col <= cls.customers.col


class CustomerRecommendations(dy.Schema):
    """One row per company, known customer who bought in the window, and rank of a product that the customer
    has not bought in it."""

    company = c.text("whose sales", primary=True)
    customer_key = c.key("the customer (dim_customer)", primary=True)
    rank = c.count(f"1..{OFFERED}, the first one to be offered first", primary=True)
    product_key = c.key("what to offer (dim_product)")
    product = c.text("its name", required=True)
    method = c.choice(
        "item_item: it goes with what the customer bought; popularity: it is popular", METHODS, required=True
    )
    score_rate = c.rate(
        "sum of the confidences from what the customer bought to it, over the pairs of product_affinity; may "
        "be above 1; 0 by popularity",
        required=True,
    )
    because_of_key = c.key("product of the customer's that it goes with best; 0 by popularity")
    because_of = c.text("its name; null by popularity")
