"""Marts of what is sold: how discounts, prices and demand work, and what goes with what."""

import dataframely as dy
import polars as pl

from saleslake_processor.contracts import columns as c
from saleslake_processor.contracts.marts import Measures
from saleslake_processor.derive.discounts import BANDS

RETURN_RATE = "returned units / units; null where none were sold, above 1 where more came back"
MARGIN_RATE = "margin / net of what is costed; null where that is not above 0"

DEMAND = ("new", "rising", "steady", "falling", "ended")

WINDOW = 12
"""Months over which trend and ABC class look back, the row's own among them."""

NEW, ENDED = 3, 6
"""Months: fewer since the first are new, so many without a sale are the end."""

STEEP = 0.02
"""Part of their mean by which units must rise or fall a month to be more than steady."""

STRAIGHT = 1 / 3
"""Part of their scatter that the trend must explain: of 12 months about two standard errors of the slope."""


class DiscountImpact(Measures):
    """One row per company, month, topmost category, promotion and band of discount with a sale or return."""

    company = c.text("whose sales", primary=True)
    month = c.day("first day of the month", primary=True)
    category_key = c.key("topmost category of the products", primary=True)
    category = c.text("its name", required=True)
    promotion = c.text("offer under which it was sold; empty where the lines name none", primary=True)
    discount_band = c.count("number of the band, by which bands are sorted", primary=True)
    band = c.choice(
        "discount / gross of each line in whole percents; surcharge: sold above gross; unknown: returns "
        "whose sale is not known",
        BANDS,
        required=True,
    )
    is_inferred = dy.Bool(
        nullable=False, description="a discount for which lines name no promotion: known by its rate alone"
    )
    discount_rate = c.rate("discount / gross; null where gross is not above 0, below 0 where surcharged")
    return_rate = c.rate(RETURN_RATE)
    margin_rate = c.rate(MARGIN_RATE)
    margin_lost_amount = c.money(
        "discount: by so much the margin would be higher had the same units been sold without it; null where "
        "the cost of any is unknown"
    )
    break_even_rate = c.rate(
        "margin lost / (margin + margin lost): part of the units that must have been sold only because of "
        "the discount for it to pay; from 1 on it cannot; null without discount, or where nothing would be "
        "earned without it either"
    )


class PriceVolumeMix(dy.Schema):
    """One row per company, month, topmost category and basis, with a sale or a return in either month.

    Products stay where units remained sold in both months, are new where none did in the basis, and lost
    where none do now; the unknown product is one product. Both effects that need a division are rounded
    once, and the mix takes what is left, so that all five add up to the change.
    """

    company = c.text("whose sales", primary=True)
    month = c.day("first day of the month", primary=True)
    category_key = c.key("topmost category of the products", primary=True)
    category = c.text("its name", required=True)
    basis = dy.String(
        primary_key=True,
        check=lambda column: column.is_in(["previous month", "year before"]),
        description="what the month is held to: previous month, or year before (the same month of it)",
    )
    is_complete = dy.Bool(nullable=False, description="the month lies wholly before the company's as_of")
    previous_net_amount = c.money("net of the basis", required=True)
    net_amount = c.money("sales less returned", required=True)
    change_amount = c.money("net less net of the basis", required=True)
    price_effect_amount = c.money(
        "of products that stay: net less what their units that stayed sold would have come to at the basis's "
        "net a unit, for each product",
        required=True,
    )
    volume_effect_amount = c.money(
        "of products that stay: what their net of the basis would have gained had all grown as their units "
        "together did",
        required=True,
    )
    mix_effect_amount = c.money(
        "of products that stay: what is left, as dearer or cheaper ones grew more than others", required=True
    )
    new_products_amount = c.money(
        "change by products of which nothing stayed sold in the basis", required=True
    )
    lost_products_amount = c.money("change by products of which nothing stays sold now", required=True)

    @dy.rule()
    def net_less_previous_is_change(cls) -> pl.Expr:
        return cls.net_amount.col - cls.previous_net_amount.col == cls.change_amount.col

    @dy.rule()
    def effects_are_the_change(cls) -> pl.Expr:
        stays = cls.price_effect_amount.col + cls.volume_effect_amount.col + cls.mix_effect_amount.col
        return stays + cls.new_products_amount.col + cls.lost_products_amount.col == cls.change_amount.col


class ProductDemand(dy.Schema):
    """One row per company, month and product, from the product's first sale or return to the company's last
    month; months without either are rows of 0."""

    company = c.text("whose sales", primary=True)
    month = c.day("first day of the month", primary=True)
    product_key = c.key("the product (dim_product)", primary=True)
    product = c.text("its name", required=True)
    category = c.text("name of its topmost category", required=True)
    is_complete = dy.Bool(nullable=False, description="the month lies wholly before the company's as_of")
    demand_class = c.choice(
        f"new: fewer than {NEW} months since the first one; ended: nothing sold for {ENDED} months or more; "
        f"rising, falling: trend_rate of {STEEP} or more, up or down, that explains at least a third of the "
        "scatter; steady: the rest",
        DEMAND,
        required=True,
    )
    trend_rate = c.rate(
        f"slope of units by least squares over the last {WINDOW} complete months (those since its first "
        "where these are fewer), a month, as part of their mean; below 0 where falling; null of fewer than "
        "3 months or without units"
    )
    trend_fit_rate = c.rate(
        "part of the scatter of units that the trend explains (R squared); null where no month differs"
    )
    abc_class = c.choice(
        "by trailing net in the company: A first up to 80 % of it, B up to 95 %, C the rest, and all where "
        "it is not above 0",
        ("A", "B", "C"),
        required=True,
    )
    trailing_net_amount = c.money(f"net of the month and the {WINDOW - 1} before it", required=True)
    months_since_first = c.count("months since its first sale or return, 0 in that month")
    months_since_sale = dy.Int64(nullable=True, description="months since it was last sold; null before that")
    return_rate = c.rate(RETURN_RATE)
    units = c.quantity("units sold", required=True)
    returned_units = c.quantity("units that came back, on the day of their sale", required=True)
    net_amount = c.money("sales less returned", required=True)
    cost_amount = c.money("cost of what stayed sold, as far as it is known", required=True)
    margin_amount = c.money("net less cost, where the cost is known", required=True)
    uncosted_amount = c.money("net where the cost is unknown", required=True)

    @dy.rule()
    def net_less_cost_is_margin_and_uncosted(cls) -> pl.Expr:
        left = cls.net_amount.col - cls.cost_amount.col
        return left == cls.margin_amount.col + cls.uncosted_amount.col
