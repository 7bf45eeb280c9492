"""What a history and a future must have, and what is said of those that do not."""

from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest

from saleslake_processor.forecast import Forecaster, HistoryError, NotFittedError, history, judges
from saleslake_processor.forecast.history import PERIOD, SERIES, VALUE, grid
from tests.forecast_rows import START, noisy, series, several

HISTORY = pl.concat([series(noisy(40)), series(noisy(40, 1), "b")]).with_columns(
    promo=(pl.col(PERIOD).dt.day() % 3 == 0).cast(pl.Float64),
    word=pl.when(pl.col(PERIOD).dt.day() % 2 == 0).then(pl.lit("even")).otherwise(pl.lit("odd")),
)
AHEAD = pl.DataFrame(
    {
        SERIES: ["a"] * 7 + ["b"] * 7,
        PERIOD: [START + timedelta(days=40 + at) for at in range(7)] * 2,
        "promo": [0.0, 1.0] * 7,
        "word": ["even", "odd"] * 7,
    }
)


def third(column: str, value: object) -> pl.DataFrame:
    """The history with another value in its third row."""
    there = pl.int_range(pl.len()) == 2
    return HISTORY.with_columns(pl.when(there).then(pl.lit(value)).otherwise(column).alias(column))


WRONG = {
    "NaN": (third(VALUE, float("nan")), "1 rows whose value is no finite number: a 2024-06-05 nan"),
    "infinite": (third(VALUE, float("inf")), "1 rows whose value is no finite number: a 2024-06-05 inf"),
    "twice": (
        pl.concat([HISTORY, HISTORY.head(1).with_columns(value=1.0)]),
        "2 rows that are there more than once: a 2024-06-03",
    ),
    "no key": (third(SERIES, None), "1 rows without a series or a period: None 2024-06-05"),
    "no period": (third(PERIOD, None), "1 rows without a series or a period: a None"),
    "no column": (HISTORY.drop(VALUE), "no column value; it has series_key, period, promo, word"),
    "no rows": (HISTORY.head(0), "the history has no rows"),
    "no value": (HISTORY.with_columns(value=None), "no value: all of them are null"),
    "words": (HISTORY.with_columns(value=pl.lit("x")), "a column has another type"),
    "the year 202": (
        pl.concat([HISTORY, HISTORY.head(1).with_columns(period=date(202, 6, 3))]),
        "spans 1,822 years, from 0202-06-03 to 2024-07-12",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_history_is_refused_by_the_rows_that_are_wrong(name: str):
    history, said = WRONG[name]
    with pytest.raises(HistoryError) as caught:
        Forecaster("1d", 7).fit(history)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_many_wrong_rows_are_counted_and_some_are_named():
    with pytest.raises(HistoryError, match=r"^80 rows whose .*: (a \S+ nan(; )?){5} and 75 more$"):
        Forecaster("1d", 7).fit(HISTORY.with_columns(value=float("nan")))


def test_weeks_begin_on_one_weekday():
    weeks = pl.concat([series(noisy(30), weeks=True), series([1.0], "b", START + timedelta(days=3))])
    with pytest.raises(
        HistoryError, match="1 rows of weeks that do not begin on weekday 1 like most: b 2024-06-06"
    ):
        Forecaster("1w", 4).fit(weeks)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"freq": "1m"}, "freq"),
        ({"horizon": 0}, "horizon"),
        ({"levels": (0.8, 1.0)}, "levels"),
        ({"levels": ()}, "levels"),
    ],
)
def test_a_forecaster_of_nothing_is_refused(wrong: dict[str, Any], said: str):
    with pytest.raises(ValueError, match=said):
        Forecaster(**{"freq": "1d", "horizon": 7, **wrong})


def test_fit_comes_first():
    with pytest.raises(NotFittedError):
        Forecaster("1d", 7).predict()


@pytest.mark.parametrize(
    ("future", "said"),
    [
        (None, "promo are known ahead"),
        (AHEAD.drop("promo"), "the future has no column promo"),
        (AHEAD.filter(pl.col(PERIOD) != START + timedelta(days=43)), "the future has nothing for 2024-07-16"),
        (pl.concat([AHEAD, AHEAD.head(1)]), "the future has a 2024-07-13 more than once"),
    ],
)
def test_a_future_that_lacks_something_is_refused(future: pl.DataFrame | None, said: str):
    fitted = Forecaster("1d", 7).fit(HISTORY, known=["promo"])
    with pytest.raises(HistoryError, match=said):
        fitted.predict(future)


def test_a_word_that_was_never_seen_is_not_known():
    fitted = Forecaster("1d", 7).fit(HISTORY, known=["word"])
    new = fitted.predict(AHEAD.with_columns(word=pl.lit("new")))
    assert new.equals(fitted.predict(AHEAD.with_columns(word=pl.lit(None, dtype=pl.String))))
    assert new["forecast"].is_finite().all()


def test_what_is_known_ahead_counts():
    """Each fifth day sells three times as much."""
    days = several(4, 150).with_columns(promo=pl.col(PERIOD).dt.ordinal_day() % 5 == 0)
    history = days.with_columns(value=pl.col(VALUE) * pl.when("promo").then(3.0).otherwise(1.0))
    end = START + timedelta(days=150)
    ahead = pl.DataFrame({PERIOD: [end + timedelta(days=at) for at in range(7)]}).join(
        pl.DataFrame({SERIES: ["s0", "s1", "s2", "s3"]}), how="cross"
    )
    fitted = Forecaster("1d", 7).fit(history, known=["promo"])
    with_, without = (
        float(fitted.predict(ahead.with_columns(promo=pl.lit(promo)))["forecast"].sum())
        for promo in (True, False)
    )
    assert with_ > 1.5 * without


def test_static_columns_hold_for_a_series():
    with pytest.raises(HistoryError, match="promo is no static column: a has more than one"):
        Forecaster("1d", 7).fit(HISTORY, static=["promo"])
    with pytest.raises(HistoryError, match="no column nothing"):
        Forecaster("1d", 7).fit(HISTORY, static=["nothing"])


def test_keys_that_are_numbers_have_their_own_static_columns():
    """As text 10 comes before 2."""
    keys = ("1", "2", "10")
    history = pl.concat([series(noisy(30, at), key) for at, key in enumerate(keys)]).with_columns(
        static=pl.col(SERIES).cast(pl.Float64)
    )
    fitted = Forecaster("1d", 7).fit(history.with_columns(pl.col(SERIES).cast(pl.Int64)), static=["static"])
    assert fitted.predict().equals(Forecaster("1d", 7).fit(history, static=["static"]).predict())


def test_what_is_loaded_needs_the_columns_that_were_learnt():
    text = Forecaster("1d", 7).fit(several(2, 30), static=["store"]).save()
    with pytest.raises(HistoryError, match="the history has no column store"):
        Forecaster.load(text, several(2, 30).drop("store"))


def test_a_period_without_a_row_is_zero_but_one_without_a_value_is_not_known():
    made = grid(series([1, None, 3]).filter(pl.col(VALUE).is_null() | (pl.col(VALUE) == 1)), "1d")
    assert str(made.values.tolist()) == "[[1.0, nan]]"
    without = grid(series([1, 2, 3]).filter(pl.col(VALUE) != 2), "1d")
    assert without.values.tolist() == [[1.0, 0.0, 3.0]]


def test_sums_are_exactly_those_of_their_parts():
    fitted = Forecaster("1d", 7).fit(
        several(5, 60), static=["store"], groups={"store": ["store"], "total": []}
    )
    found, sums = fitted.predict(), fitted.predict_sums()
    stores = several(5, 1).select(SERIES, "store")
    by_store = found.join(stores, on=SERIES).group_by("store", PERIOD).agg(parts=pl.col("forecast").sum())
    both = sums["store"].join(by_store, on=["store", PERIOD])
    assert both.height == 14
    assert both["forecast"].to_list() == pytest.approx(both["parts"].to_list(), rel=1e-12)
    total = found.group_by(PERIOD).agg(parts=pl.col("forecast").sum()).sort(PERIOD)["parts"]
    assert sums["total"]["forecast"].to_list() == pytest.approx(total.to_list(), rel=1e-12)


def test_levels_of_parts_of_a_percent_have_columns_and_judges():
    found = Forecaster("1d", 2, levels=(0.5, 0.995)).backtest(
        several(2, 40), origins=1, methods=["seasonal_naive"]
    )
    assert {"lo50", "hi50", "lo99_5", "hi99_5"} <= set(found.columns)
    assert found.filter(method="seasonal_naive")["hi99_5"].null_count() == 0


def test_a_judge_says_the_last_value_of_a_series_shorter_than_a_season():
    """Zeros would be easy to beat, and a NaN among the bounds a score of NaN."""
    late = series([1, 2, 3], "b", START + timedelta(weeks=67), weeks=True)
    short = pl.concat([series(noisy(70), weeks=True), late])
    found = judges.forecasts(grid(short, "1w"), 4, (0.8,), judges.JUDGES[:1])
    assert found.filter(series_key="b")["forecast"].to_list() == [3.0] * 4
    assert found.filter((pl.col("lo80") < pl.col("forecast")) & pl.col("hi80").is_finite()).height == 8


def test_closed_and_unknown_periods_are_no_zeros_to_judges():
    """Else a feast comes again a week later, and the error of who says so makes any forecast look good."""
    values = [float(at) for at in range(1, 29)]
    feast, sundays = 23, range(6, 28, 7)
    whole = pl.concat(series(values, f"s{at}") for at in range(8))
    closed = (pl.col(PERIOD) == START + timedelta(days=feast)) | (pl.col(PERIOD).dt.weekday() == 7)
    made = grid(whole.filter(~closed), "1d")
    rows = judges.rows(made, 28).filter(pl.col("unique_id") == "s0")
    expected = [at if at in sundays else at + 1 for at in range(27)]
    expected[feast] = feast + 1 - 7
    assert rows["y"].to_list() == expected
    [next_one] = judges.forecasts(made, 7, (0.8,), judges.JUDGES[:1]).filter(
        pl.col(PERIOD) == START + timedelta(days=feast + 7), series_key="s0"
    )["forecast"]
    assert next_one == feast + 1 - 7


def test_a_history_in_slices_is_the_same_grid(monkeypatch: pytest.MonkeyPatch):
    rows = several(3, 20).sample(fraction=0.8, seed=1, shuffle=True)
    rows = rows.with_columns(pl.when(pl.col(VALUE) > 20).then(VALUE).alias(VALUE))
    whole = grid(rows, "1d")
    monkeypatch.setattr(history, "_SLICE_ROWS", 7)
    sliced = grid(rows, "1d")
    assert np.array_equal(whole.values, sliced.values, equal_nan=True)
    assert (whole.keys, list(whole.first)) == (sliced.keys, list(sliced.first))
    with pytest.raises(HistoryError, match="2 rows that are there more than once"):
        grid(pl.concat([rows, rows.head(1)]), "1d")
