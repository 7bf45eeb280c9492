"""Bounds hold as much of what comes as they say: on origins that nothing was learnt of."""

from datetime import date

import numpy as np
import polars as pl
import pytest

from saleslake_processor.forecast import Forecaster
from saleslake_processor.forecast.history import PERIOD, SERIES, VALUE

COUNT, DAYS, HORIZON = 100, 420, 28

RANGES = {"80": (0.72, 0.88), "95": (0.90, 0.99)}
"""Wide enough for 3 origins, whose errors are alike: 8,400 forecasts are no 8,400 trials."""


def made_up() -> pl.DataFrame:
    """Series of different sizes with weekdays, and noise of which a part goes on into the next day."""
    chance = np.random.default_rng(5)
    level = chance.lognormal(4, 0.7, (COUNT, 1))
    days = np.arange(DAYS)
    noise = np.zeros((COUNT, DAYS))
    for at in range(1, DAYS):
        noise[:, at] = 0.6 * noise[:, at - 1] + 0.2 * chance.normal(size=COUNT)
    values = level * (1 + 0.3 * (days % 7 >= 5)) * np.exp(noise)
    periods = pl.date_range(date(2024, 1, 1), date(2025, 2, 23), eager=True)
    return pl.DataFrame(
        {
            SERIES: pl.Series([f"s{at:03}" for at in range(COUNT)]).gather(np.repeat(np.arange(COUNT), DAYS)),
            PERIOD: periods.gather(np.tile(days, COUNT)),
            VALUE: values.ravel(),
        }
    ).with_columns(store=pl.col(SERIES).str.slice(1, 2))


@pytest.fixture(scope="module")
def tested() -> pl.DataFrame:
    return Forecaster("1d", HORIZON).backtest(
        made_up(), 3, static=["store"], groups={"store": ["store"], "total": []}, methods=[]
    )


@pytest.mark.slow  # three times a hundred series are learnt
@pytest.mark.parametrize("level", RANGES)
def test_bounds_hold_what_they_say_near_and_far(tested: pl.DataFrame, level: str):
    low, high = RANGES[level]
    inside = pl.col("actual").is_between(f"lo{level}", f"hi{level}")
    blocks = (
        tested.filter(level="series")
        .group_by(block=(pl.col("horizon") - 1) * 4 // HORIZON)
        .agg(covered=inside.mean(), scored=pl.len())
        .sort("block")
    )
    assert blocks["scored"].to_list() == [COUNT * HORIZON // 4 * 3] * 4
    assert blocks["covered"].is_between(low, high).all(), blocks


@pytest.mark.slow  # three times a hundred series are learnt
@pytest.mark.parametrize("level", RANGES)
def test_bounds_of_sums_hold_what_they_say(tested: pl.DataFrame, level: str):
    inside = pl.col("actual").is_between(f"lo{level}", f"hi{level}")
    covered = tested.group_by("level").agg(covered=inside.mean())
    of = dict(covered.iter_rows())
    assert RANGES[level][0] <= of["store"] <= RANGES[level][1], of
    # Three origins of one sum: their errors are few, and none may be far off.
    assert of["total"] >= RANGES[level][0] - 0.15, of


@pytest.mark.slow  # three times a hundred series are learnt
def test_bounds_of_sums_are_narrower_than_the_sum_of_bounds(tested: pl.DataFrame):
    width = (pl.col("hi80") - pl.col("lo80")).sum()
    widths = dict(tested.group_by("level").agg(width).iter_rows())
    assert widths["total"] < widths["store"] < widths["series"]
