"""Whom to thank, and who slips away."""

from collections.abc import Iterator
from decimal import Decimal

from saleslake_processor.contracts.customers import (
    AT_RISK,
    CHAMPIONS,
    HIBERNATING,
    LOST,
    LOYAL,
    NOT_TO_LOSE,
    SLEEPY,
)
from saleslake_processor.marts.commentary.finding import Finding
from saleslake_processor.marts.commentary.printed import count, money, name, word, year
from saleslake_processor.marts.commentary.told import Told, cell

PART = Decimal("0.005")
"""Part of a year's net that customers must be worth to be told of."""

GOOD, GONE = (CHAMPIONS, LOYAL), (NOT_TO_LOSE, AT_RISK, SLEEPY, HIBERNATING, LOST)

_LEAST = 5
"""Customers that must have gone the same way."""

_THREE = 3


def to_thank(told: Told) -> Iterator[Finding]:
    """The first three of the loyalty list."""
    rows = [row for row in told.known("customer_analysis", "customer_key") if row["loyalty_rank"]]
    rows = sorted(rows, key=lambda row: int(row["loyalty_rank"]))[:_THREE]
    stake = sum((row["net_amount"] for row in rows), Decimal(0)) * 12 / told.months
    if len(rows) < _THREE or stake < told.yearly * PART:
        return
    figures = {}
    for number, row in enumerate(rows):
        figures[f"customer_{number}"] = cell("customer_analysis", row, "customer", name)
        figures[f"net_{number}"] = cell("customer_analysis", row, "net_amount", money)
    listed = [f"{{customer_{number}}} ({{net_{number}}})" for number in range(_THREE)]
    yield Finding(
        "loyalty_list",
        "customers",
        stake,
        figures,
        en=f"First on the loyalty list, by net of all time, are the customers {listed[0]}, {listed[1]} and "
        f"{listed[2]}: thank them.",
        fr="En tête de la liste de fidélité, selon le chiffre d'affaires net cumulé, les clients "
        f"{listed[0]}, {listed[1]} et {listed[2]} : à remercier.",
    )


def slipping(told: Told) -> Iterator[Finding]:
    """The dearest customer who has not come for long, where one alone is worth it."""
    rows = [
        row
        for row in told.known("customer_analysis", "customer_key")
        if row["segment"] in (NOT_TO_LOSE, AT_RISK)
        and row["net_amount"] * 12 / told.months >= told.yearly * PART
    ]
    for row in sorted(rows, key=lambda row: (-row["net_amount"], row["customer_key"]))[:1]:
        yield Finding(
            "customer_slips_away",
            "customers",
            row["net_amount"] * 12 / told.months,
            {
                "customer": cell("customer_analysis", row, "customer", name),
                "net": cell("customer_analysis", row, "net_amount", money),
                "orders": cell("customer_analysis", row, "orders", count),
                "days": cell("customer_analysis", row, "recency_days", count),
            },
            en="{customer}, who bought {net} in {orders} orders, has not ordered for {days} days.",
            fr="Le client {customer}, qui a acheté pour {net} en {orders} commandes, n'a pas commandé depuis "
            "{days} jours.",
        )


def migrating(told: Told) -> Iterator[Finding]:
    """The largest way from a good segment to one of those who do not come any more."""
    rows = [
        row
        for row in told.rows["segment_migration"]
        if row["from_segment"] in GOOD and row["to_segment"] in GONE and row["customers"] >= _LEAST
    ]
    every = told.kpi("customers", "rolling_12_months")
    if not rows or every is None or not every["value"]:
        return
    row = max(rows, key=lambda row: (row["customers"], row["from_segment"], row["to_segment"]))
    stake = row["customers"] * told.yearly / every["value"]
    if stake < told.yearly * PART:
        return
    yield Finding(
        "segment_slips_away",
        "customers",
        stake,
        {
            "customers": cell("segment_migration", row, "customers", count),
            "from": cell("segment_migration", row, "from_segment", word),
            "to": cell("segment_migration", row, "to_segment", word),
            "year": cell("segment_migration", row, "year", year),
            "net": cell("segment_migration", row, "net_amount", money),
        },
        en="{customers} customers who began {year} as “{from}” are now “{to}”; they have bought {net} since.",
        fr="{customers} clients classés « {from} » au début de {year} le sont désormais « {to} » ; "
        "ils ont acheté "
        "pour {net} depuis.",
    )
