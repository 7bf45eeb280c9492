"""The frames that studies make, declared as data; gold tables know them by the name `learnt/<frame>`."""

from collections.abc import Mapping

import polars as pl

from saleslake_processor.contracts.columns import MONEY

_FORECAST = pl.Schema(
    {
        **dict.fromkeys(("company", "freq", "kpi", "level"), pl.String()),
        **dict.fromkeys(("store_key", "category_key", "region_key", "product_key"), pl.Int64()),
        "period": pl.Date(),
        "horizon": pl.Int64(),
        "origin": pl.Date(),
        **dict.fromkeys(("forecast", "lo80", "hi80", "lo95", "hi95"), MONEY),
        **dict.fromkeys(("method", "model"), pl.String()),
    }
)

FRAMES: dict[str, pl.Schema] = {
    "sales_forecast": _FORECAST,
    "forecast_outlook": pl.Schema(
        {
            **dict.fromkeys(("company", "freq", "kpi", "level"), pl.String()),
            "category_key": pl.Int64(),
            **dict.fromkeys(("first_period", "last_period"), pl.Date()),
            "periods": pl.Int64(),
            "origin": pl.Date(),
            **dict.fromkeys(("forecast", "lo80", "hi80", "lo95", "hi95", "year_before"), MONEY),
            "driver": pl.String(),
            "driver_contribution": MONEY,
            "model": pl.String(),
        }
    ),
    "forecast_accuracy": pl.Schema(
        {
            **dict.fromkeys(("company", "freq", "kpi", "level", "method"), pl.String()),
            **dict.fromkeys(
                ("rmsse", "naive_ratio", "wape", "mae", "bias", "coverage80", "coverage95"), pl.Float64()
            ),
            **dict.fromkeys(("origins", "series", "compared"), pl.Int64()),
            "is_used": pl.Boolean(),
            "model": pl.String(),
            **dict.fromkeys(("checked", "outside80", "outside95"), pl.Int64()),
            "is_drifting": pl.Boolean(),
        }
    ),
    "forecast_reasons": pl.Schema(
        {
            **dict.fromkeys(("company", "freq", "kpi", "level"), pl.String()),
            "category_key": pl.Int64(),
            "period": pl.Date(),
            "reason": pl.String(),
            "contribution": MONEY,
            "model": pl.String(),
        }
    ),
    "forecast_models": pl.Schema(
        {
            **dict.fromkeys(
                ("model", "company", "freq", "kpi", "family", "method", "data_hash"), pl.String()
            ),
            **dict.fromkeys(("first_period", "last_period"), pl.Date()),
            **dict.fromkeys(("series", "ended"), pl.Int64()),
        }
    ),
    "customer_forecast": pl.Schema(
        {
            "company": pl.String(),
            "customer_key": pl.Int64(),
            "as_of": pl.Date(),
            "horizon_days": pl.Int64(),
            "probability_active": pl.Float64(),
            **dict.fromkeys(
                ("expected_orders", "expected_spend_mean", "expected_spend_median", "lifetime_value"), MONEY
            ),
        }
    ),
    "customer_accuracy": pl.Schema(
        {
            **dict.fromkeys(("company", "method"), pl.String()),
            "horizon_days": pl.Int64(),
            **dict.fromkeys(("held_out_from", "held_out_until"), pl.Date()),
            "customers": pl.Int64(),
            **dict.fromkeys(("actual_spend", "median_absolute_error", "mean_squared_error_root"), MONEY),
            **dict.fromkeys(
                ("rank_correlation", "total_error_rate", "decile_error_rate", "brier_score", "auc"),
                pl.Float64(),
            ),
        }
    ),
    "forecast_pending": _FORECAST,
    "forecast_checks": pl.Schema(
        {
            **dict.fromkeys(("company", "freq", "kpi", "level"), pl.String()),
            "period": pl.Date(),
            **dict.fromkeys(("checked", "outside80", "outside95"), pl.Int64()),
        }
    ),
    "customer_cluster": pl.Schema(
        {
            "company": pl.String(),
            "customer_key": pl.Int64(),
            "cluster": pl.Int64(),
            "cluster_name": pl.String(),
        }
    ),
    "cluster_centre": pl.Schema(
        {
            "company": pl.String(),
            "cluster": pl.Int64(),
            "cluster_name": pl.String(),
            "customers": pl.Int64(),
            **dict.fromkeys(("recency_days", "orders", "net_amount"), pl.Float64()),
            **dict.fromkeys(("stability", "silhouette"), pl.Float64()),
        }
    ),
}
"""Columns of each frame; where it was not learnt yet, it is empty. Those without a gold table of their name
are what the next time needs of this one, or what is said of a model."""

PREFIX = "learnt/"

NAMES: tuple[str, ...] = tuple(f"{PREFIX}{name}" for name in FRAMES)


def whole(learnt: Mapping[str, pl.LazyFrame]) -> dict[str, pl.LazyFrame]:
    """All frames by the name that gold tables know them by."""
    return {
        f"{PREFIX}{name}": learnt.get(name, pl.LazyFrame(schema=schema)) for name, schema in FRAMES.items()
    }
