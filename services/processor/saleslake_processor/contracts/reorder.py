"""Stock in gold: what was counted, and what to order."""

import dataframely as dy
import polars as pl

from saleslake_processor.contracts import columns as c

FORECAST, HISTORY = "forecast", "history"
METHODS = (FORECAST, HISTORY)
"""Whence the expected demand comes."""

_PROTECTED = "over the days from now until an order of the next look would have come"


class FactStock(dy.Schema):
    """One row per stock count: what lay where at the end of a day."""

    company = c.text("whose stock", required=True)
    stock_key = c.key("the count", primary=True)
    stock_id = c.identifier("what the source calls it: product, store and date", required=True)
    stock_date = c.day("business date at whose end it was counted", required=True)
    product_key = c.key("what was counted (dim_product)")
    store_key = c.key("where (dim_store); 0: of the whole company, or not known")
    quantity = c.quantity("units on hand; below 0 where more was sold than is booked in", required=True)
    on_order_quantity = c.quantity("units that are ordered and have not come", required=True)
    lead_time_days = c.count("days from an order to its coming, begun ones whole; 7 where no source says it")


class ReorderPlan(dy.Schema):
    """One row per company, store and product of which stock was counted: what there is, what is likely to be
    sold until an order would have come, and what to order.

    Of stores and products that are counted no more, the last count stands.
    """

    company = c.text("whose stock", primary=True)
    store_key = c.key("where (dim_store); 0: of the whole company, or not known", primary=True)
    product_key = c.key("what (dim_product)", primary=True)
    store = c.text("name of the store", required=True)
    product = c.text("name of the product", required=True)
    as_of = c.day(
        "first day of the plan: the one after the company's last closed day, or after stock_date if later",
        required=True,
    )
    stock_date = c.day("day of the last count", required=True)
    stock_units = c.quantity("units on hand by the last count", required=True)
    on_order_units = c.quantity("units on order by the last count", required=True)
    sold_units = c.quantity("units sold there after the last count and before as_of", required=True)
    position_units = c.quantity("stock and on order less sold since", required=True)
    lead_time_days = c.count("days from an order to its coming")
    method = c.choice(
        "whence the expected demand comes: forecast (sales_forecast of the product); history (its last 90 "
        "days, where there is no such forecast)",
        METHODS,
        required=True,
    )
    daily_units = c.quantity(f"expected units a day, on average {_PROTECTED}", required=True)
    demand_units = c.quantity(f"expected units {_PROTECTED}: lead time and a day", required=True)
    demand_upper_units = c.quantity("units that these days need at most in 95 of 100 cases", required=True)
    safety_stock_units = c.quantity("upper less expected demand", required=True)
    reorder_point_units = c.quantity(
        "position at or below which to order: expected demand and safety stock", required=True
    )
    cover_days = dy.Int64(
        nullable=True,
        min=0,
        description="whole days for which stock less sold since would last at the expected demand; 0 where "
        "nothing is left; null where no demand is expected",
    )
    reorder = dy.Bool(
        nullable=False, description="whether to order now: demand is expected, and the position is too low"
    )
    order_units = c.quantity(
        "what to order, whole units: up to the reorder point and the expected demand of 14 days more; 0 "
        "where nothing is to be ordered",
        required=True,
    )

    @dy.rule()
    def position_adds_up(cls) -> pl.Expr:
        there = cls.stock_units.col + cls.on_order_units.col - cls.sold_units.col
        return there == cls.position_units.col

    @dy.rule()
    def reorder_point_adds_up(cls) -> pl.Expr:
        return cls.demand_units.col + cls.safety_stock_units.col == cls.reorder_point_units.col

    @dy.rule()
    def what_is_ordered_is_more_than_nothing(cls) -> pl.Expr:
        return cls.reorder.col == (cls.order_units.col > 0)
