"""Entities: what a profile may map, and what a row must satisfy for what it says itself.

Rows that fail are refused into the quarantine. Whether references exist is no rule here: what is
not there yet becomes an inferred member.
"""

from dataclasses import dataclass
from functools import cached_property

import dataframely as dy
import polars as pl

from saleslake_processor.contracts import columns as c
from saleslake_processor.contracts.exchange_rates import ExchangeRate
from saleslake_processor.contracts.plausible import MOST_MONEY, MOST_UNITS, iso_code, plausible
from saleslake_processor.contracts.sales_team import Account, Booking, Opportunity
from saleslake_processor.contracts.stock import Stock


class Product(dy.Schema):
    """One row per thing that is sold."""

    product_id = c.identifier("what the source calls the product", required=True)
    name = c.text("name for people")
    sku = c.text("stock keeping unit")
    brand = c.text("brand or maker")
    category_id = c.identifier("category it belongs to", references="category")
    list_price = c.price("price of one unit where a line brings none; with tax where the profile says so")
    unit_cost = c.price("cost of one unit, without tax")
    currency = c.currency("ISO 4217 code of its price and cost; the profile's where it is missing")

    @dy.rule()
    def currency_is_iso_code(cls) -> pl.Expr:
        return iso_code(cls.currency.col)


class Category(dy.Schema):
    """One row per group of products; groups may hang below others."""

    category_id = c.identifier("what the source calls the category", required=True)
    name = c.text("name for people")
    parent_id = c.identifier("category above it", references="category")


class Customer(dy.Schema):
    """One row per buyer."""

    customer_id = c.identifier("what the source calls the customer", required=True)
    name = c.text("name for people, where the source brings it whole")
    first_name = c.text("given name")
    last_name = c.text("family name")
    segment = c.text("the source's own grouping of customers")
    email = c.text("address for mail")
    gender = c.text("as the source writes it")
    birth_date = c.day("day of birth")
    created_on = c.day("first known to the company")
    place_id = c.identifier("where the customer is", references="place")


class Store(dy.Schema):
    """One row per shop or sales channel."""

    store_id = c.identifier("what the source calls the store", required=True)
    name = c.text("name for people")
    employees = c.quantity("people who work there")
    opened_on = c.day("first day of business")
    place_id = c.identifier("where the store is", references="place")


class Place(dy.Schema):
    """One row per town, postal code, sales territory: the finest place a source knows."""

    place_id = c.identifier("what the source calls the place", required=True)
    city = c.text("town")
    postal_code = c.text("postal code")
    department = c.text("administrative part of a region or state")
    state = c.text("state or province")
    region = c.text("sales region")
    country = c.text("country")
    continent = c.text("continent or group of countries")


class Salesperson(dy.Schema):
    """One row per person who sells."""

    salesperson_id = c.identifier("what the source calls the person", required=True)
    name = c.text("name for people, where the source brings it whole")
    first_name = c.text("given name")
    last_name = c.text("family name")
    team_id = c.identifier("team the person belongs to", references="team")
    region = c.text("region the person answers for")
    start_date = c.day("first day at work")
    birth_date = c.day("day of birth")


class Team(dy.Schema):
    """One row per group of salespeople."""

    team_id = c.identifier("what the source calls the team", required=True)
    name = c.text("name for people")


ORDER_STATUS = ("open", "completed", "returned", "cancelled")


class Order(dy.Schema):
    """One row per order: what holds for all its lines, and its own amounts where the source brings them."""

    order_id = c.identifier("what the source calls the order", required=True)
    order_date = c.day("business date in the shop's time zone", default="ordered_at")
    ordered_at = c.instant("when the order was made")
    customer_id = c.identifier("buyer", references="customer")
    store_id = c.identifier("store or channel", references="store")
    place_id = c.identifier("where it was shipped to", references="place")
    salesperson_id = c.identifier("who sold it", references="salesperson")
    status = c.choice("cancelled orders count in no measure", ORDER_STATUS)
    ship_date = c.day("day it was shipped")
    ship_mode = c.text("way of shipping")
    subtotal_amount = c.price("sum of the lines; they are fitted to it")
    tax_amount = c.price("tax of the order; spread over the lines")
    freight_amount = c.price("freight of the order; spread over the lines")
    total_amount = c.price("what the customer pays, tax and freight included")
    currency = c.currency("ISO 4217 code of its own amounts; that of its lines where it is missing")

    @dy.rule()
    def currency_is_iso_code(cls) -> pl.Expr:
        return iso_code(cls.currency.col)

    @dy.rule()
    def order_date_plausible(cls) -> pl.Expr:
        return plausible(cls.order_date.col)

    @dy.rule()
    def amounts_plausible(cls) -> pl.Expr:
        amounts = [cls.subtotal_amount.col, cls.tax_amount.col, cls.freight_amount.col, cls.total_amount.col]
        return pl.all_horizontal(amount.is_between(0, MOST_MONEY).fill_null(True) for amount in amounts)


class OrderLine(dy.Schema):
    """One row per product on an order."""

    order_line_id = c.identifier("what the source calls the line", required=True)
    order_id = c.identifier(
        "order it belongs to; the line's own id where lines stand alone",
        references="order",
        required=True,
        default="order_line_id",
    )
    order_date = c.day("business date, where the line brings it", default="ordered_at")
    ordered_at = c.instant("when the order was made, where the line brings it")
    customer_id = c.identifier("buyer", references="customer")
    product_id = c.identifier("what was sold", references="product", required=True)
    store_id = c.identifier("store or channel", references="store")
    place_id = c.identifier("where it was shipped to", references="place")
    salesperson_id = c.identifier("who sold it", references="salesperson")
    promotion = c.text("offer under which it was sold")
    status = c.choice("cancelled lines count in no measure", ORDER_STATUS)
    ship_date = c.day("day it was shipped")
    ship_mode = c.text("way of shipping")
    quantity = c.quantity("units sold", required=True)
    unit_price = c.price("price of one unit before discount; the product's list price where it is missing")
    discount_rate = c.price("share of the price that is let off, 0..1")
    discount_amount = c.price("amount that is let off the line")
    sales_amount = c.price("amount of the line after discount")
    unit_cost = c.price("cost of one unit; the product's where it is missing")
    cost_amount = c.price("cost of the line")
    profit_amount = c.price("sales less cost, where the source brings this in place of a cost")
    tax_amount = c.price("tax on the line")
    freight_amount = c.price("freight of the line")
    currency = c.currency("ISO 4217 code of its amounts; the order's, else the profile's where it is missing")

    @dy.rule()
    def currency_is_iso_code(cls) -> pl.Expr:
        return iso_code(cls.currency.col)

    @dy.rule()
    def quantity_positive(cls) -> pl.Expr:
        return cls.quantity.col > 0

    @dy.rule()
    def quantity_plausible(cls) -> pl.Expr:
        return cls.quantity.col < MOST_UNITS

    @dy.rule()
    def amount_plausible(cls) -> pl.Expr:
        amounts = [cls.sales_amount.col, cls.cost_amount.col, cls.tax_amount.col, cls.freight_amount.col]
        by_unit = [
            cls.quantity.col.cast(pl.Float64) * price for price in (cls.unit_price.col, cls.unit_cost.col)
        ]
        return pl.all_horizontal((amount.abs() < MOST_MONEY).fill_null(True) for amount in amounts + by_unit)

    @dy.rule()
    def order_date_plausible(cls) -> pl.Expr:
        return plausible(cls.order_date.col)

    @dy.rule()
    def unit_price_not_negative(cls) -> pl.Expr:
        return cls.unit_price.col >= 0

    @dy.rule()
    def discount_amount_not_negative(cls) -> pl.Expr:
        return cls.discount_amount.col >= 0

    @dy.rule()
    def discount_rate_within_0_and_1(cls) -> pl.Expr:
        return cls.discount_rate.col.is_between(0, 1)

    @dy.rule()
    def one_discount(cls) -> pl.Expr:
        return cls.discount_rate.col.is_null() | cls.discount_amount.col.is_null()


class Return(dy.Schema):
    """One row per return: of an order line, a whole order, or only a product on a day."""

    return_id = c.identifier("what the source calls the return", required=True)
    order_line_id = c.identifier("line that came back", references="order_line")
    order_id = c.identifier("order that came back, whole unless a product is named", references="order")
    product_id = c.identifier("what came back", references="product")
    customer_id = c.identifier("who returned it, where no order tells", references="customer")
    store_id = c.identifier("where it was returned, where no order tells", references="store")
    place_id = c.identifier("where it was returned, where no order tells", references="place")
    return_date = c.day("day of the return; the day of the sale where it is missing")
    quantity = c.quantity("units that came back; all of them where it is missing")
    return_amount = c.price("amount given back; the sale's share where it is missing")
    unit_price = c.price("price at which each unit was given back, where no amount says it")
    reason = c.text("why it came back")
    currency = c.own_currency()

    @dy.rule()
    def currency_is_iso_code(cls) -> pl.Expr:
        return iso_code(cls.currency.col)

    @dy.rule()
    def quantity_positive(cls) -> pl.Expr:
        return cls.quantity.col > 0

    @dy.rule()
    def quantity_plausible(cls) -> pl.Expr:
        return cls.quantity.col < MOST_UNITS

    @dy.rule()
    def return_amount_plausible(cls) -> pl.Expr:
        return cls.return_amount.col.is_between(0, MOST_MONEY)

    @dy.rule()
    def unit_price_plausible(cls) -> pl.Expr:
        return (cls.quantity.col.cast(pl.Float64) * cls.unit_price.col).is_between(0, MOST_MONEY)

    @dy.rule()
    def return_date_plausible(cls) -> pl.Expr:
        return plausible(cls.return_date.col)

    @dy.rule()
    def says_what_came_back(cls) -> pl.Expr:
        return pl.any_horizontal(pl.col("order_line_id", "order_id", "product_id").is_not_null())


@dataclass(frozen=True)
class Entity:
    """An entity and how its log is laid out."""

    name: str
    contract: type[dy.Schema]
    dated_by: str | None = None
    """Field by whose month the log is partitioned."""
    priced: bool = False
    """Rows carry the source's terms: tax rate, prices with or without tax, places of money, currencies."""
    is_fact: bool = False
    """A row is a row of a fact by itself; the facts of orders are derived from several together."""

    @property
    def is_dimension(self) -> bool:
        """Whether facts refer to its rows."""
        return not (self.priced or self.is_fact)

    @property
    def id(self) -> str:
        return f"{self.name}_id"

    @property
    def key(self) -> str:
        return f"{self.name}_key"

    @cached_property
    def fields(self) -> dict[str, dy.Column]:
        """Fields by name, the id first."""
        return self.contract.columns()

    @cached_property
    def references(self) -> dict[str, str]:
        """Entity pointed to, by the id field that points to it."""
        return self._said("references")

    @cached_property
    def defaults(self) -> dict[str, str]:
        """Field taken where a profile maps none, by the field that it stands in for."""
        return self._said("default")

    def _said(self, what: str) -> dict[str, str]:
        said = {name: (column.metadata or {}).get(what) for name, column in self.fields.items()}
        return {name: value for name, value in said.items() if value}


ENTITIES: dict[str, Entity] = {
    entity.name: entity
    for entity in (
        Entity("product", Product),
        Entity("category", Category),
        Entity("customer", Customer),
        Entity("store", Store),
        Entity("place", Place),
        Entity("salesperson", Salesperson),
        Entity("team", Team),
        Entity("order", Order, dated_by="order_date", priced=True),
        Entity("order_line", OrderLine, dated_by="order_date", priced=True),
        Entity("return", Return, dated_by="return_date", priced=True),
        Entity("exchange_rate", ExchangeRate),
        Entity("account", Account),
        Entity("opportunity", Opportunity, dated_by="attribution_date", priced=True, is_fact=True),
        Entity("booking", Booking, priced=True, is_fact=True),
        Entity("stock", Stock, dated_by="stock_date", is_fact=True),
    )
}
