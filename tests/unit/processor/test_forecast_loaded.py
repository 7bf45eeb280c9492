"""What was learnt forecasts another history than that it was learnt of: series end, begin, and are new."""

import json
from datetime import timedelta

import numpy as np
import polars as pl
import pytest

from saleslake_processor.forecast import Forecaster, HistoryError
from saleslake_processor.forecast.history import PERIOD, SERIES
from tests.forecast_rows import START, noisy, series

DAYS, HORIZON = 60, 3


def shop(*stores: str, categories: str = "xyz", days: int = DAYS) -> pl.DataFrame:
    """A series for each store and category."""
    parts = [
        series(noisy(days, at * len(categories) + number), f"{store}|{category}").with_columns(
            store=pl.lit(store), category=pl.lit(category)
        )
        for at, store in enumerate(stores)
        for number, category in enumerate(categories)
    ]
    return pl.concat(parts)


def without(history: pl.DataFrame, key: str) -> pl.DataFrame:
    return history.filter(pl.col(SERIES) != key)


BY = ["store", "category"]

CHANGES = {
    "one less, with which three to a kind are gone": (shop(*"abcd"), without(shop(*"abcd"), "a|x")),
    "one more, with which three to a kind are there": (without(shop(*"abcd"), "a|x"), shop(*"abcd")),
    "a second store": (
        shop("a", categories="uvwxyz"),
        pl.concat(
            [shop("a", categories="uvwxyz"), shop("b", categories="x").filter(pl.col(PERIOD).dt.month() > 6)]
        ),
    ),
    "stores that are new each": (shop(*"abc"), shop(*"abcde")),
    "nobody that was known": (shop(*"abc"), shop(*"def")),
    "a store and a category alone": (shop(*"abc"), shop("a", categories="x")),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_was_learnt_of_other_series_forecasts_those_that_are_there(change: str):
    before, after = CHANGES[change]
    fitted = Forecaster("1d", HORIZON).fit(before, static=BY, groups={"store": ["store"], "total": []})
    loaded = Forecaster.load(fitted.save(), after)
    found = loaded.predict()
    assert found[SERIES].unique().sort().to_list() == after[SERIES].unique().sort().to_list()
    assert found["forecast"].is_between(30, 300).all()
    assert loaded.predict_sums()["total"]["forecast"].sum() == pytest.approx(found["forecast"].sum())
    assert loaded.explain()["contribution"].is_finite().all()


def test_a_series_that_ended_changes_little_of_what_others_are_forecast():
    history = shop(*"abcd")
    fitted = Forecaster("1d", HORIZON).fit(history, static=BY)
    before = without(fitted.predict(), "a|x")
    after = Forecaster.load(fitted.save(), without(history, "a|x")).predict()
    assert after["forecast"].to_numpy() == pytest.approx(before["forecast"].to_numpy(), rel=0.1)


def priced(prices: list[float]) -> pl.DataFrame:
    history = shop(*"ab")
    return history.with_columns(price=pl.Series(np.resize(prices, history.height)))


@pytest.mark.parametrize(
    ("before", "after"),
    [(list(range(1, 30)), [9.0, 8.0]), ([9.0, 8.0], list(range(1, 30))), (list(range(1, 30)), [0.0, 1.0])],
)
def test_prices_are_looked_at_as_they_were_when_it_was_learnt(before: list[float], after: list[float]):
    """Few prices are classes, and many are amounts, which nothing else tells of them."""
    text = Forecaster("1d", HORIZON).fit(priced(before), known=["price"]).save()
    keys = priced(after).select(SERIES).unique()
    days = pl.DataFrame({PERIOD: [START + timedelta(days=DAYS + at) for at in range(HORIZON)]})
    future = keys.join(days, how="cross").with_columns(price=pl.lit(0.0))
    found = Forecaster.load(text, priced(after)).predict(future)
    assert found["forecast"].is_between(30, 300).all()


def test_other_features_than_those_learnt_are_refused():
    fitted = Forecaster("1d", HORIZON).fit(shop(*"abc"), static=BY)
    said = json.loads(fitted.save())
    said["learner"]["names"][3] = "of_another_version"
    with pytest.raises(ValueError, match="of_another_version"):
        Forecaster.load(json.dumps(said), shop(*"abc"))


def test_words_where_numbers_were_learnt_are_refused():
    history = priced([9.0, 8.0])
    text = Forecaster("1d", HORIZON).fit(history, known=["price"]).save()
    with pytest.raises(HistoryError, match="price has words, and was learnt as numbers"):
        Forecaster.load(text, history.with_columns(price=pl.lit("dear")))
