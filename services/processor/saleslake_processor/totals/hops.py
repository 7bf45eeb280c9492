"""The hops of a publication at which rows and money are counted, as data."""

from collections.abc import Mapping

import polars as pl

from saleslake_processor.derive.sums import AMOUNTS, SUMS
from saleslake_processor.marts.graph import MARTS
from saleslake_processor.totals.tie import Hop

Frames = Mapping[str, pl.LazyFrame]

FACTS = "facts"
ORDERS, ORDERS_BY_MONTH = "orders of facts", "orders of facts by month"

ADDITIVE = {
    "sales_daily": "date_store_category",
    "sales_by_product": "month_product",
    "sales_by_store": "month_store",
    "sales_by_region": "month_region",
    "sales_by_salesperson": "month_salesperson",
    "customer_analysis": "customer",
    "discount_impact": "month_discount",
}
"""The sums that a mart shows, cell by cell, by the mart."""

TEAM = {"opportunity": "opportunity_amount", "booking": "booked_amount"}
"""Entities that are a fact row by row, and the amount of theirs that may lack an exchange rate."""

_MARTS = {mart.name: mart for mart in MARTS}
_SHOWN = ("lines", "orders", *AMOUNTS)
_NET = "net_amount"


def files_of(table: str) -> str:
    """Name of the frame that was read back of a table's files."""
    return f"files of {table}"


def _period(columns: list[str]) -> tuple[str, ...]:
    return ("company", "month") if {"month", "date"} & {*columns} else ("company",)


def _net(columns: list[str]) -> tuple[str, ...]:
    return ("rows", _NET) if _NET in columns else ("rows",)


FACTS_TO_SUMS = tuple(
    Hop(FACTS, f"sums/{name}", _period(grain), ("rows", "counted", "lines", *AMOUNTS), tuple(grain))
    for name, grain in SUMS.items()
)
ORDERS_TO_SUMS = (
    Hop(ORDERS, "sums/company", ("company",), ("orders",)),
    Hop(ORDERS_BY_MONTH, "sums/month", ("company", "month"), ("orders",)),
)
"""Distinct orders of other cells do not add up to anything that facts tell without building all sums anew."""
SUMS_TO_MARTS = tuple(
    Hop(f"counted sums/{sums}", mart, _period(SUMS[sums]), _SHOWN, tuple(SUMS[sums]))
    for mart, sums in ADDITIVE.items()
)
TEAM_TO_FACTS = tuple(
    Hop(f"current/{entity}", _MARTS[fact].name, ("company",), ("rows", "amounts"))
    for entity, fact in (("opportunity", "fact_opportunities"), ("booking", "fact_bookings"))
)
TO_FILES = tuple(Hop(name, files_of(name), ("company",), _net(mart.columns)) for name, mart in _MARTS.items())

HOPS = (*FACTS_TO_SUMS, *ORDERS_TO_SUMS, *SUMS_TO_MARTS, *TEAM_TO_FACTS, *TO_FILES)
