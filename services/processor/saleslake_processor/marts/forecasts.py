"""What was learnt of sales to come, as far as it still lies ahead."""

from collections.abc import Mapping

import polars as pl

from saleslake_processor.contracts.columns import MONEY
from saleslake_processor.contracts.forecasts import ForecastAccuracy
from saleslake_processor.learnt.forecasts.days import closed_days

Frames = Mapping[str, pl.LazyFrame]

_RATES = {
    "rmsse_rate": "rmsse",
    "beside_naive_rate": "naive_ratio",
    "wape_rate": "wape",
    "bias_rate": "bias",
    "coverage80_rate": "coverage80",
    "coverage95_rate": "coverage95",
}


def sales_forecast(given: Frames) -> pl.LazyFrame:
    """Forecasts of periods after the company's last closed day, which may have moved since they were made."""
    return _ahead(given["learnt/sales_forecast"], given)


def forecast_reasons(given: Frames) -> pl.LazyFrame:
    """What these forecasts are made of."""
    return _ahead(given["learnt/forecast_reasons"], given)


def forecast_outlook(given: Frames) -> pl.LazyFrame:
    """The periods that lay ahead when the forecasts were made, together."""
    before = pl.col("year_before")
    change = (pl.col("forecast") - before).cast(pl.Float64) / before.cast(pl.Float64)
    return given["learnt/forecast_outlook"].with_columns(change_rate=pl.when(before > 0).then(change))


def forecast_accuracy(given: Frames) -> pl.LazyFrame:
    """Scores of all methods."""
    error = pl.col("mae").round(MONEY.scale).cast(MONEY)
    rates = {name: pl.col(of) for name, of in _RATES.items()}
    whole = given["learnt/forecast_accuracy"].with_columns(mean_absolute_error=error, **rates)
    return whole.select(ForecastAccuracy.column_names())


def _ahead(rows: pl.LazyFrame, given: Frames) -> pl.LazyFrame:
    closed = closed_days(given).select("company", "closed_date")
    ahead = pl.col("closed_date").is_null() | (pl.col("period") > pl.col("closed_date"))
    return rows.join(closed, on="company", how="left").filter(ahead).drop("closed_date")
