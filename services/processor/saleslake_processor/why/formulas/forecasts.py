"""Formulas of what is expected: it is learnt, and no order line alone says it."""

from collections.abc import Mapping

from saleslake_processor.why.formulas.way import NOTHING, Way, every

LEARNT = Way(within=NOTHING)
"""Rows that were learnt of the whole history of a company: `saleslake why` names the model and its data."""

_SCORED = "over the periods after past origins"

FORECASTS: dict[str, Mapping[str, Way]] = {
    "sales_forecast": {
        "horizon": Way("number of the period after origin", NOTHING, ("origin",)),
        "origin": Way(
            "last day with a sale that was over 12 hours before sales were fetched last (UTC)", NOTHING
        ),
        **every("forecast", "mean that the model expects; sums are those of the rounded parts", NOTHING),
        **every(
            "lo80 hi80 lo95 hi95",
            "quantile of errors on past origins, around the forecast: docs/forecasts.md",
            NOTHING,
        ),
        "method": Way("least error beside seasonal_naive on past origins (forecast_accuracy)", NOTHING),
        "model": Way("name of the document in lake/models", NOTHING),
    },
    "forecast_outlook": {
        "first_period": Way("first period after origin", NOTHING, ("origin",)),
        "last_period": Way("last period that is forecast", NOTHING),
        "periods": Way("number of periods", NOTHING, ("first_period", "last_period")),
        "origin": Way(
            "last day with a sale that was over 12 hours before sales were fetched last (UTC)", NOTHING
        ),
        "forecast": Way("sum over the periods of sales_forecast.forecast", NOTHING),
        **every(
            "lo80 hi80 lo95 hi95",
            "forecast + part of the sum of what the bounds lie off, the part by past origins: "
            "docs/forecasts.md",
            NOTHING,
        ),
        "year_before": Way("sum of sales less refunds, or of units, 364 days before the periods", NOTHING),
        "change_rate": Way("(forecast - year_before) / year_before", NOTHING, ("forecast", "year_before")),
        "driver": Way("group of reasons with the greatest sum of contributions, but for level", NOTHING),
        "driver_contribution": Way(
            "sum over the periods of forecast_reasons.contribution", NOTHING, ("driver",)
        ),
        "model": Way("name of the document in lake/models", NOTHING),
    },
    "forecast_accuracy": {
        "rmsse_rate": Way(
            f"root of (mean squared error / mean squared change of a period) {_SCORED}", NOTHING
        ),
        "beside_naive_rate": Way("rmsse_rate / that of seasonal_naive for the same series", NOTHING),
        "wape_rate": Way(f"sum of absolute errors / sum of absolute values {_SCORED}", NOTHING),
        "mean_absolute_error": Way(
            f"sum of absolute errors / number of values {_SCORED}", NOTHING, ("compared",)
        ),
        "bias_rate": Way(f"sum of (forecast - value) / sum of absolute values {_SCORED}", NOTHING),
        **every(
            "coverage80_rate coverage95_rate", f"part of the values within the bounds {_SCORED}", NOTHING
        ),
        "origins": Way("number of past origins", NOTHING),
        "series": Way("number of series that were compared", NOTHING),
        "compared": Way("number of values that were compared", NOTHING),
        "is_used": Way("least mean of beside_naive_rate over the levels, none above 1", NOTHING),
        "model": Way("name of the document in lake/models", NOTHING),
        "checked": Way("number of published forecasts whose period is over since", NOTHING),
        **every("outside80 outside95", "number of these outside their bounds", NOTHING),
        "is_drifting": Way(
            "outside > 1.5 times the expected number, and by 3 binomial standard deviations",
            NOTHING,
            ("checked", "outside80", "outside95"),
        ),
    },
    "forecast_reasons": {
        "contribution": Way("sum over series of what the group of features adds to the forecast", NOTHING),
        "model": Way("name of the document in lake/models", NOTHING),
    },
}
