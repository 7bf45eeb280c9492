"""The methods that may be published: each forecasts all series, so that what they add up to is the sum of
its parts."""

from dataclasses import dataclass
from datetime import date

import polars as pl

from saleslake_processor.forecast import Forecaster
from saleslake_processor.forecast.history import Freq
from saleslake_processor.learnt.forecasts import naive
from saleslake_processor.learnt.forecasts.history import KEYS, History
from saleslake_processor.learnt.forecasts.levels import AT, SUMS, at_levels, named

MODEL, NAIVE, MEAN = "model", "seasonal_naive", "mean"

BLENDS = {"mean of model and seasonal_naive": (MODEL, NAIVE)}

COVER = (0.8, 0.95)
BOUNDS = ("lo80", "hi80", "lo95", "hi95")

SEED = 20240229

FREQ: dict[str, Freq] = {"day": "1d", "week": "1w"}
_SERIES = ("series_key", "period", "forecast")


@dataclass(frozen=True)
class Candidate:
    """What a method says of the periods after an origin."""

    series: pl.DataFrame
    """`series_key`, `period`, `forecast`."""
    levels: pl.DataFrame
    """`AT`, `period`, `forecast` and `BOUNDS` of all levels of the family."""


def fitted(history: History, last: date) -> Forecaster:
    """A model of what was known after a period."""
    freq = FREQ[history.freq]
    groups = {name: list(keys) for name, keys in SUMS.items()} if history.family == "stores" else {}
    return Forecaster(freq, history.ahead, COVER, SEED).fit(
        _known(history, last), static=KEYS[history.family], known=("holiday",), groups=groups
    )


def told(history: History, last: date, text: str) -> Forecaster:
    """The model of a text, its parameters as they are, told what was known after a period."""
    return Forecaster.load(text, _known(history, last))


def _known(history: History, last: date) -> pl.DataFrame:
    """The rows that were known after a period, and zeros where nothing was sold: that may be a holiday."""
    return history.described(naive.dense(history.until(last), history.freq))


def ahead(history: History, last: date) -> pl.DataFrame:
    """What is known of the periods after one: `series_key`, `period`, `holiday`."""
    return history.described(history.after(last)).select("series_key", "period", "holiday")


def of_model(history: History, last: date, model: Forecaster) -> Candidate:
    """What a model that was told the rows until a period says of the periods after it."""
    future = ahead(history, last)
    series = model.predict(future)
    bottom = "store_category" if history.family == "stores" else "product"
    parts = [named(series.join(history.series, on="series_key", maintain_order="left"), bottom)]
    if history.family == "stores":
        parts += [named(sums, level) for level, sums in model.predict_sums(future).items()]
    levels = pl.concat(part.select(*AT, "period", "forecast", *BOUNDS) for part in parts)
    return Candidate(series.select(_SERIES), levels.sort(*AT, "period"))


def without_model(history: History, last: date) -> dict[str, Candidate]:
    """What is said without learning, with bounds by how far that was off before."""
    rows, ahead = history.until(last), history.after(last)
    spread = naive.spread(
        at_levels(_known(history, last), history.family, ["period"], ["value"]), history.freq
    )
    found = {}
    for name, method in ((NAIVE, naive.seasonal_naive), (MEAN, naive.mean)):
        series = method(rows, ahead, history.freq)
        sums = at_levels(history.described(series), history.family, ["period"], ["forecast"])
        bounded = sums.join(spread, on=AT, how="left").with_columns(
            (pl.col("forecast") + pl.col(name).fill_null(0)).alias(name) for name in BOUNDS
        )
        found[name] = Candidate(series, bounded.sort(*AT, "period"))
    return found


def candidates(history: History, last: date, model: Forecaster | None) -> dict[str, Candidate]:
    """What each method says of the periods after one; without a model, only those that learn nothing."""
    found = without_model(history, last)
    if model is None:
        return found
    # A mean is for those who are too new for anything else.
    found = {MODEL: of_model(history, last, model), NAIVE: found[NAIVE]}
    for name, parts in BLENDS.items():
        found[name] = _blend(history, [found[part] for part in parts])
    return found


def _blend(history: History, parts: list[Candidate]) -> Candidate:
    """The mean of methods, with the width of the first one's bounds."""
    first = parts[0]
    together = pl.concat([part.series for part in parts])
    series = (
        together.group_by("series_key", "period").agg(pl.col("forecast").mean()).sort("series_key", "period")
    )
    sums = at_levels(history.described(series), history.family, ["period"], ["forecast"])
    levels = sums.join(first.levels.rename({"forecast": "its"}), on=[*AT, "period"]).with_columns(
        (pl.col(name) + pl.col("forecast") - pl.col("its")).alias(name) for name in BOUNDS
    )
    return Candidate(series, levels.drop("its").sort(*AT, "period"))
