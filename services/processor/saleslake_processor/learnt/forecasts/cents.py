"""From what a method says to what is published: rounded parts, and sums of these that are exact."""

import polars as pl

from saleslake_processor.contracts.columns import MONEY
from saleslake_processor.learnt.forecasts.candidates import BOUNDS, Candidate
from saleslake_processor.learnt.forecasts.history import History
from saleslake_processor.learnt.forecasts.levels import ALL_KEYS, AT, at_levels
from saleslake_processor.money import amount, spread, ticks

PLACES = {"net_amount": 2, "units": MONEY.scale}
"""Decimal places of a forecast: amounts to the cent."""

COLUMNS = (*AT, "period", "horizon", "forecast", *BOUNDS)


def stores(history: History, said: Candidate) -> pl.DataFrame:
    """`COLUMNS` of all levels of stores: parts rounded, 0 where the shop is closed by rule; sums are those
    of the rounded parts, and bounds lie around them as far as around what was said."""
    places = PLACES[history.kpi]
    closed = history.closed.with_columns(open=pl.lit(0))
    parts = said.series.join(closed, on=["series_key", "period"], how="left").with_columns(
        pl.col("open").fill_null(1)
    )
    parts = parts.with_columns(forecast=_rounded(pl.col("forecast") * pl.col("open"), places))
    sums = at_levels(history.described(parts), history.family, ["period"], ["forecast", "open"])
    around = said.levels.rename({"forecast": "said"})
    return _published(history, _around(sums, around, places))


def products(history: History, said: Candidate, categories: pl.DataFrame) -> pl.DataFrame:
    """`COLUMNS` of products, in proportion to what was said of each so that those of a category come to its
    forecast of `stores` exactly (largest remainder); what no product has a forecast for is product 0."""
    places = PLACES[history.kpi]
    category = categories.filter(pl.col("level") == "category").drop(
        "level", "horizon", "store_key", "product_key"
    )
    rows = said.levels.with_columns(pl.col(ALL_KEYS).cast(pl.Int64))
    missing = (
        category.join(rows, on="category_key", how="anti")
        .select("category_key", "period", *(pl.lit(0.0).alias(name) for name in ("forecast", *BOUNDS)))
        .with_columns(pl.lit(0, pl.Int64).alias(name) for name in ALL_KEYS if name != "category_key")
        .with_columns(level=pl.lit("product"))
    )
    rows = pl.concat([rows, missing.select(rows.columns)])
    whole = category.select(
        "category_key", "period", whole="forecast", **{f"of_{name}": name for name in BOUNDS}
    )
    own = pl.col("said").clip(0)
    shared = (
        rows.rename({"forecast": "said"})
        .join(whole, on=["category_key", "period"])
        .with_columns(
            cell=pl.format("{} {}", "category_key", "period"), weight=(own * _FINE).round().cast(pl.Int128)
        )
        .with_columns(
            ticks_of=spread(ticks(pl.col("whole")), pl.col("weight"), pl.lit(places), "cell", "product_key")
        )
        .with_columns(forecast=amount(pl.col("ticks_of")))
    )
    plain = pl.col("forecast").cast(pl.Float64)
    alone = pl.len().over("cell") == 1
    bounded = shared.with_columns(
        pl.when(alone)
        .then(pl.col(f"of_{name}"))
        .when(pl.col("said") > 0)
        .then(_rounded(pl.col(name) * plain / pl.col("said"), places))
        .otherwise(_rounded(pl.col(name) - pl.col("said") + plain, places))
        .alias(name)
        for name in BOUNDS
    )
    return _published(history, _in_order(bounded))


_FINE = 10**6


def _around(sums: pl.DataFrame, said: pl.DataFrame, places: int) -> pl.DataFrame:
    plain = pl.col("forecast").cast(pl.Float64)
    moved = [
        pl.when(pl.col("open") > 0)
        .then(_rounded(pl.col(name) - pl.col("said") + plain, places))
        .otherwise("forecast")
        .alias(name)
        for name in BOUNDS
    ]
    return _in_order(sums.join(said, on=[*AT, "period"]).with_columns(moved))


def _in_order(rows: pl.DataFrame) -> pl.DataFrame:
    """With the forecast within its bounds, and the narrow ones within the wide ones."""
    return rows.with_columns(
        lo80=pl.min_horizontal("lo80", "forecast"), hi80=pl.max_horizontal("hi80", "forecast")
    ).with_columns(lo95=pl.min_horizontal("lo95", "lo80"), hi95=pl.max_horizontal("hi95", "hi80"))


def _published(history: History, rows: pl.DataFrame) -> pl.DataFrame:
    """Periods after the last closed day, numbered from 1."""
    return (
        rows.filter(pl.col("period") > history.origin)
        .with_columns(
            *(pl.col(name).cast(pl.Int64) for name in ALL_KEYS),
            *(pl.col(name).cast(MONEY) for name in ("forecast", *BOUNDS)),
            horizon=pl.col("period").rank("dense").cast(pl.Int64),
        )
        .select(COLUMNS)
        .sort(*AT, "period")
    )


def _rounded(value: pl.Expr, places: int) -> pl.Expr:
    """A float as a decimal with so many places, half away from zero."""
    steps = (value.fill_nan(0).fill_null(0) * 10**places).round(mode="half_away_from_zero").cast(pl.Int128)
    return amount(steps * 10 ** (MONEY.scale - places))
