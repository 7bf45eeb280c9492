"""Dimensions of the star.

Each holds the member 0, "unknown", and inferred members, of which only the id is known.
"""

import dataframely as dy

from saleslake_processor.contracts import columns as c

_INFERRED = "nothing but the id is known: rows refer to it, no source has brought it yet"


class DimDate(dy.Schema):
    """One row per day of the years in which any company has a sale, a return, an opportunity or a booking."""

    date = c.day("the day", primary=True)
    year = c.count("calendar year")
    quarter = c.count("1..4")
    month = c.day("first day of the month", required=True)
    month_number = c.count("1..12")
    month_name = c.text("January..December", required=True)
    week = c.count("ISO 8601 week, 1..53")
    weekday = c.count("1 Monday .. 7 Sunday")
    weekday_name = c.text("Monday..Sunday", required=True)
    is_weekend = dy.Bool(nullable=False, description="Saturday or Sunday")
    fiscal_year = c.count("calendar year in which the fiscal year ends")
    fiscal_quarter = c.count("1..4")
    fiscal_month = c.count("1..12, 1 is the month in which the fiscal year begins")


class DimProduct(dy.Schema):
    """One row per product."""

    product_key = c.key("the product", primary=True)
    company = c.text("whose product", required=True)
    product_id = c.text("what the source calls it", required=True)
    name = c.text("name for people; the id where there is none", required=True)
    sku = c.text("stock keeping unit")
    brand = c.text("brand or maker")
    category_key = c.key("topmost category above it")
    category = c.text("name of that", required=True)
    subcategory = c.text("name of the category that the product itself names, where that is another one")
    list_price = c.money("price of one unit where a line brings none, as the source writes it")
    unit_cost = c.money("cost of one unit, without tax")
    currency = c.currency("ISO 4217 code of list price and unit cost, where it is known")
    is_inferred = dy.Bool(nullable=False, description=_INFERRED)


class DimCustomer(dy.Schema):
    """One row per buyer."""

    customer_key = c.key("the customer", primary=True)
    company = c.text("whose customer", required=True)
    customer_id = c.text("what the source calls the customer", required=True)
    name = c.text("name for people; the id where there is none", required=True)
    segment = c.text("the source's own grouping")
    gender = c.text("as the source writes it")
    birth_date = c.day("day of birth")
    created_on = c.day("first known to the company")
    place_key = c.key("where the customer is (dim_place)")
    is_inferred = dy.Bool(nullable=False, description=_INFERRED)


class DimStore(dy.Schema):
    """One row per shop or sales channel."""

    store_key = c.key("the store", primary=True)
    company = c.text("whose store", required=True)
    store_id = c.text("what the source calls it", required=True)
    name = c.text("name for people; else the town, else the id", required=True)
    employees = c.quantity("people who work there")
    opened_on = c.day("first day of business")
    place_key = c.key("where it is (dim_place)")
    is_inferred = dy.Bool(nullable=False, description=_INFERRED)


class DimPlace(dy.Schema):
    """One row per finest place that a source knows."""

    place_key = c.key("the place", primary=True)
    company = c.text("whose place", required=True)
    place_id = c.text("what the source calls it", required=True)
    city = c.text("town")
    postal_code = c.text("postal code, leading zeros kept")
    department = c.text("administrative part of a region or state")
    state = c.text("state or province")
    region = c.text("sales region; unknown where there is none", required=True)
    country = c.text("country")
    continent = c.text("continent or group of countries")
    is_inferred = dy.Bool(nullable=False, description=_INFERRED)


class DimAccount(dy.Schema):
    """One row per account: a company that the sales team works for."""

    account_key = c.key("the account", primary=True)
    company = c.text("whose account", required=True)
    account_id = c.text("what the source calls it", required=True)
    name = c.text("name for people; the id where there is none", required=True)
    segment = c.text("the source's own grouping: size, sector")
    employees = c.quantity("people who work there")
    created_on = c.day("first known to the company")
    place_key = c.key("where the account is (dim_place)")
    is_inferred = dy.Bool(nullable=False, description=_INFERRED)


class DimSalesperson(dy.Schema):
    """One row per person who sells."""

    salesperson_key = c.key("the person", primary=True)
    company = c.text("whose salesperson", required=True)
    salesperson_id = c.text("what the source calls the person", required=True)
    name = c.text("name for people; the id where there is none", required=True)
    team = c.text("team the person belongs to")
    region = c.text("region the person answers for")
    start_date = c.day("first day at work")
    birth_date = c.day("day of birth")
    is_inferred = dy.Bool(nullable=False, description=_INFERRED)
