"""Forecasts of histories that are short, empty, broken or odd."""

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from saleslake_processor.forecast import Forecaster
from saleslake_processor.forecast.history import PERIOD, SERIES, VALUE, Freq
from tests.forecast_rows import START, noisy, series

GAP = pl.concat([series(noisy(200)), series(noisy(100, 1), start=START + timedelta(days=565))])

ODD: dict[str, tuple[pl.DataFrame, Freq]] = {
    "one series": (series(noisy(120)), "1d"),
    "three points": (series([1, 2, 3]), "1d"),
    "two points": (series([5, 7]), "1d"),
    "one point": (series([5]), "1d"),
    "all zeros": (series([0] * 120), "1d"),
    "one zero": (series([0]), "1d"),
    "one spike": (series([0] * 60 + [1000] + [0] * 60), "1d"),
    "a gap of a year": (GAP, "1d"),
    "always the same": (series([7] * 120), "1d"),
    "net of returns": (series(list(np.random.default_rng(0).normal(0, 10, 120))), "1d"),
    "returns only": (series([-value for value in noisy(120)]), "1d"),
    "nulls between": (series([1, None, 3] * 40), "1d"),
    "large": (series([1e13 * value for value in noisy(120)]), "1d"),
    "three weeks": (series([1, 2, 3], weeks=True), "1w"),
    "weeks": (series(noisy(60), weeks=True), "1w"),
    "begun on the last day": (
        pl.concat([series(noisy(120)), series([3], "b", START + timedelta(days=119))]),
        "1d",
    ),
}


def forecast(history: pl.DataFrame, horizon: int = 7, freq: Freq = "1d") -> pl.DataFrame:
    return Forecaster(freq, horizon).fit(history).predict()


@pytest.mark.parametrize("horizon", [7, 1])
@pytest.mark.parametrize("name", ODD)
def test_whatever_the_history_forecasts_are_numbers_within_their_bounds(name: str, horizon: int):
    history, freq = ODD[name]
    fitted = Forecaster(freq, horizon).fit(history, groups={"total": []})
    found = fitted.predict()
    [total] = fitted.predict_sums().values()
    count = history[SERIES].n_unique()
    assert found.height == count * horizon
    last: date = history[PERIOD].max()  # type: ignore[assignment]  # of any type, to mypy
    assert found[PERIOD].min() == last + timedelta(days=7 if freq == "1w" else 1)
    for rows in (found, total):
        figures = rows.select("lo95", "lo80", "forecast", "hi80", "hi95").to_numpy()
        assert np.isfinite(figures).all()
        assert (np.diff(figures, axis=1) >= -1e-9 * np.abs(figures).max()).all(), rows
    if (history[VALUE].fill_null(0) >= 0).all():
        assert (found["lo95"] >= 0).all()


@pytest.mark.parametrize("name", ODD)
def test_reasons_add_up_and_what_was_saved_forecasts_the_same(name: str):
    history, freq = ODD[name]
    fitted = Forecaster(freq, 7).fit(history)
    found = fitted.predict()
    added = fitted.explain().group_by(SERIES, PERIOD).agg(pl.col("contribution").sum())
    both = added.join(found, on=[SERIES, PERIOD])
    assert both.height == found.height
    assert both["contribution"].to_numpy() == pytest.approx(both["forecast"].to_numpy(), rel=1e-9, abs=1e-9)
    assert Forecaster.load(fitted.save(), history).predict().equals(found)


def test_nothing_sold_is_nothing_forecast():
    assert forecast(series([0] * 120)).select(pl.col(pl.Float64).abs().max()).row(0) == (0.0,) * 5


def test_what_is_always_the_same_stays_so():
    found = forecast(series([7] * 120))
    assert found["forecast"].to_numpy() == pytest.approx(7)
    assert found["hi95"].to_numpy() == pytest.approx(7)


def test_one_spike_is_no_demand():
    assert forecast(series([0] * 60 + [1000] + [0] * 60))["forecast"].max() < 20  # type: ignore[operator]  # of any type, to mypy


def test_returns_are_forecast_below_nothing_and_sales_are_not():
    history = pl.concat([series([-value for value in noisy(120)]), series(noisy(120), "b")])
    found = forecast(history)
    assert (found.filter(series_key="a")["forecast"] < -50).all()
    assert (found.filter(series_key="b")["lo95"] >= 0).all()


def test_a_gap_of_a_year_is_a_year_without_sales_and_is_over():
    # As much as in the hundred days since.
    assert forecast(GAP)["forecast"].mean() == pytest.approx(110, rel=0.25)


def test_one_value_says_little():
    [row] = forecast(series([5]), 1).rows(named=True)
    assert row["forecast"] == pytest.approx(5)
    assert row["lo80"] == 0
    assert row["hi80"] > 10


def test_a_short_history_has_wide_bounds():
    """Of 40 days, one ahead, there are few errors of the past: 95 % of what came was once held by 18 %."""
    inside = [
        row["lo95"] <= came[-1] <= row["hi95"]
        for came in (noisy(41, seed) for seed in range(40))
        for row in forecast(series(came[:-1]), 1).rows(named=True)
    ]
    assert np.mean(inside) >= 0.8


def test_a_leap_day_is_a_day():
    past = series(noisy(90), start=date(2023, 12, 1))
    assert date(2024, 2, 29) not in past[PERIOD]
    ahead = forecast(past, 7)
    assert date(2024, 2, 28) == past[PERIOD].max()
    assert ahead[PERIOD].to_list()[:2] == [date(2024, 2, 29), date(2024, 3, 1)]
    beyond = forecast(series(noisy(120), start=date(2023, 12, 1)), 2)
    assert beyond[PERIOD].to_list() == [date(2024, 3, 30), date(2024, 3, 31)]


@pytest.mark.parametrize("end", [date(2024, 3, 31), date(2024, 10, 27)])
def test_the_nights_on_which_clocks_change_are_nothing_to_days(end: date):
    history = series(noisy(60), start=end - timedelta(days=59))
    # Midnights in Paris, which are 23 or 25 hours apart there.
    instants = history.with_columns(pl.col(PERIOD).cast(pl.Datetime).dt.replace_time_zone("Europe/Paris"))
    found = forecast(history, 3)
    assert found[PERIOD].to_list() == [end + timedelta(days=at) for at in (1, 2, 3)]
    assert forecast(instants, 3).equals(found)


def test_a_series_that_ended_is_forecast_as_nothing_though_others_go_on():
    history = pl.concat([series(noisy(400)), series(noisy(150), "ended")])
    found = forecast(history)
    ended = found.filter(series_key="ended").select(pl.col(pl.Float64)).to_numpy()
    assert (ended == 0).all()
    assert (found.filter(series_key="a")["forecast"] > 50).all()


def test_a_series_that_begins_late_is_forecast_at_its_own_level():
    late = START + timedelta(days=100)
    history = pl.concat([series(noisy(120)), series(noisy(20, 1, 1000.0), "late", late)])
    assert forecast(history).filter(series_key="late")["forecast"].mean() == pytest.approx(1100, rel=0.3)


def with_closed(days: int, start: date, closed: list[date]) -> pl.DataFrame:
    """Eight series that sell nothing on Sundays and on some days more."""
    history = pl.concat([series(noisy(days, at), f"s{at}", start) for at in range(8)])
    shut = (pl.col(PERIOD).dt.weekday() == 7) | pl.col(PERIOD).is_in(closed)
    return history.filter(~shut)


def test_a_weekday_that_is_closed_stays_closed():
    found = forecast(with_closed(120, START, []), 14)
    sunday = pl.col(PERIOD).dt.weekday() == 7
    assert (found.filter(sunday).select(pl.col(pl.Float64)).to_numpy() == 0).all()
    assert (found.filter(~sunday)["forecast"] > 50).all()


def test_christmas_was_closed_and_is_again():
    start = date(2022, 9, 1)
    closed = [date(2022, 12, 25), date(2022, 12, 26), date(2023, 12, 25), date(2023, 12, 26)]
    days = (date(2024, 12, 20) - start).days + 1
    found = forecast(with_closed(days, start, closed), 8)
    nothing = found.group_by(PERIOD).agg(pl.col("hi95").max()).filter(pl.col("hi95") == 0)[PERIOD].sort()
    assert nothing.to_list() == [date(2024, 12, 22), date(2024, 12, 25), date(2024, 12, 26)]
