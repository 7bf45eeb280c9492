"""How much of a forecast is the learner's, and the rest theta's."""

import polars as pl
import pytest

from saleslake_processor.forecast import Forecaster
from saleslake_processor.forecast.history import VALUE
from saleslake_processor.forecast.model import SHARES, trusted
from tests.forecast_rows import noisy, series, several


@pytest.mark.parametrize(
    ("errors", "years", "share"),
    [
        # Of a year and more the best one is taken, however little it is better.
        ((1.0, 1.0, 1.0, 1.0, 0.999), 1.0, 1.0),
        ((0.999, 1.0, 1.0, 1.0, 1.0), 3.0, 0.0),
        # Of some weeks it must be clearly better than half of each, the more so the farther from it.
        ((0.97, 1.0, 1.0, 1.0, 1.0), 0.2, 0.5),
        ((1.0, 1.0, 1.0, 1.0, 0.97), 0.2, 0.5),
        ((1.0, 1.0, 1.0, 0.97, 1.0), 0.2, 0.75),
        ((1.0, 1.0, 1.0, 1.0, 0.95), 0.2, 1.0),
        ((1.0, 1.0, 1.0, 1.0, 0.97), 0.6, 1.0),
    ],
)
def test_of_a_short_history_half_of_each_is_preferred(errors: tuple[float, ...], years: float, share: float):
    assert trusted(errors, years) == share


def test_a_learner_that_could_not_be_tried_has_a_quarter():
    fitted = Forecaster("1d", 28).fit(series(noisy(40)))
    assert fitted.share == 0.25
    assert not fitted.is_tried


def test_what_was_tried_too_seldom_has_no_bounds_of_past_forecasts():
    fitted = Forecaster("1d", 28).fit(series(noisy(60)))
    assert fitted.share in SHARES
    assert not fitted.is_tried


def test_where_too_little_was_known_at_the_first_origin_theta_forecasts_and_is_what_was_tried():
    fitted = Forecaster("1d", 3).fit(series(noisy(110)))
    assert fitted.share == 0.0
    assert fitted.is_tried


def test_a_closure_at_the_end_leaves_the_learner_a_quarter():
    """Nothing came of any past origin; that tells nothing against it."""
    history = several(4, 500)
    last = pl.col("period") > history["period"].max() - pl.duration(days=100)
    closed = history.with_columns(pl.when(~last).then(VALUE).alias(VALUE))
    assert Forecaster("1d", 28).fit(closed).share == 0.25
