"""Marts of what is sold: how discounts, prices and demand work, and what goes with what."""

import dataframely as dy
import polars as pl

from saleslake_processor.contracts import columns as c
from saleslake_processor.contracts.marts import Measures
from saleslake_processor.derive.discounts import BANDS

RETURN_RATE = "returned units / units; null where none were sold, above 1 where more came back"
MARGIN_RATE = "margin / net of what is costed; null where that is not above 0"


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
