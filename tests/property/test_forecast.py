"""What holds for forecasts of any history: nobody looks ahead, order is nothing, the same gives the same."""

from datetime import date, timedelta
from functools import cache

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from saleslake_processor.forecast import Forecaster
from saleslake_processor.forecast import rows as chosen
from saleslake_processor.forecast.features import Features
from saleslake_processor.forecast.history import PERIOD, SERIES, VALUE, Freq, grid
from tests.forecast_rows import START, noisy, series, several

DAYS, HORIZON = 90, 7
HISTORY = several(4, DAYS)
"""From June to the end of August: no Easter is near, which falls on other days in other years."""

TWENTY_EIGHT_YEARS = 10_227
"""Days after which weekdays and leap years come again."""


def fitted(history: pl.DataFrame, freq: Freq = "1d", seed: int = 0) -> Forecaster:
    return Forecaster(freq, HORIZON, seed=seed).fit(history, static=["store"], groups={"total": []})


@cache
def learnt() -> Forecaster:
    return fitted(HISTORY)


def alike(one: Forecaster, other: Forecaster) -> None:
    assert one.save() == other.save()
    assert one.predict().equals(other.predict())
    assert one.predict_sums()["total"].equals(other.predict_sums()["total"])


@settings(max_examples=6)
@given(st.randoms(use_true_random=False))
def test_the_order_of_rows_and_columns_is_nothing(chance):
    order = chance.sample(range(HISTORY.height), HISTORY.height)
    columns = chance.sample(HISTORY.columns, HISTORY.width)
    again = fitted(HISTORY[order].select(columns))
    alike(again, learnt())
    assert again.explain().equals(learnt().explain())


def test_another_seed_draws_otherwise():
    assert fitted(HISTORY, seed=1).save() != learnt().save()


def test_what_is_saved_and_loaded_says_the_same():
    alike(Forecaster.load(learnt().save(), HISTORY), learnt())


def test_names_of_series_are_names():
    """As long as their order stays."""
    renamed = fitted(HISTORY.with_columns(pl.lit("é ").add(pl.col(SERIES)).alias(SERIES)))
    assert renamed.predict().drop(SERIES).equals(learnt().predict().drop(SERIES))


@pytest.mark.parametrize("freq", ["1d", "1w"])
def test_shifted_by_28_years_the_same_is_forecast_28_years_later(freq: Freq):
    shift = pl.col(PERIOD) + timedelta(days=TWENTY_EIGHT_YEARS)
    history = HISTORY if freq == "1d" else _weeks()
    before, after = fitted(history, freq), fitted(history.with_columns(shift), freq)
    assert after.predict().equals(before.predict().with_columns(shift))
    assert (
        not fitted(history.with_columns(pl.col(PERIOD) + timedelta(days=21)), freq)
        .predict()
        .drop(PERIOD)
        .equals(before.predict().drop(PERIOD))
    )


def _weeks() -> pl.DataFrame:
    """40 weeks from June on, of which the last ones of the horizon end before March."""
    parts = [series(noisy(30, at), f"s{at}", weeks=True) for at in range(4)]
    return pl.concat(parts).with_columns(store=pl.lit("x"))


values = st.floats(-1e6, 1e6, allow_nan=False)


@settings(max_examples=25)
@given(st.data())
def test_features_of_an_origin_know_nothing_of_what_comes_after_it(data):
    """Changed, whatever comes after the origin leaves the features of its rows as they were."""
    freq: Freq = data.draw(st.sampled_from(["1d", "1w"]))
    made = grid(HISTORY if freq == "1d" else _weeks(), freq)
    origin = data.draw(st.integers(20, made.length - 2))
    changed = made.values.copy()
    changed[:, origin + 1 :] = data.draw(values) * np.linspace(1, 2, made.length - origin - 1)
    asked = chosen.ahead(np.arange(len(made.keys)), origin, HORIZON)
    asked = asked.where(asked.target < made.length)
    other = type(made)(made.freq, made.keys, made.start, changed, made.first, made.closed)
    before, level = Features(made, HORIZON).make(asked)
    after, other_level = Features(other, HORIZON).make(asked)
    assert np.array_equal(before, after, equal_nan=True)
    assert np.array_equal(level, other_level)


@settings(max_examples=3)
@given(st.lists(st.floats(0, 1e5), min_size=7, max_size=7), st.sampled_from([2.0, 0.0]))
def test_past_forecasts_of_a_backtest_do_not_change_with_the_future(last: list[float], factor: float):
    """The last week is what the later of two origins forecasts: neither of them knows it."""
    end = START + timedelta(days=DAYS)
    ahead = pl.col(PERIOD) >= end - timedelta(days=7)
    week = pl.DataFrame({PERIOD: [end - timedelta(days=7 - at) for at in range(7)], "other": last})
    changed = (
        HISTORY.join(week, on=PERIOD, how="left", maintain_order="left")
        .with_columns(pl.when(ahead).then(pl.col("other") * factor).otherwise(VALUE).alias(VALUE))
        .drop("other")
    )
    said = ["level", "method", "origin", SERIES, PERIOD, "forecast", "lo80", "hi80", "lo95", "hi95"]
    forecaster = Forecaster("1d", HORIZON)
    before, after = (
        forecaster.backtest(rows, 2, static=["store"], groups={"total": []}, methods=[]).select(said)
        for rows in (HISTORY, changed)
    )
    assert before["origin"].unique().sort().to_list() == [end - timedelta(days=15), end - timedelta(days=8)]
    assert after.equals(before)


def test_a_backtest_forecasts_as_one_would_have_then():
    end = START + timedelta(days=DAYS - 8)
    then = fitted(HISTORY.filter(pl.col(PERIOD) <= end)).predict()
    found = Forecaster("1d", HORIZON).backtest(HISTORY, 1, static=["store"], groups={"total": []}, methods=[])
    assert found.filter(level="series").select(then.columns).equals(then)
    came = HISTORY.filter(pl.col(PERIOD) > end).sort(SERIES, PERIOD)[VALUE]
    assert found.filter(level="series")["actual"].to_list() == came.to_list()


@settings(max_examples=10)
@given(
    st.lists(
        st.lists(st.one_of(st.none(), st.floats(-1e4, 1e4)), min_size=1, max_size=25), min_size=1, max_size=3
    ),
    st.sampled_from(["1d", "1w"]),
)
def test_any_history_is_forecast_in_numbers_within_bounds(rows: list[list[float | None]], freq: Freq):
    start = date(2024, 2, 26)
    history = pl.concat([series(each, f"s{at}", start, freq == "1w") for at, each in enumerate(rows)])
    if history[VALUE].null_count() == history.height:
        return
    found = (
        Forecaster(freq, 3)
        .fit(history)
        .predict()
        .select("lo95", "lo80", "forecast", "hi80", "hi95")
        .to_numpy()
    )
    assert np.isfinite(found).all()
    assert (np.diff(found, axis=1) >= -1e-9 * max(1.0, np.abs(found).max())).all()
