"""The entity of stock: what lies where, and what is to come."""

import dataframely as dy
import polars as pl

from saleslake_processor.contracts import columns as c
from saleslake_processor.contracts.plausible import MOST_UNITS, plausible

MOST_LEAD_DAYS = 730


class Stock(dy.Schema):
    """One row per product, store and date: what was there at the end of that day."""

    stock_id = c.identifier("product, store and date, as `key` composes them", required=True)
    stock_date = c.day("business date at whose end it was counted", required=True)
    product_id = c.identifier("what was counted", references="product", required=True)
    store_id = c.identifier("where; missing: of the whole company, or its one warehouse", references="store")
    quantity = c.quantity("units on hand; below 0 where more was sold than is booked in", required=True)
    on_order_quantity = c.quantity("units that are ordered and have not come; 0 where missing")
    lead_time_days = c.quantity("days from an order to its coming; 7 where missing")

    @dy.rule()
    def stock_date_plausible(cls) -> pl.Expr:
        return plausible(cls.stock_date.col)

    @dy.rule()
    def quantity_plausible(cls) -> pl.Expr:
        return cls.quantity.col.abs() < MOST_UNITS

    @dy.rule()
    def on_order_quantity_plausible(cls) -> pl.Expr:
        return (cls.on_order_quantity.col >= 0) & (cls.on_order_quantity.col < MOST_UNITS)

    @dy.rule()
    def lead_time_days_plausible(cls) -> pl.Expr:
        return cls.lead_time_days.col.is_between(0, MOST_LEAD_DAYS)
