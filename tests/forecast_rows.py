"""Histories that are made up, for tests of forecasts."""

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import polars as pl

from saleslake_processor.forecast.history import PERIOD, SERIES, VALUE

START = date(2024, 6, 3)
"""A Monday."""


def series(
    values: Sequence[float | None], key: str = "a", start: date = START, weeks: bool = False
) -> pl.DataFrame:
    """A row for each value, day after day or week after week."""
    step = timedelta(weeks=1) if weeks else timedelta(days=1)
    return pl.DataFrame(
        {
            SERIES: [key] * len(values),
            PERIOD: [start + at * step for at in range(len(values))],
            VALUE: [None if value is None else float(value) for value in values],
        },
        schema={SERIES: pl.String, PERIOD: pl.Date, VALUE: pl.Float64},
    )


def noisy(count: int, seed: int = 0, level: float = 100.0) -> list[float]:
    """About a level, more at the end of a week."""
    chance = np.random.default_rng(seed)
    season = 1 + 0.4 * (np.arange(count) % 7 >= 5)
    return [round(float(each), 2) for each in level * season * np.exp(0.2 * chance.normal(size=count))]


def several(count: int, days: int, start: date = START) -> pl.DataFrame:
    """Series `s0`, `s1`, ... of different sizes; `store` tells two kinds of them apart."""
    parts = [series(noisy(days, at, 20.0 * (at + 1)), f"s{at}", start) for at in range(count)]
    return pl.concat(parts).with_columns(
        store=pl.when(pl.col(SERIES).str.slice(1).cast(pl.Int64) % 2 == 0)
        .then(pl.lit("x"))
        .otherwise(pl.lit("y"))
    )
