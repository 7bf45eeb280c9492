"""What comes back, and which discounts cost more than they bring."""

from collections.abc import Iterator
from decimal import Decimal

from saleslake_processor.marts.commentary.finding import Finding, Row
from saleslake_processor.marts.commentary.printed import count, money, month, name, percent, word
from saleslake_processor.marts.commentary.told import Told, cell

OFTEN = 0.1
"""Part of a product's units that must have come back."""

TIMES = 2
"""How many times the company's own rate that must be."""

PART = "0.001"
"""Part of the net of a year that came back, or was let off."""

DEAR = 0.5
"""Break-even rate from which a discount is told of: half of the units must be sold only because of it."""

HOPELESS = 1.0
"""Break-even rate from which no volume makes up for the discount."""

_FEW = 2
_UNITS = 10
"""Units that a product must have sold in the month."""


def of_returns(told: Told) -> Iterator[Finding]:
    """Products of which much came back in the month, worth enough."""
    usual = told.kpi("return_rate", "rolling_12_months")
    if usual is None:
        return
    least = max(OFTEN, TIMES * float(usual["value"]))
    rows = [
        row
        for row in told.known("product_demand", "product_key")
        if row["units"] >= _UNITS and row["return_rate"] >= least and _came_back(row) >= told.part(PART)
    ]
    rows.sort(key=lambda row: (-_came_back(row), row["product"], row["product_key"]))
    for row in rows[:_FEW]:
        yield Finding(
            "product_comes_back",
            "returns",
            _came_back(row),
            {
                "product": cell("product_demand", row, "product", name),
                "month": cell("product_demand", row, "month", month),
                "returned": cell("product_demand", row, "returned_units", count),
                "units": cell("product_demand", row, "units", count),
                "rate": cell("product_demand", row, "return_rate", percent),
                "usual": cell("kpis", usual, "value", percent),
            },
            en="{returned} of {units} units of {product} sold in {month} came back ({rate}); of all "
            "products it "
            "was {usual} in the twelve months.",
            fr="{returned} des {units} unités du produit {product} vendues en {month} sont revenues "
            "({rate}) ; "
            "tous produits confondus, le taux est de {usual} sur douze mois.",
        )


def of_discounts(told: Told) -> Iterator[Finding]:
    """Discounts of the month that pay only if most of their units would not have been sold without them."""
    rows = [
        row
        for row in told.rows["discount_impact"]
        if row["break_even_rate"] is not None
        and row["break_even_rate"] >= DEAR
        and row["margin_lost_amount"] >= told.part(PART)
    ]
    rows.sort(
        key=lambda row: (-row["margin_lost_amount"], row["category"], row["discount_band"], row["promotion"])
    )
    for row in rows[:_FEW]:
        figures = {
            "category": cell("discount_impact", row, "category", name),
            "month": cell("discount_impact", row, "month", month),
            "band": cell("discount_impact", row, "band", word),
            "lost": cell("discount_impact", row, "margin_lost_amount", money),
            "margin": cell("discount_impact", row, "margin_amount", money),
        }
        hopeless = row["break_even_rate"] >= HOPELESS
        if not hopeless:
            figures["even"] = cell("discount_impact", row, "break_even_rate", percent)
        inferred = row["is_inferred"]
        yield Finding(
            "discount_cannot_pay" if hopeless else "discount_costs_much",
            "discounts",
            row["margin_lost_amount"],
            figures,
            en="In {month}, {lost} was let off on {category} sold at discounts {band}"
            + (", inferred from the lines," if inferred else "")
            + " and left a margin of {margin}: "
            + (
                "at that price, no volume makes up for it."
                if hopeless
                else "it pays only if {even} of the units were sold because of it."
            ),
            fr="En {month}, les remises {band} sur la catégorie {category}"
            + (", déduites des lignes de commande," if inferred else "")
            + " ont coûté {lost} et laissé une marge de {margin} : "
            + (
                "à ce prix, aucun volume ne les compense."
                if hopeless
                else "elles ne sont rentables que si {even} des unités ont été vendues grâce à elles."
            ),
        )


def _came_back(row: Row) -> Decimal:
    """What the units that came back were worth, at the net of those that stayed."""
    stayed: Decimal = row["units"] - row["returned_units"]
    return Decimal(row["returned_units"] * row["net_amount"] / stayed) if stayed > 0 else Decimal(0)
