"""Formulas of what is added up by grain, and of the figures by period."""

from collections.abc import Mapping

from saleslake_processor.contracts.marts import Measures
from saleslake_processor.why.formulas.way import COMPANY, MONTH, NOTHING, SUM, Way, every

SHARE = Way(
    "net_amount / net_amount of all rows of the company's month", MONTH, ("net_amount",), "net_amount"
)

CATEGORY = Way("name of the category, as its last version says it")
PRODUCT = {"product": Way("name in dim_product"), "category": Way("name of its topmost category")}

MEASURES: dict[str, Way] = {
    **every(" ".join(Measures.column_names()), SUM),
    "lines": Way("number of order lines that are not cancelled"),
    "orders": Way("number of distinct orders with such a line"),
    "discount_amount": Way(f"{SUM}; gross - sales"),
    "sales_amount": Way(f"{SUM}; gross - discount"),
    "net_amount": Way(f"{SUM}; sales - returned"),
    "margin_amount": Way(f"{SUM}; net - cost where the cost is known"),
    "total_amount": Way(f"{SUM}; sales + tax + freight"),
}

SALES: dict[str, Mapping[str, Way]] = {
    "sales_daily": {"category": CATEGORY},
    "sales_by_product": {
        **PRODUCT,
        "share_rate": SHARE,
        "rank": Way("place by net_amount within the company's month", MONTH, ("net_amount",)),
        "abc_class": Way(
            "by the net of those ranked before it, of all: below 80 % A, 95 % B",
            MONTH,
            ("rank",),
            "net_amount",
        ),
    },
    "sales_by_store": {"store": Way("name in dim_store"), "share_rate": SHARE},
    "sales_by_region": {
        **every("region country", "of the places of the region, as their last versions say it"),
        "share_rate": SHARE,
        "customers": Way("number of distinct known customers with an order line"),
    },
    "kpis": {
        "unit": Way("by kpi: docs/figures.md"),
        "value": Way("by kpi, over the days of the period: docs/figures.md", COMPANY),
        "previous": Way("value of the period before; to date of the year before", COMPANY),
        "year_before": Way("value of the same period a year before", COMPANY),
        "previous_change_rate": Way("(value - previous) / previous", COMPANY, ("value", "previous")),
        "year_before_change_rate": Way(
            "(value - year_before) / year_before", COMPANY, ("value", "year_before")
        ),
        "target": Way("reference/targets.csv; the sum of the months' in longer periods", COMPANY),
        "attainment_rate": Way("value / target", COMPANY, ("value", "target")),
        "is_complete": Way("whether the period is over by as_of", COMPANY),
    },
    "fact_targets": {
        **every(
            "target_value author stated_on reason", "what the line of reference/targets.csv says", NOTHING
        ),
        **every(
            "salesperson_key store_key category_key", "key of the member, where it is a known one", COMPANY
        ),
        "team": Way("name of the member, where it is a team", COMPANY),
        "actual_value": Way("the figure of the month and member: docs/figures.md", COMPANY),
        "attainment_rate": Way("actual_value / target_value", COMPANY, ("actual_value", "target_value")),
        "is_complete": Way("whether the month is over by as_of", COMPANY),
    },
    "sales_anomalies": {
        "expected_amount": Way("median net of the same weekday in the weeks around the day", COMPANY),
        "difference_amount": Way("net_amount - expected_amount", COMPANY, ("net_amount", "expected_amount")),
        "score_rate": Way("modified z-score of net against expected: docs/figures.md", COMPANY),
        "direction": Way("the sign of the score", COMPANY, ("score_rate",)),
        "net_amount": Way("net_sales of the day in kpis", COMPANY),
    },
    "commentary": {
        **every(
            "finding topic sentence shown table_name key column_name",
            "what docs/figures.md says of the finding",
            COMPANY,
        ),
        "value_text": Way("the cell that table_name, key and column_name say", COMPANY),
    },
}
