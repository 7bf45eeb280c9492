"""The picture of a forecast: which panels it has, and that it is one."""

import struct
from datetime import timedelta

import polars as pl
import pytest

from saleslake_processor.forecast import Forecaster, picture
from saleslake_processor.forecast.history import PERIOD, SERIES, VALUE
from tests.forecast_rows import START, series, several


def frames(count: int, horizon: int = 7) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    history = several(count, 60)
    fitted = Forecaster("1d", horizon).fit(history, groups={"total": []})
    return history, fitted.predict(), fitted.predict_sums()["total"]


def size(png: bytes) -> tuple[int, int]:
    assert png.startswith(b"\x89PNG\r\n")
    width, height = struct.unpack(">II", png[16:24])
    return width, height


@pytest.mark.parametrize(
    ("count", "with_total", "panels"),
    [
        (1, True, ["s0"]),
        (3, False, ["s2", "s1", "s0"]),
        (8, True, ["total of 8 series", "s7", "s6", "s5", "s4", "s3"]),
    ],
)
def test_the_largest_have_a_panel_each_and_the_total_the_first(
    count: int, with_total: bool, panels: list[str]
):
    history, found, total = frames(count)
    made = picture._panels(history, found, "1d", total if with_total else None)
    assert [name for name, _, _ in made] == panels


def test_the_past_is_four_horizons_with_zeros_and_gaps():
    history = (
        series([5] * 100)
        .with_columns(value=pl.when(pl.col(PERIOD) == START + timedelta(days=97)).then(None).otherwise(VALUE))
        .filter(pl.col(PERIOD) != START + timedelta(days=98))
    )
    found = Forecaster("1d", 7).fit(history).predict()
    [(_, past, ahead)] = picture._panels(history, found, "1d", None)
    assert past[PERIOD].to_list() == [START + timedelta(days=at) for at in range(72, 100)]
    assert past[VALUE].to_list()[-4:] == [5.0, None, 0.0, 5.0]
    assert ahead.equals(found)


def test_a_picture_is_a_png_that_grows_with_its_panels_and_is_the_same_again():
    one, six = frames(1), frames(6)
    first = picture.picture(*one[:2], "1d")
    assert first == picture.picture(*one[:2], "1d")
    assert size(picture.picture(*six[:2], "1d", six[2]))[1] > 2 * size(first)[1]


@pytest.mark.parametrize("key", ["$x_1$ ^", "x" * 200, "日本 é", ""])
def test_any_name_can_be_drawn(key: str, recwarn: pytest.WarningsRecorder):
    history = series([1, 2, 3], key)
    found = Forecaster("1d", 1).fit(history).predict()
    assert found[SERIES].to_list() == [key]
    size(picture.picture(history, found, "1d", value="$ net_$"))
