"""What is expected: sales forecasts with bounds, how good they have been, and what they are made of."""

import dataframely as dy
import polars as pl

from saleslake_processor.contracts import columns as c

FREQS = ("day", "week")

KPIS = ("net_amount", "units")

LEVELS = ("total", "category", "region", "store", "store_category", "product")

_FREQ = "day, or week from Monday"

_MODEL = "name of the model in lake/models, whose document says of what data it was made"


def _freq() -> dy.String:
    return dy.String(primary_key=True, check=lambda column: column.is_in(FREQS), description=_FREQ)


def _kpi() -> dy.String:
    return dy.String(
        primary_key=True,
        check=lambda column: column.is_in(KPIS),
        description="what is forecast: net_amount (sales less refunds, a refund on its own day and not on "
        "that of its sale) or units (units sold)",
    )


def _level(meaning: str) -> dy.String:
    return dy.String(primary_key=True, check=lambda column: column.is_in(LEVELS), description=meaning)


class SalesForecast(dy.Schema):
    """One row per company, day or week, figure, member of a level and period after the last closed day.

    Forecasts of parts add up to those of what they are parts of, at every level and period: store and
    category to store, category, region (of the store) and total; products, with "other products" of each
    category, to it.
    """

    company = c.text("whose sales", primary=True)
    freq = _freq()
    kpi = _kpi()
    level = _level(
        "total (the company), category (topmost), region (of the store), store, store_category (both), "
        "or product (of the whole company)"
    )
    store_key = c.key("the store (dim_store); 0 where the level has none, and unknown", primary=True)
    category_key = c.key(
        "the topmost category (sales_daily); 0 where the level has none, and unknown", primary=True
    )
    region_key = c.key(
        "the region of the store (sales_by_region); 0 where the level has none, and unknown", primary=True
    )
    product_key = c.key(
        "the product (dim_product); 0 where the level has none, and at level product: all others of the "
        "category",
        primary=True,
    )
    period = c.day("the day, or the Monday of the week, that is forecast", primary=True)
    horizon = c.count("number of the period after the origin, from 1")
    origin = c.day(
        "last closed day: the last one with a sale that was over when sales were fetched last", required=True
    )
    forecast = c.money(
        "what is expected (mean): an amount in the company's currency, or units", required=True
    )
    lo80 = c.money("below it, what comes should lie in 10 of 100 cases", required=True)
    hi80 = c.money("above it, what comes should lie in 10 of 100 cases", required=True)
    lo95 = c.money("below it, what comes should lie in 2.5 of 100 cases", required=True)
    hi95 = c.money("above it, what comes should lie in 2.5 of 100 cases", required=True)
    method = c.text("by which method (forecast_accuracy)", required=True)
    model = c.text(_MODEL, required=True)

    @dy.rule()
    def bounds_lie_around_the_forecast(cls) -> pl.Expr:
        low = (cls.lo95.col <= cls.lo80.col) & (cls.lo80.col <= cls.forecast.col)
        return low & (cls.forecast.col <= cls.hi80.col) & (cls.hi80.col <= cls.hi95.col)

    @dy.rule()
    def what_is_forecast_lies_ahead(cls) -> pl.Expr:
        return (cls.period.col > cls.origin.col) & (cls.horizon.col >= 1)


class ForecastOutlook(dy.Schema):
    """One row per company, day or week, figure, total or category: what all periods ahead of the last closed
    day come to together, beside the same time a year before."""

    company = c.text("whose sales", primary=True)
    freq = _freq()
    kpi = _kpi()
    level = _level("total or category")
    category_key = c.key("the topmost category; 0 of the total, and unknown", primary=True)
    first_period = c.day("first period: a day, or the Monday of a week", required=True)
    last_period = c.day("last period", required=True)
    periods = c.count("number of periods: 28 days or 26 weeks")
    origin = c.day("last closed day (sales_forecast)", required=True)
    forecast = c.money("sum of the forecasts of these periods", required=True)
    lo80 = c.money("below it, the sum should lie in 10 of 100 cases", required=True)
    hi80 = c.money("above it, the sum should lie in 10 of 100 cases", required=True)
    lo95 = c.money("below it, the sum should lie in 2.5 of 100 cases", required=True)
    hi95 = c.money("above it, the sum should lie in 2.5 of 100 cases", required=True)
    year_before = c.money(
        "what came 364 days before these periods, a refund on its own day; null where that is not known"
    )
    change_rate = c.rate("forecast less that, as part of it; null where that is not above 0")
    driver = c.text(
        "group of reasons (forecast_reasons) that weighs most in the forecast beside the level of sales; "
        "null where none does"
    )
    driver_contribution = c.money("what that group adds to the forecast; may be below 0")
    model = c.text(_MODEL, required=True)

    @dy.rule()
    def bounds_lie_around_the_forecast(cls) -> pl.Expr:
        low = (cls.lo95.col <= cls.lo80.col) & (cls.lo80.col <= cls.forecast.col)
        return low & (cls.forecast.col <= cls.hi80.col) & (cls.hi80.col <= cls.hi95.col)


class ForecastAccuracy(dy.Schema):
    """One row per company, day or week, figure, level and method: its error on past origins, from which
    nothing of what came was known; the method that is published, beside others, and how it has done since.

    Scores are those of a method by the backtest of the day on which the published model was made or judged
    last, not of that model. Errors of the members of a level are weighted by what each sold before the
    origin. Formulas: docs/forecasts.md.
    """

    company = c.text("whose sales", primary=True)
    freq = _freq()
    kpi = _kpi()
    level = _level("level of the members (sales_forecast)")
    method = c.text(
        "model (LightGBM, direct); seasonal_naive: the same weekday of the last week, the same week of the "
        "last year; "
        "means of these; ets, theta, arima (5,1,0), of a few series of the level; mean: of the last 8, "
        "where the history "
        "is short",
        primary=True,
    )
    rmsse_rate = c.rate(
        "root of the mean squared error, as part of that of saying that nothing changes; may be above 1"
    )
    beside_naive_rate = c.rate(
        "that error as part of the seasonal naive method's for the same series; below 1 is better"
    )
    wape_rate = c.rate("sum of absolute errors as part of the sum of what came; may be above 1")
    mean_absolute_error = c.money("mean absolute error of a period, an amount or units")
    bias_rate = c.rate(
        "sum of forecasts less what came, as part of what came; above 0: too much was forecast"
    )
    coverage80_rate = c.rate(
        "part of what came that lay within lo80 and hi80; null of methods without bounds"
    )
    coverage95_rate = c.rate("part of what came that lay within lo95 and hi95")
    origins = c.count("origins from which it was forecast; 0: the history is too short to judge")
    series = c.count("series that were compared: of ets, theta and arima those with the most sales")
    compared = c.count("values that were compared")
    is_used = dy.Bool(nullable=False, description="whether it is the method of sales_forecast")
    model = c.text("of the method that is published: " + _MODEL, required=True)
    checked = c.count("published forecasts whose period is over since, of the last 91 days or 26 weeks")
    outside80 = c.count("of these, how many came to lie outside lo80 and hi80")
    outside95 = c.count("of these, how many came to lie outside lo95 and hi95")
    is_drifting = dy.Bool(
        nullable=False, description="whether more lie outside than chance explains (docs/forecasts.md)"
    )


class ForecastReasons(dy.Schema):
    """One row per company, day or week, figure, total or category, period and group of reasons, whose
    contributions add up to the forecast."""

    company = c.text("whose sales", primary=True)
    freq = _freq()
    kpi = _kpi()
    level = _level("total or category")
    category_key = c.key("the topmost category; 0 of the total, and unknown", primary=True)
    period = c.day("the day, or the Monday of the week, that is forecast", primary=True)
    reason = c.text(
        "group of what the forecast goes by, such as level (what was sold lately), season, calendar, trend; "
        "theta, last_season: what is taken of those methods; other: roundings, and days on which shops are "
        "closed",
        primary=True,
    )
    contribution = c.money("what it adds to the forecast, an amount or units; may be below 0", required=True)
    model = c.text(_MODEL, required=True)
