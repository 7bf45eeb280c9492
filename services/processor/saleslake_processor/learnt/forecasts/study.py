"""The study of sales forecasts: for each company, frequency, kpi and family a model, its scores, and what it
says."""

from collections.abc import Mapping

import polars as pl

from saleslake_processor.learnt.forecasts import backtest, cents, champion, drift, outlook, reasons
from saleslake_processor.learnt.forecasts.champion import Champion
from saleslake_processor.learnt.forecasts.days import CLOSED_DAYS
from saleslake_processor.learnt.forecasts.history import HORIZONS, History, histories
from saleslake_processor.learnt.forecasts.judging import Judged, judged
from saleslake_processor.learnt.forecasts.levels import LEVELS
from saleslake_processor.learnt.frames import FRAMES
from saleslake_processor.learnt.study import Lessons, Study, Tell

NAMES = (
    *("sales_forecast", "forecast_outlook", "forecast_accuracy", "forecast_reasons"),
    *("forecast_models", "forecast_pending", "forecast_checks"),
)

LEAST = {"day": 28, "week": 8}
"""Periods below which nothing is forecast."""

Rows = dict[str, list[pl.DataFrame]]


def learn(inputs: Mapping[str, pl.DataFrame], before: Lessons, tell: Tell) -> Lessons:
    """Forecasts of all companies that have sold for long enough."""
    last = {name: before.frames.get(name, pl.DataFrame(schema=FRAMES[name])) for name in NAMES}
    rows: Rows = {name: [pl.DataFrame(schema=FRAMES[name])] for name in NAMES}
    documents: dict[str, str] = {}
    closed = inputs[CLOSED_DAYS].sort("company").select("company", "closed_date")
    for company, closed_date in closed.iter_rows():
        for freq in HORIZONS:
            every = histories(inputs, company, closed_date, freq)
            found = [each for each in every if each.periods >= LEAST[freq]]
            categories: dict[str, pl.DataFrame] = {}
            for history, each in zip(found, judged(found, before.documents, tell), strict=True):
                documents[champion.name(history)] = each.best.document()
                _published(rows, history, each, categories)
                _checked(rows, last, history, each)
    return Lessons({name: _whole(name, parts) for name, parts in rows.items()}, documents)


FORECAST = Study(
    "forecast",
    ("sums/date_store_category", "sums/date_product", "current/store", "current/place", CLOSED_DAYS),
    NAMES,
    learn,
)


def _published(rows: Rows, history: History, of: Judged, categories: dict[str, pl.DataFrame]) -> None:
    """Add what is forecast; `categories` are what stores sell by kpi, to which products add up."""
    best = of.best
    said = best.says(history, history.last)
    if history.family == "products":
        if history.kpi in categories:
            _add(
                rows, "sales_forecast", history, cents.products(history, said, categories[history.kpi]), best
            )
        return
    published = categories[history.kpi] = cents.stores(history, said)
    explained = reasons.reasons(history, best, said, published)
    came, narrowed = backtest.actual(history), best.about["narrowed"]
    together = outlook.outlook(history, came, published, explained, narrowed)
    _add(rows, "sales_forecast", history, published, best)
    _add(rows, "forecast_reasons", history, explained, best)
    _add(rows, "forecast_outlook", history, together, best)


def _checked(rows: Rows, last: Mapping[str, pl.DataFrame], history: History, of: Judged) -> None:
    """Add what is said of the forecasts: accuracy, drift, and the model."""
    best, about = of.best, of.best.about
    before = pl.concat([last["sales_forecast"], last["forecast_pending"]])
    now = drift.checks(history, backtest.actual(history), before)
    checked = drift.kept(history, last["forecast_checks"], now)
    rows["forecast_checks"].append(checked)
    rows["forecast_pending"].append(drift.pending(history, before))
    levels = pl.DataFrame({"level": list(LEVELS[history.family])})
    used = levels.join(
        of.scored.filter(pl.col("method") == best.method), on="level", how="left"
    ).with_columns(is_used=pl.lit(True), method=pl.lit(best.method))
    others = of.scored.filter(pl.col("method") != best.method).with_columns(is_used=pl.lit(False))
    accuracy = (
        pl.concat([used.select(others.columns), others])
        .join(drift.drifting(checked), on="level", how="left")
        .with_columns(
            pl.when(pl.col("is_used")).then(pl.col(name).fill_null(0)).otherwise(0).alias(name)
            for name in ("checked", "outside80", "outside95")
        )
        .with_columns(
            pl.col("origins", "series", "compared").fill_null(0),
            is_drifting=pl.col("is_drifting").fill_null(False) & pl.col("is_used"),
        )
    )
    _add(rows, "forecast_accuracy", history, accuracy.drop("model", strict=False), best)
    model = pl.DataFrame(
        {
            "family": [history.family],
            "method": [best.method],
            "data_hash": [about["data_hash"]],
            "first_period": [about["first_period"]],
            "last_period": [about["last_period"]],
            "series": [history.series.height],
            "ended": [len(history.dead)],
        }
    ).with_columns(pl.col("first_period", "last_period").str.to_date("%Y-%m-%d"))
    _add(rows, "forecast_models", history, model, best)


def _add(rows: Rows, name: str, history: History, found: pl.DataFrame, best: Champion) -> None:
    known = {
        "company": history.company,
        "freq": history.freq,
        "kpi": history.kpi,
        "origin": history.origin,
        "method": best.method,
        "model": best.id,
    }
    schema = FRAMES[name]
    missing = {key: value for key, value in known.items() if key in schema and key not in found.columns}
    whole = found.with_columns(pl.lit(value).alias(key) for key, value in missing.items())
    rows[name].append(whole.select(pl.col(column).cast(dtype) for column, dtype in schema.items()))


def _whole(name: str, parts: list[pl.DataFrame]) -> pl.DataFrame:
    return pl.concat(parts).sort(*FRAMES[name].names()[:9])
