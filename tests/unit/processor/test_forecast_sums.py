"""Published forecasts: rounded parts that add up exactly, bounds in order, drift, how a method is chosen."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import polars as pl
import pytest

from saleslake_processor.contracts.columns import MONEY
from saleslake_processor.learnt.forecasts import cents, choice, drift, naive, outlook, scores
from saleslake_processor.learnt.forecasts.candidates import BOUNDS, Candidate
from saleslake_processor.learnt.forecasts.history import History
from saleslake_processor.learnt.forecasts.levels import AT, at_levels

LAST = date(2026, 2, 28)
PERIODS = [LAST + timedelta(days=number) for number in range(1, 4)]
STORES = [("1", "5", "71"), ("1", "6", "71"), ("2", "5", "72"), ("3", "6", "71")]


def history(family: str = "stores", kpi: str = "net_amount") -> History:
    if family == "stores":
        keys = [dict(zip(("store_key", "category_key", "region_key"), each, strict=True)) for each in STORES]
    else:
        keys = [
            {"category_key": category, "product_key": product} for category, product in ("57", "58", "50")
        ]
    series = pl.DataFrame([{"series_key": "|".join(each.values()), **each, "area": None} for each in keys])
    series = series.cast({"area": pl.String}).sort("series_key")
    rows = pl.DataFrame(
        [
            {"series_key": key, "period": LAST - timedelta(days=at), "value": float(at % 7)}
            for key in series["series_key"]
            for at in range(60)
        ]
    ).sort("series_key", "period")
    nothing = pl.DataFrame(schema={"area": pl.String, "period": pl.Date, "holiday": pl.Float64})
    closed = pl.DataFrame({"series_key": ["2|5|72"], "period": [PERIODS[1]]})
    start = LAST - timedelta(days=59)
    return History("acme", "day", kpi, family, series, rows, nothing, closed, (), start, LAST, LAST)


def said(of: History, *forecasts: float) -> Candidate:
    """The same forecast of a series in each period, and bounds that lie 10 and 20 off at each level."""
    values = dict(zip(of.series["series_key"], forecasts, strict=True))
    series = pl.DataFrame(
        [
            {"series_key": key, "period": day, "forecast": value}
            for key, value in values.items()
            for day in PERIODS
        ]
    )
    levels = at_levels(of.described(series), of.family, ["period"], ["forecast"])
    off = {"lo80": -10, "hi80": 10, "lo95": -20, "hi95": 20}
    return Candidate(
        series, levels.with_columns((pl.col("forecast") + by).alias(name) for name, by in off.items())
    )


def test_parts_are_rounded_to_the_cent_and_add_up_at_every_level():
    rows = cents.stores(history(), said(history(), 10.004, 0.125, 33.333333, 1e6 / 3))
    totals = rows.group_by("level", "period").agg(pl.col("forecast").sum()).sort("period", "level")
    assert set(totals["level"]) == {"total", "category", "region", "store", "store_category"}
    assert (totals.group_by("period").agg(pl.col("forecast").n_unique())["forecast"] == 1).all()
    parts = rows.filter(pl.col("level") == "store_category", pl.col("period") == PERIODS[0])
    assert parts["forecast"].to_list() == [Decimal(f"{each:.2f}") for each in (10, 0.13, 33.33, 333333.33)]
    assert rows["horizon"].unique().to_list() == [1, 2, 3]
    assert rows["period"].min() == LAST + timedelta(days=1)


def test_where_the_shop_is_closed_nothing_is_forecast_and_nothing_is_uncertain():
    rows = cents.stores(history(), said(history(), 10, 20, 30, 40)).filter(pl.col("period") == PERIODS[1])
    shut = rows.filter(pl.col("level") == "store", pl.col("store_key") == 2)
    assert shut.select("forecast", *BOUNDS).row(0) == (0, 0, 0, 0, 0)
    total = rows.filter(pl.col("level") == "total")
    assert total.select("forecast", *BOUNDS).row(0) == (70, 60, 80, 50, 90)


def test_products_and_the_rest_add_up_to_their_category():
    categories = cents.stores(history(), said(history(), 10.01, 20.02, 30.03, 40.04))
    of = history("products")
    rows = cents.products(of, said(of, 1.0, 2.0, 4.0), categories)
    whole = categories.filter(pl.col("level") == "category").select(
        "category_key", "period", whole="forecast"
    )
    sums = rows.group_by("category_key", "period").agg(pl.col("forecast").sum())
    both = sums.join(whole, on=["category_key", "period"], how="full")
    assert both.height == 6
    assert (both["forecast"] == both["whole"]).all()
    first = rows.filter(pl.col("period") == PERIODS[0], pl.col("category_key") == 5).sort("product_key")
    assert first["forecast"].to_list() == [Decimal("5.72"), Decimal("11.44"), Decimal("22.88")]
    # What no product has a forecast for is the category's own.
    rest = rows.filter(pl.col("category_key") == 6)
    assert rest["product_key"].unique().to_list() == [0]
    bounds = categories.filter(pl.col("level") == "category", pl.col("category_key") == 6)
    assert rest.select(BOUNDS).equals(bounds.select(BOUNDS))


def test_bounds_lie_around_the_forecast_in_order():
    of = history()
    odd = said(of, 10, 20, 30, 40)
    turned = Candidate(odd.series, odd.levels.with_columns(lo80="hi95", hi80="lo95"))
    rows = cents.stores(of, turned)
    low = (pl.col("lo95") <= pl.col("lo80")) & (pl.col("lo80") <= pl.col("forecast"))
    high = (pl.col("forecast") <= pl.col("hi80")) & (pl.col("hi80") <= pl.col("hi95"))
    assert rows.filter(~(low & high)).is_empty()


def scored(**ratios: list[float]) -> pl.DataFrame:
    rows = [
        {"level": str(at), "method": method.replace("_and_", " and "), "naive_ratio": ratio}
        for method, of in ratios.items()
        for at, ratio in enumerate(of)
    ]
    return pl.DataFrame(rows)


@pytest.mark.parametrize(
    ("ratios", "method"),
    [
        ({"model": [0.8, 0.9], "seasonal_naive": [1.0, 1.0]}, "model"),
        ({"model": [0.5, 1.01], "seasonal_naive": [1.0, 1.0]}, "seasonal_naive"),
        ({"model": [1.0, 1.0], "seasonal_naive": [1.0, 1.0]}, "seasonal_naive"),
        ({"ets": [0.1, 0.1], "seasonal_naive": [1.0, 1.0]}, "seasonal_naive"),
    ],
)
def test_the_best_method_that_is_worse_than_the_naive_one_at_no_level(
    ratios: dict[str, list[float]], method: str
):
    assert choice.chosen(scored(**ratios)) == method


def test_errors_are_relative_to_the_naive_scale_and_weighted_by_what_was_sold():
    def rows(key: str, *values: float) -> pl.DataFrame:
        at = {"level": "store", "store_key": key, "category_key": "0", "region_key": "0", "product_key": "0"}
        days = [LAST - timedelta(days=3 - number) for number in range(len(values))]
        return pl.DataFrame(
            [{**at, "period": day, "value": value} for day, value in zip(days, values, strict=True)]
        )

    # One step off by 2 and then 4 before the origin: a scale of 10. Sold 2 and 6, or 3 times as much.
    actual = pl.concat([rows("1", 2.0, 0.0, 4.0, 10.0), rows("2", 6.0, 0.0, 12.0, 30.0)])
    came = actual.filter(pl.col("period") == LAST)
    origin = LAST - timedelta(days=1)

    def by(method: str, one: float, other: float) -> pl.DataFrame:
        said = pl.Series([one, other])
        return came.with_columns(origin=pl.lit(origin), method=pl.lit(method), forecast=said).with_columns(
            lo80=pl.col("forecast") - 5, hi80=pl.col("forecast") + 5, lo95=pl.lit(0.0), hi95=pl.lit(100.0)
        )

    evaluated = pl.concat([by("model", 10.0, 50.0), by("seasonal_naive", 0.0, 30.0)])
    found = {row["method"]: row for row in scores.scores(evaluated, actual, 28).to_dicts()}
    # 0, and 20 / root of 90, weighted 1 : 3.
    assert found["model"]["rmsse"] == pytest.approx(0.75 * 20 / 90**0.5)
    assert found["seasonal_naive"]["rmsse"] == pytest.approx(0.25 * 10 / 10**0.5)
    assert found["model"]["naive_ratio"] == pytest.approx(2.0)
    assert (found["model"]["wape"], found["model"]["bias"]) == (0.5, 0.5)
    assert (found["model"]["coverage80"], found["model"]["coverage95"]) == (0.5, 1.0)
    assert (found["model"]["series"], found["model"]["compared"]) == (2, 2)


def published() -> pl.DataFrame:
    rows = cents.stores(history(), SAID)
    return rows.with_columns(company=pl.lit("acme"), freq=pl.lit("day"), kpi=pl.lit("net_amount"))


SAID = said(history(), 10, 20, 30, 40)


def test_actuals_outside_the_bounds_of_what_was_published_are_counted_by_level_and_period():
    came = at_levels(
        history().described(SAID.series.with_columns(value=pl.col("forecast") + 12)),
        "stores",
        ["period"],
        ["value"],
    )
    later = replace(history(), last=PERIODS[0])
    found = drift.checks(later, came, published())
    assert found["period"].unique().to_list() == [PERIODS[0]]
    bottom = found.filter(pl.col("level") == "store_category")
    assert bottom.select("checked", "outside80", "outside95").row(0) == (4, 4, 0)
    total = found.filter(pl.col("level") == "total")
    assert total.select("checked", "outside80", "outside95").row(0) == (1, 1, 1)


@pytest.mark.parametrize(
    ("checked", "outside80", "outside95", "drifts"),
    [(100, 20, 5, False), (100, 32, 5, False), (100, 33, 5, True), (100, 20, 12, True), (10, 5, 0, False)],
)
def test_more_than_chance_explains_is_drift(checked: int, outside80: int, outside95: int, drifts: bool):
    row = {"level": "total", "checked": checked, "outside80": outside80, "outside95": outside95}
    assert drift.drifting(pl.DataFrame([row]))["is_drifting"].to_list() == [drifts]


def test_a_sum_over_all_periods_has_narrower_bounds_where_errors_make_up_for_each_other():
    at = dict.fromkeys(AT, "0") | {"level": "total"}
    rows = [
        {
            **at,
            "period": day,
            "value": 10.0,
            "forecast": 10.0 + off,
            "lo80": 5.0,
            "hi80": 15.0,
            "lo95": 0.0,
            "hi95": 20.0,
        }
        for day, off in zip(PERIODS, (6.0, -6.0, 0.0), strict=True)
    ]
    one_way = [{**row, "forecast": 15.0} for row in rows]
    frame = {"method": "model", "origin": LAST}
    narrow = outlook.narrowed(pl.DataFrame([row | frame for row in rows]), "model")
    wide = outlook.narrowed(pl.DataFrame([row | frame for row in one_way]), "model")
    assert narrow == pytest.approx({"80": 3**-0.5, "95": 3**-0.5})
    assert wide == pytest.approx({"80": 1.0, "95": 3**-0.5})


def test_the_seasonal_naive_forecast_is_the_last_same_weekday_that_was_open():
    day = date(2026, 3, 2)
    values: list[float | None] = [float(at) for at in range(14)]
    values[13] = None
    rows = pl.DataFrame(
        {"series_key": "a", "period": [day + timedelta(days=at) for at in range(14)], "value": values}
    )
    ahead = pl.DataFrame({"series_key": "a", "period": [day + timedelta(days=at) for at in range(14, 28)]})
    said = naive.seasonal_naive(rows, ahead, "day")["forecast"].to_list()
    assert said == [7, 8, 9, 10, 11, 12, 6] * 2


def test_the_seasonal_naive_forecast_of_weeks_is_that_of_the_year_before_or_else_the_last_one():
    weeks = [date(2025, 1, 6) + timedelta(weeks=at) for at in range(60)]
    rows = pl.DataFrame(
        {
            "series_key": ["a"] * 60 + ["b"] * 5,
            "period": weeks + weeks[-5:],
            "value": [float(at) for at in range(65)],
        }
    )
    ahead = pl.DataFrame({"period": [weeks[-1] + timedelta(weeks=at) for at in (1, 2)]})
    ahead = pl.DataFrame({"series_key": ["a", "b"]}).join(ahead, how="cross")
    assert naive.seasonal_naive(rows, ahead, "week")["forecast"].to_list() == [8, 9, 64, 64]


def test_money_is_exact():
    rows = cents.stores(history(), said(history(), 0.1, 0.2, 0.3, 0.4))
    assert rows.schema["forecast"] == MONEY
    total = rows.filter(pl.col("level") == "total", pl.col("period") == PERIODS[0])
    assert total["forecast"].item() == Decimal("1.0000")
