"""How columns of gold come about: what a value is worked out of, and of which facts.

A table that adds up orders needs little here: the columns of its key choose the facts of a row, and what it
measures is their sum. What is no such sum declares its formula, and the columns of the row within which all
facts have to be known to work it out (`formulas`).
"""

from collections.abc import Mapping

from saleslake_processor.contracts.marts import Measures
from saleslake_processor.derive.touched import KEPT
from saleslake_processor.marts.mart import Mart
from saleslake_processor.why.formulas.customers import CUSTOMER_IN_YEARS, CUSTOMERS
from saleslake_processor.why.formulas.facts import FACTS
from saleslake_processor.why.formulas.forecasts import FORECASTS, LEARNT
from saleslake_processor.why.formulas.members import MEMBERS
from saleslake_processor.why.formulas.operations import OPERATIONS
from saleslake_processor.why.formulas.products import PRODUCT_IN_MONTHS, PRODUCTS
from saleslake_processor.why.formulas.sales import MEASURES, SALES
from saleslake_processor.why.formulas.stock import STOCK
from saleslake_processor.why.formulas.team import OPPORTUNITIES, TEAM
from saleslake_processor.why.formulas.way import COMPANY, Way

BY = (
    *("company", "date", "month", "order_line_key", "return_key", "product_key", "category_key", "store_key"),
    *("place_key", "region_key", "salesperson_key", "customer_key", "promotion", "discount_band"),
)
"""Columns by which facts are chosen, and added up (`derive.sums.contributions`)."""

WAYS: dict[str, Mapping[str, Way]] = {
    **MEMBERS,
    **FACTS,
    **SALES,
    **CUSTOMERS,
    **PRODUCTS,
    **TEAM,
    **OPERATIONS,
    **FORECASTS,
    **STOCK,
}
"""By table and column; keys and measures apart."""

ROWS: dict[str, Way] = {
    "rfm_history": CUSTOMER_IN_YEARS,
    "product_demand": PRODUCT_IN_MONTHS,
    "opportunity_funnel": OPPORTUNITIES,
    **dict.fromkeys((*FORECASTS, "customer_accuracy", "customer_clusters"), LEARNT),
    **dict.fromkeys(
        (
            *(
                "fact_targets",
                "segment_migration",
                "cohort_retention",
                "price_volume_mix",
                "product_affinity",
                "sales_anomalies",
                "commentary",
                "reorder_plan",
            ),
            *("recommendation_accuracy", "customer_recommendations", "team_profile", "team_performance"),
        ),
        Way(within=COMPANY),
    ),
}
"""How rows come to be there, and with them their keys, where the facts that a key chooses do not tell it."""


def way(mart: Mart, column: str) -> Way:
    """How a column of a table comes about."""
    declared = WAYS.get(mart.name, {}).get(column)
    if declared is not None:
        return declared
    if issubclass(mart.contract, Measures) and column in MEASURES:
        return MEASURES[column]
    return ROWS.get(mart.name, Way())


def member_of(mart: Mart) -> str:
    """The entity of which each row of the table is a row; "" of tables of facts, sums and runs."""
    [first, *others] = mart.contract.primary_key()
    entity = first.removesuffix("_key")
    is_one = not others and entity in KEPT and f"current/{entity}" in mart.inputs
    return entity if is_one else ""


def choosing(mart: Mart, column: str) -> tuple[str, ...]:
    """The columns of a row that choose the facts that its column is made of."""
    within = way(mart, column).within
    if within is not None:
        return within
    return tuple(name for name in mart.contract.primary_key() if name in BY)


def adding(mart: Mart, column: str) -> tuple[str, ...]:
    """The columns of a row that choose the order lines and returns of which its column is the sum; none of
    them where it is no sum."""
    if issubclass(mart.contract, Measures) and column in Measures.column_names():
        return choosing(mart, column)
    return way(mart, column).adds
