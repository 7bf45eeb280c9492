"""Columns known ahead, on periods that a series has no row for: these have a value, which is zero."""

from datetime import timedelta

import numpy as np
import polars as pl
import pytest

from saleslake_processor.forecast import Forecaster
from saleslake_processor.forecast.columns import coded
from saleslake_processor.forecast.history import PERIOD, SERIES, VALUE, grid
from tests.forecast_rows import START

NAN = float("nan")


def rows(**by_series: dict[int, float | None]) -> pl.DataFrame:
    """A row for each period that a series has a price on, and on which it sold."""
    return pl.DataFrame(
        [
            (key, START + timedelta(days=at), 1.0, price)
            for key, prices in by_series.items()
            for at, price in prices.items()
        ],
        {SERIES: pl.String, PERIOD: pl.Date, VALUE: pl.Float64, "price": pl.Float64},
        orient="row",
    )


def known(history: pl.DataFrame) -> np.ndarray:
    found = coded(history, [], ["price"]).of_history(history, grid(history, "1d"))
    assert found is not None
    return found[:, :, 0]


GAPS: dict[str, tuple[pl.DataFrame, list[list[float]]]] = {
    "what two with a row have": (
        rows(a={0: 3, 1: 7}, b={0: 4, 1: 7}, c={0: 5, 2: 5}),
        [[3, 7, 7], [4, 7, 7], [5, 7, 5]],
    ),
    "what one has who never differs": (rows(a={0: 3, 1: 7}, b={0: 3, 2: 4}), [[3, 7, 4], [3, 7, 4]]),
    "not what one has who differs elsewhere": (rows(a={0: 3, 1: 7}, b={0: 4, 2: 4}), [[3, 7, 7], [4, 4, 4]]),
    "its own of before": (rows(a={0: 3, 3: 5}), [[3, 3, 3, 5]]),
    "its own of before, not what others had meanwhile": (
        rows(a={0: 1, 3: 1}, b={0: 2, 1: 7, 2: 8, 3: 2}, c={0: 2, 1: 7, 2: 9, 3: 2}),
        [[1, 7, 1, 1], [2, 7, 8, 2], [2, 7, 9, 2]],
    ),
    "its own of later, where there is none before": (rows(a={0: None, 2: 5}), [[NAN, 5, 5]]),
    "nothing where a row says nothing": (
        rows(a={0: 3, 1: None, 3: 4}, b={0: 3, 1: 7}, c={0: 3, 1: 7}),
        [[3, NAN, 3, 4], [3, 7, 7, 4], [3, 7, 7, 4]],
    ),
    "nothing before it begins": (rows(a={0: 3, 1: 6}, b={1: 5, 2: 5}), [[3, 6, 6], [NAN, 5, 5]]),
}


@pytest.mark.parametrize("name", GAPS)
def test_a_period_without_a_row_has(name: str):
    history, expected = GAPS[name]
    assert known(history) == pytest.approx(np.array(expected), nan_ok=True)


@pytest.mark.parametrize("count", [3, 8])
def test_a_price_that_is_known_only_when_something_sold_says_nothing(count: int):
    """Whether there was a row was once told by the price, so that all that has one was taken to sell."""
    days, horizon, chance = 160, 7, np.random.default_rng(0)
    found, ahead = [], []
    for at in range(count):
        for day in range(days + horizon):
            key, period, price = f"s{at:02}", START + timedelta(days=day), 10 + at + chance.normal()
            if day >= days:
                ahead.append((key, period, price))
            elif chance.random() < 0.3:
                found.append((key, period, 1.0, price))
    history = pl.DataFrame(found, [SERIES, PERIOD, VALUE, "price"], orient="row")
    future = pl.DataFrame(ahead, [SERIES, PERIOD, "price"], orient="row")
    forecast = Forecaster("1d", horizon).fit(history, known=["price"]).predict(future)["forecast"]
    assert 0.2 <= float(forecast.mean()) <= 0.45  # type: ignore[arg-type]  # of any type, to mypy
