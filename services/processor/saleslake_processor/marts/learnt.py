"""Gold tables of what was learnt, and of what follows from it, declared as data; a part of `graph`."""

from saleslake_processor.contracts import clusters as clustering
from saleslake_processor.contracts import forecasts as forecasting
from saleslake_processor.contracts import reorder
from saleslake_processor.marts import clusters, forecasts, stock
from saleslake_processor.marts.mart import Mart

LEARNT_OF: tuple[Mart, ...] = (
    Mart(
        "sales_forecast",
        forecasting.SalesForecast,
        ("learnt/sales_forecast", "sums/date_store_category", "ledger"),
        "derived",
        forecasts.sales_forecast,
    ),
    Mart(
        "forecast_outlook",
        forecasting.ForecastOutlook,
        ("learnt/forecast_outlook",),
        "derived",
        forecasts.forecast_outlook,
    ),
    Mart(
        "forecast_accuracy",
        forecasting.ForecastAccuracy,
        ("learnt/forecast_accuracy",),
        "derived",
        forecasts.forecast_accuracy,
    ),
    Mart(
        "forecast_reasons",
        forecasting.ForecastReasons,
        ("learnt/forecast_reasons", "sums/date_store_category", "ledger"),
        "derived",
        forecasts.forecast_reasons,
    ),
    Mart(
        "customer_clusters",
        clustering.CustomerClusters,
        ("learnt/cluster_centre",),
        "derived",
        clusters.customer_clusters,
    ),
    Mart(
        "reorder_plan",
        reorder.ReorderPlan,
        (
            *("fact_stock", "fact_sales", "sales_forecast", "sums/date_store_category"),
            *("ledger", "dim_product", "dim_store"),
        ),
        "whole",
        stock.reorder_plan,
    ),
)
"""Made of facts, dimensions and sums, and of one another."""
