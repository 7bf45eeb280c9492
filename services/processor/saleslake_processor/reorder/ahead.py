"""Demand over days to come, and how unsure it is: of forecasts, else of the last days."""

import polars as pl

from saleslake_processor.contracts.reorder import FORECAST, HISTORY
from saleslake_processor.reorder.history import PRODUCT, History

WIDTH95 = 2 * 1.959964
"""Standard deviations between the bounds of the middle 95 % of a normal distribution."""

_DAYS_OF = {"day": 1, "week": 7}
_MICRO = 1_000_000


def demand(wanted: pl.LazyFrame, forecast: pl.LazyFrame, past: History) -> pl.LazyFrame:
    """By `PRODUCT`, `days` and `as_of`, as `wanted` has them: `expected` units of the days from `as_of` on,
    their `variance`, and the `method`.

    `forecast` has units of products by day and week, as the learnt `sales_forecast`. Days come first, then
    weeks; what reaches further than both is as the days that are known.

    The bounds of a sum are not the sums of bounds. The variance of a sum of n days is that of days that have
    nothing to do with each other, and that of days that are all too high or too low together, in proportion
    to the measured correlation r: (1 - r) * sum of variances + r * (sum of standard deviations)^2.
    """
    by_day = _days(forecast, past.companies)
    end = pl.col("as_of") + pl.duration(days=pl.col("days"))
    within = (pl.col("period") >= pl.col("as_of")) & (pl.col("period") < end)
    scale = pl.col("days").cast(pl.Float64) / pl.col("covered").cast(pl.Float64)
    told = (
        wanted.join(by_day, on=PRODUCT)
        .filter(within)
        .group_by(*PRODUCT, "days", "as_of")
        .agg(
            covered=pl.len(),
            expected=_summed("expected"),
            variances=_summed("variance"),
            spreads=_summed("spread"),
        )
        .with_columns(pl.col("expected", "variances", "spreads") * scale, method=pl.lit(FORECAST))
    )
    days = pl.col("days").cast(pl.Float64)
    history = (
        wanted.join(told, on=[*PRODUCT, "days", "as_of"], how="anti")
        .join(past.products, on=PRODUCT, how="left")
        .select(
            *PRODUCT,
            *("days", "as_of"),
            expected=days * pl.col("mean").fill_null(0),
            variances=days * (pl.col("spread") ** 2).fill_null(0),
            spreads=days * pl.col("spread").fill_null(0),
            method=pl.lit(HISTORY),
        )
    )
    together = pl.col("together").fill_null(0)
    variance = (1 - together) * pl.col("variances") + together * pl.col("spreads") ** 2
    return (
        pl.concat([told.select(history.collect_schema().names()), history])
        .join(past.companies, on="company", how="left")
        .select(*PRODUCT, "days", "as_of", "method", "expected", variance=variance)
    )


def _days(forecast: pl.LazyFrame, companies: pl.LazyFrame) -> pl.LazyFrame:
    """By `PRODUCT` and `period`, a day: `expected`, `variance` and `spread`."""
    products = forecast.filter((pl.col("level") == "product") & (pl.col("kpi") == "units"))
    rows = products.join(companies, on="company", how="left").select(
        *PRODUCT,
        "freq",
        "period",
        "together",
        expected=pl.max_horizontal(pl.col("forecast").cast(pl.Float64), 0.0),
        spread=(pl.col("hi95").cast(pl.Float64) - pl.col("lo95").cast(pl.Float64)) / WIDTH95,
    )
    days = rows.filter(pl.col("freq") == "day")
    weeks = _spread_over_days(rows.filter(pl.col("freq") == "week"))
    weeks = weeks.join(days, on=[*PRODUCT, "period"], how="anti")
    names = [*PRODUCT, "period", "expected", "spread"]
    return pl.concat([days.select(names), weeks.select(names)]).with_columns(variance=pl.col("spread") ** 2)


def _spread_over_days(weeks: pl.LazyFrame) -> pl.LazyFrame:
    """A week's demand a day, and the deviation of its days of which that of the week is made."""
    n = _DAYS_OF["week"]
    together = pl.col("together").fill_null(0)
    return (
        weeks.with_columns(
            pl.col("expected") / n,
            pl.col("spread") / (n * (1 + (n - 1) * together)).sqrt(),
            offset=pl.lit(list(range(n)), dtype=pl.List(pl.Int64)),
        )
        .explode("offset")
        .with_columns(pl.col("period") + pl.duration(days=pl.col("offset")))
    )


def _summed(name: str) -> pl.Expr:
    # In whole millionths: a sum of floats would depend on the order of rows.
    return (pl.col(name) * _MICRO).round().cast(pl.Int128).sum().cast(pl.Float64) / _MICRO
