"""What the past tells of demand: how much, how unsteady, where, how many at a time, how days go together.

Demand is what was ordered and not cancelled; what came back later had been wanted all the same.
"""

from dataclasses import dataclass

import polars as pl

RECENT_DAYS = 90
"""Days of which levels and shares are taken."""

_WEEKS = 26
_LONG_DAYS = 7 * _WEEKS
"""Days by which it is measured how days hang together."""

_LEAST_UNITS = _WEEKS
"""Units in these days below which a product says nothing of it: one a week."""

PRODUCT = ["company", "product_key"]
PLACE = [*PRODUCT, "store_key"]


@dataclass(frozen=True)
class History:
    """Frames of what the past tells."""

    products: pl.LazyFrame
    """By `PRODUCT`: `mean` and `spread` (standard deviation) of a day's units, and `portion`: how many times
    its mean the variance of demand is where lines come by chance, which is the mean of their squared units
    over that of their units."""
    shares: pl.LazyFrame
    """By `PLACE`: `share` of the product's units."""
    companies: pl.LazyFrame
    """By `company`: `together`, the correlation of two days of a week, 0..1."""


def history(sales: pl.LazyFrame, until: pl.LazyFrame) -> History:
    """The history of `sales` (`fact_sales`) up to the `closed_date` of each `company` in `until`."""
    age = (pl.col("closed_date") - pl.col("order_date")).dt.total_days()
    lines = (
        sales.filter((pl.col("status") != "cancelled") & (pl.col("quantity") > 0))
        .join(until.select("company", "closed_date"), on="company")
        .with_columns(age=age, units=_ticks(pl.col("quantity")))
        .filter(pl.col("age") >= 0)
    )
    recent = lines.filter(pl.col("age") < RECENT_DAYS)
    return History(_products(lines, recent), _shares(recent), _companies(lines))


def _products(lines: pl.LazyFrame, recent: pl.LazyFrame) -> pl.LazyFrame:
    days = pl.min_horizontal(pl.col("first_age") + 1, RECENT_DAYS).cast(pl.Float64)
    by_day = recent.group_by(*PRODUCT, "age").agg(pl.col("units").sum())
    of_days = by_day.group_by(PRODUCT).agg(pl.col("units").sum(), squares=_square(pl.col("units")).sum())
    of_lines = recent.group_by(PRODUCT).agg(
        portion=_square(pl.col("units")).sum().cast(pl.Float64)
        / pl.col("units").sum().cast(pl.Float64)
        / _TICKS
    )
    mean = pl.col("units").cast(pl.Float64) / _TICKS / days
    square = pl.col("squares").cast(pl.Float64) / _TICKS**2 / days
    return (
        lines.group_by(PRODUCT)
        .agg(first_age=pl.col("age").max())
        .join(of_days, on=PRODUCT)
        .join(of_lines, on=PRODUCT)
        .select(*PRODUCT, "portion", mean=mean, spread=pl.max_horizontal(square - mean**2, 0.0).sqrt())
    )


def _shares(recent: pl.LazyFrame) -> pl.LazyFrame:
    units = pl.col("units").cast(pl.Float64)
    return (
        recent.group_by(PLACE)
        .agg(pl.col("units").sum())
        .select(*PLACE, share=units / pl.col("units").sum().over(PRODUCT).cast(pl.Float64))
    )


def _companies(lines: pl.LazyFrame) -> pl.LazyFrame:
    """Weeks vary more than seven days that have nothing to do with each other: by as much as tells the
    correlation of two days. Of each product by its deviations from the means of its weekdays, then the mean
    over products. Seasons and trends count as well, which a forecast would know: rather too much than too
    little."""
    old_enough = pl.col("age").max().over(PRODUCT) >= _LONG_DAYS - 1
    long = lines.filter(old_enough).filter(pl.col("age") < _LONG_DAYS)
    days, weeks, weekdays = (
        long.group_by(*PRODUCT, by.alias("at"))
        .agg(pl.col("units").sum())
        .group_by(PRODUCT)
        .agg(total=pl.col("units").sum(), squares=_square(pl.col("units")).sum())
        for by in (pl.col("age"), pl.col("age") // 7, pl.col("age") % 7)
    )
    # Sums of squares around the means, times the number of weeks, in whole ticks.
    of_weeks = _WEEKS * pl.col("squares_weeks") - _square(pl.col("total"))
    of_days = _WEEKS * pl.col("squares") - pl.col("squares_weekdays")
    ratio = of_weeks.cast(pl.Float64) / of_days.cast(pl.Float64)
    mean = pl.col("millionths").sum().cast(pl.Float64) / pl.len().cast(pl.Float64) / 1e6
    return (
        days.join(weeks.drop("total"), on=PRODUCT, suffix="_weeks")
        .join(weekdays.drop("total"), on=PRODUCT, suffix="_weekdays")
        .filter((pl.col("total") >= _LEAST_UNITS * _TICKS) & (of_days > 0))
        # Whole numbers, so that their sum does not depend on the order of products.
        .with_columns(millionths=(ratio * 1e6).round().cast(pl.Int128))
        .group_by("company")
        .agg(together=((mean - 1) / 6).clip(0, 1))
    )


_TICKS = 10_000


def _ticks(quantity: pl.Expr) -> pl.Expr:
    whole = quantity.cast(pl.Decimal(38, 4)) * pl.lit(_TICKS)
    return whole.cast(pl.Int128)


def _square(value: pl.Expr) -> pl.Expr:
    return value * value
