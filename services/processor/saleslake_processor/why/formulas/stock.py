"""Formulas of the reorder plan: of what is expected, no order line alone says it."""

from collections.abc import Mapping

from saleslake_processor.why.formulas.way import COMPANY, Way, every

_COUNT = "of the last count, in fact_stock"


def _planned(formula: str, *of: str) -> Way:
    """Of the counts and sales of the company, and of the forecasts that hold."""
    return Way(formula, COMPANY, of)


STOCK: dict[str, Mapping[str, Way]] = {
    "reorder_plan": {
        "store": _planned("name in dim_store"),
        "product": _planned("name in dim_product"),
        "as_of": _planned(
            "day after the company's last closed day, or after stock_date if later", "stock_date"
        ),
        **every("stock_date lead_time_days", _COUNT, COMPANY),
        "stock_units": _planned(f"sum of quantity {_COUNT}"),
        "on_order_units": _planned(f"sum of on_order_quantity {_COUNT}"),
        "sold_units": _planned(
            "sum of quantity in fact_sales after stock_date and before as_of", "stock_date", "as_of"
        ),
        "position_units": _planned(
            "stock_units + on_order_units - sold_units", "stock_units", "on_order_units", "sold_units"
        ),
        "method": _planned("forecast where sales_forecast has units of the product, else history"),
        "daily_units": _planned("demand_units / (lead_time_days + 1)", "demand_units", "lead_time_days"),
        "demand_units": _planned(
            "store's share of the product's last 90 days * sum of forecasts of lead_time_days + 1 days, else "
            "of the mean of these 90",
            "lead_time_days",
        ),
        "demand_upper_units": _planned(
            "0.95 quantile of a gamma distribution of this mean, and of the variance of the sum: "
            "docs/figures.md",
            "demand_units",
        ),
        "safety_stock_units": _planned(
            "demand_upper_units - demand_units", "demand_upper_units", "demand_units"
        ),
        "reorder_point_units": _planned(
            "demand_units + safety_stock_units", "demand_units", "safety_stock_units"
        ),
        "cover_days": _planned(
            "whole part of (stock_units - sold_units) / daily_units",
            "stock_units",
            "sold_units",
            "daily_units",
        ),
        "reorder": _planned(
            "demand_units > 0 and position_units <= reorder_point_units",
            *("demand_units", "position_units", "reorder_point_units"),
        ),
        "order_units": _planned(
            "where reorder: reorder_point_units + 14 * daily_units - position_units, rounded up",
            *("reorder", "reorder_point_units", "daily_units", "position_units"),
        ),
    },
}
