"""Marts: the facts added up by grain. Amounts are in the company's currency, without tax.

At every grain: gross - discount = sales; sales - returned = net; net - cost = margin + uncosted.
"""

import dataframely as dy
import polars as pl

from saleslake_processor.contracts import columns as c

_SHARE = (
    "part of the company's net in the month, null where that is not above 0; "
    "below 0 where more was returned than sold, and others then above 1"
)


class Measures(dy.Schema):
    """What every mart adds up."""

    lines = c.count("order lines")
    orders = c.count("distinct orders with a line here")
    units = c.quantity("units sold", required=True)
    gross_amount = c.money("units at the price before discount", required=True)
    discount_amount = c.money("gross less sales", required=True)
    sales_amount = c.money("gross less discount", required=True)
    returned_units = c.quantity("units that came back, on the day of their sale", required=True)
    returned_amount = c.money(
        "given back for them, on the day of their sale (of the return where that is not known)", required=True
    )
    net_amount = c.money("sales less returned", required=True)
    refunded_amount = c.money("given back, on the day of the return", required=True)
    cost_amount = c.money("cost of what stayed sold, as far as it is known", required=True)
    margin_amount = c.money("net less cost, where the cost is known", required=True)
    uncosted_amount = c.money("net where the cost is unknown", required=True)
    tax_amount = c.money("tax", required=True)
    freight_amount = c.money("freight", required=True)
    total_amount = c.money("sales and tax and freight", required=True)

    @dy.rule()
    def gross_less_discount_is_sales(cls) -> pl.Expr:
        return cls.gross_amount.col - cls.discount_amount.col == cls.sales_amount.col

    @dy.rule()
    def sales_less_returned_is_net(cls) -> pl.Expr:
        return cls.sales_amount.col - cls.returned_amount.col == cls.net_amount.col

    @dy.rule()
    def net_less_cost_is_margin_and_uncosted(cls) -> pl.Expr:
        left = cls.net_amount.col - cls.cost_amount.col
        return left == cls.margin_amount.col + cls.uncosted_amount.col

    @dy.rule()
    def sales_and_tax_and_freight_is_total(cls) -> pl.Expr:
        return cls.sales_amount.col + cls.tax_amount.col + cls.freight_amount.col == cls.total_amount.col


class SalesDaily(Measures):
    """One row per company, day, store and topmost category with a sale or a return."""

    company = c.text("whose sales", primary=True)
    date = c.day("business date", primary=True)
    store_key = c.key("store or channel (dim_store)", primary=True)
    category_key = c.key("topmost category of the products", primary=True)
    category = c.text("its name", required=True)


class SalesByProduct(Measures):
    """One row per company, month and product with a sale or a return."""

    company = c.text("whose sales", primary=True)
    month = c.day("first day of the month", primary=True)
    product_key = c.key("the product (dim_product)", primary=True)
    product = c.text("its name", required=True)
    category = c.text("name of its topmost category", required=True)
    share_rate = c.rate(_SHARE)
    rank = c.count("place by net in the company's month, from 1; equal ones by product id")
    abc_class = dy.String(
        nullable=False,
        check=lambda column: column.is_in(["A", "B", "C"]),
        description="A: first by rank up to 80 % of the month's net; B: up to 95 %; C: the rest, "
        "and all where that net is not above 0",
    )


class SalesByStore(Measures):
    """One row per company, month and store with a sale or a return."""

    company = c.text("whose sales", primary=True)
    month = c.day("first day of the month", primary=True)
    store_key = c.key("store or channel (dim_store)", primary=True)
    store = c.text("its name", required=True)
    share_rate = c.rate(_SHARE)


class SalesByRegion(Measures):
    """One row per company, month and sales region (by the place of the sale) with a sale or a return."""

    company = c.text("whose sales", primary=True)
    month = c.day("first day of the month", primary=True)
    region_key = c.key("country and region", primary=True)
    region = c.text("its name", required=True)
    country = c.text("its country")
    customers = c.count("distinct known customers with an order line")
    share_rate = c.rate(_SHARE)
