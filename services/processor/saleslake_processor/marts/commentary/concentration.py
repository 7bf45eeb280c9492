"""How much of the net hangs on one product, customer, region or salesperson."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from saleslake_processor.marts.commentary.finding import Finding
from saleslake_processor.marts.commentary.printed import money, month, name, percent, year
from saleslake_processor.marts.commentary.told import Told, cell

PRODUCT, CUSTOMER = Decimal("0.1"), Decimal("0.1")
"""Part of a year's net from which one product, or customer, is told of."""

REGION, PERSON = 0.4, 0.3
"""Part of the month's net from which one region, or salesperson, is told of."""

_OTHERS = 4
"""Products, regions or people that there must be besides the first."""


def of_product(told: Told) -> Iterator[Finding]:
    """The first product of the last 12 months."""
    rows = told.known("product_demand", "product_key")
    year_net = told.kpi("net_sales", "rolling_12_months")
    if year_net is None or len(rows) <= _OTHERS:
        return
    first = max(rows, key=lambda row: (row["trailing_net_amount"], -row["product_key"]))
    above = first["trailing_net_amount"] - PRODUCT * year_net["value"]
    if above >= 0:
        yield Finding(
            "product_concentration",
            "concentration",
            above,
            {
                "product": cell("product_demand", first, "product", name),
                "net": cell("product_demand", first, "trailing_net_amount", money),
                "every": cell("kpis", year_net, "value", money),
                "month": cell("kpis", year_net, "period", month),
            },
            en="{product} alone brought {net} of the {every} of net sales in the twelve months to {month}.",
            fr="Le produit {product} représente à lui seul {net} des {every} de chiffre d'affaires "
            "net des douze "
            "mois jusqu'à fin {month}.",
        )


def of_customer(told: Told) -> Iterator[Finding]:
    """The first customer of the last calendar year that is over."""
    for row in sorted(told.rows["rfm_history"], key=lambda row: int(row["customer_key"]))[:1]:
        whole = told.kpi("net_sales", "year_to_date", date(row["year"], 12, 1))
        named = [
            each for each in told.rows["customer_analysis"] if each["customer_key"] == row["customer_key"]
        ]
        if whole is None or not named or row["net_amount"] < CUSTOMER * whole["value"]:
            continue
        yield Finding(
            "customer_concentration",
            "concentration",
            row["net_amount"] - CUSTOMER * whole["value"],
            {
                "customer": cell("customer_analysis", named[0], "customer", name),
                "net": cell("rfm_history", row, "net_amount", money),
                "every": cell("kpis", whole, "value", money),
                "year": cell("rfm_history", row, "year", year),
            },
            en="{customer} alone bought {net} of the {every} of net sales in {year}.",
            fr="Le client {customer} représente à lui seul {net} des {every} de chiffre d'affaires "
            "net de {year}.",
        )


def of_region_and_person(told: Told) -> Iterator[Finding]:
    """The first region and the first salesperson of the month."""
    kinds = (
        ("sales_by_region", "region", REGION, "la région {name} représente à elle seule"),
        ("sales_by_salesperson", "salesperson", PERSON, "{name} a réalisé"),
    )
    for table, kind, least, fr in kinds:
        rows = [row for row in told.known(table, f"{kind}_key") if row["month"] == told.period]
        if len(rows) <= _OTHERS:
            continue
        first = max(rows, key=lambda row: (row["net_amount"], -row[f"{kind}_key"]))
        if first["share_rate"] is None or first["share_rate"] < least:
            continue
        yield Finding(
            f"{kind}_concentration",
            "concentration",
            first["net_amount"] * (1 - Decimal(str(least / first["share_rate"]))),
            {
                "name": cell(table, first, kind, name),
                "month": cell(table, first, "month", month),
                "share": cell(table, first, "share_rate", percent),
                "net": cell(table, first, "net_amount", money),
            },
            en="{share} of the net sales of {month} came from {name} alone ({net}).",
            fr=f"En {{month}}, {fr} {{share}} du chiffre d'affaires net ({{net}}).",
        )
