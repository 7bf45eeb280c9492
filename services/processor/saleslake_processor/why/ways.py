"""How columns of gold come about, declared: what a value is worked out of, and of which facts.

A table that adds up orders needs nothing here: the columns of its key choose the facts of a row, and what it
measures is their sum. Declared is what is no such sum: its formula, and the columns of the row within which
all facts have to be known to work it out.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from saleslake_processor.contracts.marts import Measures
from saleslake_processor.derive.touched import KEPT
from saleslake_processor.marts.graph import Mart

COMPANY = ("company",)
MONTH = ("company", "month")
NOTHING = ()

BY = (
    *("company", "date", "month", "order_line_key", "return_key", "product_key", "category_key", "store_key"),
    *("place_key", "region_key", "salesperson_key", "customer_key", "promotion", "discount_band"),
)
"""Columns by which facts are chosen, and added up (`derive.sums.contributions`)."""


@dataclass(frozen=True)
class Way:
    """How a column comes about."""

    formula: str = ""
    within: tuple[str, ...] | None = None
    """Columns of the row that choose the facts; none of them: facts do not matter. None: those of its key."""
    of: tuple[str, ...] = ()
    """Columns of the same row that it is worked out of."""
    over: str = ""
    """Column that is added up over all rows of the table `within`."""
    rows_of: str = ""
    """Entity of which all rows of the company are counted, or added up."""


def _all(
    names: str, formula: str, within: tuple[str, ...] | None = None, rows_of: str = ""
) -> dict[str, Way]:
    return dict.fromkeys(names.split(), Way(formula, within, rows_of=rows_of))


_SUM = "sum over order lines and returns"

_SHARE = Way(
    "net_amount / net_amount of all rows of the company's month", MONTH, ("net_amount",), "net_amount"
)

_MEASURES: dict[str, Way] = {
    **_all(" ".join(Measures.column_names()), _SUM),
    "lines": Way("number of order lines that are not cancelled"),
    "orders": Way("number of distinct orders with such a line"),
    "discount_amount": Way(f"{_SUM}; gross - sales"),
    "sales_amount": Way(f"{_SUM}; gross - discount"),
    "net_amount": Way(f"{_SUM}; sales - returned"),
    "margin_amount": Way(f"{_SUM}; net - cost where the cost is known"),
    "total_amount": Way(f"{_SUM}; sales + tax + freight"),
}

_CONVERTED = "at the rate of the business date, rounded to the source's places"

WAYS: dict[str, Mapping[str, Way]] = {
    "fact_sales": {
        "gross_amount": Way(f"quantity * unit price / (1 + tax where prices include it), {_CONVERTED}"),
        "discount_amount": Way("gross * discount rate, or the discount amount; else gross - sales", None),
        "sales_amount": Way(
            "gross - discount, fitted to the order's subtotal", None, ("gross_amount", "discount_amount")
        ),
        "returned_quantity": Way("sum of `quantity` in fact_returns of the line"),
        "returned_amount": Way("sum of `refunded_amount` in fact_returns of the line"),
        "net_amount": Way("sales - returned", None, ("sales_amount", "returned_amount")),
        "sales_cost_amount": Way("the line's own; else sales - profit; else quantity * unit cost"),
        "cost_amount": Way("cost of the sale less that of what came back", None, ("sales_cost_amount",)),
        "margin_amount": Way(
            "net - cost; null where the cost is unknown", None, ("net_amount", "cost_amount")
        ),
        "uncosted_amount": Way("net where the cost is unknown, else 0", None, ("net_amount",)),
        "tax_amount": Way("the line's or the order's own; else what is paid - sales, or sales * rate"),
        "freight_amount": Way("the line's own, else its share of the order's by largest remainder"),
        "total_amount": Way("sales + tax + freight", None, ("sales_amount", "tax_amount", "freight_amount")),
        "unit_price": Way("gross / quantity"),
        "ship_days": Way("ship date - order date", None, ("ship_date", "order_date")),
        "place_key": Way("ship-to, else of the store, else of the customer"),
    },
    "fact_returns": {
        "quantity": Way("what the return says, as far as the line has it; else all that is left"),
        "refunded_amount": Way(
            "the return's own amount or price; else its part of the sale by units; else list price"
        ),
        "cost_amount": Way("the sale's cost * units back / units sold; else quantity * unit cost"),
    },
    "fact_opportunities": {
        "cycle_days": Way(
            "close date - engage date, else - attribution date", None, ("close_date", "engage_date")
        ),
        "opportunity_amount": Way(
            "original amount * exchange rate", None, ("original_opportunity_amount", "exchange_rate")
        ),
    },
    "fact_bookings": {
        "booked_amount": Way(
            "original amount * exchange rate", None, ("original_booked_amount", "exchange_rate")
        ),
    },
    "sales_by_product": {
        "share_rate": _SHARE,
        "rank": Way("place by net_amount within the company's month", MONTH, ("net_amount",)),
        "abc_class": Way(
            "by the net of those ranked before it, of all: below 80 % A, 95 % B",
            MONTH,
            ("rank",),
            "net_amount",
        ),
    },
    "sales_by_store": {"share_rate": _SHARE},
    "sales_by_region": {
        "share_rate": _SHARE,
        "customers": Way("number of distinct known customers with an order line"),
    },
    "kpis": {
        "value": Way("by kpi, over the days of the period: docs/figures.md", COMPANY),
        "previous": Way("value of the period before; to date of the year before", COMPANY),
        "year_before": Way("value of the same period a year before", COMPANY),
        "previous_change_rate": Way("(value - previous) / previous", COMPANY, ("value", "previous")),
        "year_before_change_rate": Way(
            "(value - year_before) / year_before", COMPANY, ("value", "year_before")
        ),
        "is_complete": Way("whether the period is over by as_of", COMPANY),
    },
    "refresh_info": {
        **_all("lines orders customers", "number of distinct ones of all time", COMPANY),
        **_all("first_date last_date", "first or last day with a sale or a return", COMPANY),
        "as_of": Way("the day after last_date", COMPANY, ("last_date",)),
        "closed_month": Way("last month that ends before as_of", COMPANY, ("as_of", "first_date")),
        **_all(
            "sales_amount net_amount returned_amount refunded_amount margin_amount uncosted_amount "
            "total_amount",
            f"{_SUM} of all time",
            COMPANY,
        ),
        **_all(
            "opportunities unrated_opportunities", "number of opportunities", NOTHING, rows_of="opportunity"
        ),
        "signed_amount": Way("sum over signed opportunities", NOTHING, rows_of="opportunity"),
        **_all("bookings unrated_bookings", "number of bookings", NOTHING, rows_of="booking"),
        "booked_amount": Way("sum over bookings", NOTHING, rows_of="booking"),
        **_all("batches sources first_batch last_batch quarantined held", "of the ledger's entries", NOTHING),
        "waiting": Way("number of rows without a day or a rate", COMPANY),
        "restated": Way("number of rows of `restatements` of this snapshot", NOTHING),
        **_all("snapshot published_on published_at schema_version", "what the manifest says", NOTHING),
    },
    "batch_ledger": {
        "seen": Way("rows of the raw table in the batch, read again"),
        **_all("ignored quarantined dropped held", "rows staged again by the profile"),
        **_all(
            "new updated unchanged superseded duplicate deleted missing", "rows of the log by what they did"
        ),
        "waiting": Way("rows derived again that lack a day or a rate"),
        **_all(
            "said_amount kept_amount superseded_amount refused_amount", "what these rows say they are worth"
        ),
    },
    "data_quality": {
        **_all("rows dropped said_amount", "rows found again, by check"),
    },
    "restatements": {
        "old_value": Way("the month added up of what counted before the run"),
        "new_value": Way("the month added up of what counted after the run"),
        "difference": Way("new_value - old_value", None, ("new_value", "old_value")),
    },
    "run_results": {
        "value": Way("added up of what counted after the run"),
        "change": Way("value - previous", None, ("value", "previous")),
    },
}
"""By table and column; what is not here comes as it is from the row's facts, or its member's last version."""


OF_COMPANY = frozenset(
    {
        *("customer_analysis", "rfm_history", "segment_migration", "cohort_retention"),
        *("discount_impact", "price_volume_mix", "product_demand"),
        *("product_affinity", "recommendation_accuracy", "customer_recommendations"),
        *("sales_by_salesperson", "opportunity_funnel", "team_profile", "team_performance"),
    }
)
"""Tables whose columns, but for sums, are worked out of all that the company has."""

OF_ALL = Way("of all that the company has: docs/figures.md", COMPANY)


def way(mart: Mart, column: str) -> Way:
    """How a column of a table comes about."""
    declared = WAYS.get(mart.name, {}).get(column)
    if declared is not None:
        return declared
    if issubclass(mart.contract, Measures) and column in _MEASURES:
        return _MEASURES[column]
    return OF_ALL if mart.name in OF_COMPANY else Way()


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


def is_sum(mart: Mart, column: str) -> bool:
    """Whether a value is the sum of what order lines and returns give."""
    return issubclass(mart.contract, Measures) and column in Measures.column_names()
