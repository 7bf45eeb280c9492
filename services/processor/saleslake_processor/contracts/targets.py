"""Targets, and what came of them."""

import dataframely as dy

from saleslake_processor.contracts import columns as c
from saleslake_processor.contracts.kpis import UNITS

LEVELS = ("company", "salesperson", "team", "store", "category")


class FactTargets(dy.Schema):
    """One row per company, month, figure and member for which people set a target: one that is not reached,
    or whose month is still to come, too."""

    company = c.text("whose target", primary=True)
    month = c.day("first day of the month", primary=True)
    kpi = dy.String(
        primary_key=True, check=lambda column: column.is_in(UNITS), description="the figure: a kpi (kpis)"
    )
    level = dy.String(
        primary_key=True,
        check=lambda column: column.is_in(LEVELS),
        description="whether it is the target of the company, or of one salesperson, team, store or "
        "topmost category",
    )
    member_id = c.text("natural id of that member; empty: of the company", primary=True)
    salesperson_key = c.key("the salesperson (dim_salesperson); 0 where it is of none, or not known")
    store_key = c.key("the store (dim_store); 0 where it is of none, or not known")
    category_key = c.key("the category (sales_daily); 0 where it is of none, or not known")
    team = c.text("name of the team; null where it is of none")
    target_value = c.money("what is aimed at", required=True)
    actual_value = c.money("what came of it by now; null where the company tells nothing of the month yet")
    attainment_rate = c.rate(
        "actual as part of the target, above 1 where it is passed; null where that is 0 or less"
    )
    is_complete = dy.Bool(nullable=False, description="whether the month is over by as_of")
    author = c.text("who set it", required=True)
    stated_on = c.day("day on which it was set", required=True)
    reason = c.text("why, in words", required=True)
