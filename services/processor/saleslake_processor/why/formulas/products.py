"""Formulas of what is told of discounts, prices, demand, and what goes together."""

from collections.abc import Mapping
from dataclasses import replace

from saleslake_processor.why.formulas.sales import CATEGORY, PRODUCT
from saleslake_processor.why.formulas.way import COMPANY, SUM, Way, every

_OF_MONTH = ("company", "month", "product_key")
_OF_CATEGORY = ("company", "month", "category_key")

PRODUCT_IN_MONTHS = Way(within=("company", "product_key"), spans=True)
"""A product has a row for each month since its first sale until the company's last."""


def _until(formula: str, *of: str, adds: tuple[str, ...] = ()) -> Way:
    return replace(PRODUCT_IN_MONTHS, formula=formula, of=of, adds=adds)


_OF_ACCURACY = "customers of the months held out"

PRODUCTS: dict[str, Mapping[str, Way]] = {
    "discount_impact": {
        "category": CATEGORY,
        "band": Way("name of the band", None, ("discount_band",)),
        "is_inferred": Way("discount_amount > 0 and no promotion", None, ("discount_amount", "promotion")),
        "discount_rate": Way("discount_amount / gross_amount", None, ("discount_amount", "gross_amount")),
        "return_rate": Way("returned_units / units", None, ("returned_units", "units")),
        "margin_rate": Way(
            "margin_amount / (net_amount - uncosted_amount)",
            None,
            ("margin_amount", "net_amount", "uncosted_amount"),
        ),
        "margin_lost_amount": Way(
            "discount_amount where uncosted_amount is 0", None, ("discount_amount", "uncosted_amount")
        ),
        "break_even_rate": Way(
            "margin_lost_amount / (margin_amount + margin_lost_amount)",
            None,
            ("margin_lost_amount", "margin_amount"),
        ),
    },
    "price_volume_mix": {
        "category": replace(CATEGORY, within=COMPANY),
        "is_complete": Way("whether the month is over by as_of", COMPANY),
        "previous_net_amount": Way(f"{SUM} of the month of the basis", COMPANY),
        "net_amount": Way(f"{SUM} of the month", COMPANY, adds=_OF_CATEGORY),
        "change_amount": Way(
            "net_amount - previous_net_amount", COMPANY, ("net_amount", "previous_net_amount")
        ),
        "price_effect_amount": Way("N1 - sum of u1 * n0 / u0, of products that stay", COMPANY),
        "volume_effect_amount": Way("N0 * U1 / U0 - N0, of products that stay", COMPANY),
        "mix_effect_amount": Way(
            "sum of u1 * n0 / u0 - N0 * U1 / U0, of products that stay",
            COMPANY,
            (
                *("change_amount", "price_effect_amount", "volume_effect_amount"),
                *("new_products_amount", "lost_products_amount"),
            ),
        ),
        "new_products_amount": Way("n1 - n0 of products without units in the basis", COMPANY),
        "lost_products_amount": Way("n1 - n0 of products without units in the month", COMPANY),
    },
    "product_demand": {
        **{name: replace(how, within=PRODUCT_IN_MONTHS.within, spans=True) for name, how in PRODUCT.items()},
        "is_complete": _until("whether the month is over by as_of"),
        "demand_class": _until(
            "by months_since_first, months_since_sale, trend_rate and trend_fit_rate: docs/figures.md",
            *("months_since_first", "months_since_sale", "trend_rate", "trend_fit_rate"),
        ),
        "trend_rate": _until("slope of the units of 12 months by least squares / their mean"),
        "trend_fit_rate": _until("R squared of that line"),
        "abc_class": Way(
            "by the trailing net of those ranked before it, of all: below 80 % A, 95 % B",
            COMPANY,
            ("trailing_net_amount",),
        ),
        "trailing_net_amount": _until("sum of net_amount of the month and the 11 before"),
        "months_since_first": _until("months since the first sale or return"),
        "months_since_sale": _until("months since the last one with units sold"),
        "return_rate": _until("returned_units / units", "returned_units", "units"),
        **{
            name: _until(f"{SUM} of the month", adds=_OF_MONTH)
            for name in (
                *("units", "returned_units", "net_amount"),
                *("cost_amount", "margin_amount", "uncosted_amount"),
            )
        },
    },
    "product_affinity": {
        **every("product other_product", "name in dim_product", COMPANY),
        "rank": Way(
            "place by affinity_rate, then both_orders, among the pairs of the product",
            COMPANY,
            ("affinity_rate", "both_orders"),
        ),
        "orders": Way("number of orders of 36 months with 1 to 100 known products", COMPANY),
        "product_orders": Way("number of these with the product", COMPANY),
        "other_orders": Way("number of these with the other product", COMPANY),
        "both_orders": Way("number of these with both", COMPANY),
        "support_rate": Way("both_orders / orders", COMPANY, ("both_orders", "orders")),
        "confidence_rate": Way("both_orders / product_orders", COMPANY, ("both_orders", "product_orders")),
        "lift_rate": Way(
            "both_orders * orders / (product_orders * other_orders)",
            COMPANY,
            ("both_orders", "orders", "product_orders", "other_orders"),
        ),
        "affinity_rate": Way(
            "both_orders / square root of (product_orders * other_orders)",
            COMPANY,
            ("both_orders", "product_orders", "other_orders"),
        ),
    },
    "recommendation_accuracy": {
        "held_out_from": Way("as_of - 3 months", COMPANY, ("held_out_until",)),
        "held_out_until": Way("as_of", COMPANY),
        "offered": Way("5", COMPANY),
        "customers": Way(f"number of {_OF_ACCURACY} who bought what was new to them", COMPANY),
        "hits": Way("number of these who bought a product that they were offered", COMPANY),
        "hit_rate": Way("hits / customers", COMPANY, ("hits", "customers")),
        "is_used": Way("whether item_item has more hits, or is not this method", COMPANY, ("hits",)),
    },
    "customer_recommendations": {
        "product_key": Way("by score_rate, then popularity, what the customer has not bought", COMPANY),
        "product": Way("name in dim_product", COMPANY, ("product_key",)),
        "method": Way("item_item where a pair says it, else popularity", COMPANY),
        "score_rate": Way("sum of confidence_rate over pairs from what the customer bought", COMPANY),
        "because_of_key": Way("product of the customer's with the highest confidence_rate to it", COMPANY),
        "because_of": Way("name in dim_product", COMPANY, ("because_of_key",)),
    },
}
