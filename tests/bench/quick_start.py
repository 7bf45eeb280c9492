"""mlforecast as its documentation starts: LightGBM on lags, rolling means and dates, step after step."""

import lightgbm
import polars as pl
from mlforecast import MLForecast
from mlforecast.lag_transforms import ExpandingMean, RollingMean
from mlforecast.target_transforms import Differences
from mlforecast.utils import PredictionIntervals

from saleslake_processor.forecast.history import PERIOD, SERIES, Freq

NAME = "mlforecast_quick_start"

_ORIGINS = 2
"""Past ones, from which its bounds are made."""

_SHORT, _LONG, _WINDOW, _DATES = (
    {"1d": 7, "1w": 1},
    {"1d": 14, "1w": 4},
    {"1d": 28, "1w": 13},
    {"1d": "weekday", "1w": "month"},
)


def forecasts(rows: pl.DataFrame, freq: Freq, horizon: int, levels: tuple[float, ...]) -> pl.DataFrame:
    """Of rows `unique_id`, `ds`, `y` without gaps: `series_key`, `period`, `forecast`, conformal bounds;
    series that are too short for these have none."""
    # Bounds need as many periods of each series, and the lags before them.
    least = horizon * (_ORIGINS + 1) + _LONG[freq] + 2
    long = pl.col("len") >= least
    lengths = rows.group_by("unique_id").len()
    enough, short = (lengths.filter(each).select("unique_id") for each in (long, ~long))
    found = []
    if enough.height:
        bounded = rows.join(enough, on="unique_id", how="semi")
        found.append(_forecast(bounded, freq, horizon, levels))
    if short.height:
        found.append(
            _forecast(rows, freq, horizon, ()).join(short, left_on=SERIES, right_on="unique_id", how="semi")
        )
    return pl.concat(found, how="diagonal")


def _forecast(rows: pl.DataFrame, freq: Freq, horizon: int, levels: tuple[float, ...]) -> pl.DataFrame:
    learner = MLForecast(
        models={"lgb": lightgbm.LGBMRegressor(verbosity=-1, random_state=0, n_jobs=1)},
        freq=freq,
        lags=[_SHORT[freq], _LONG[freq]],
        lag_transforms={1: [ExpandingMean()], _SHORT[freq]: [RollingMean(window_size=_WINDOW[freq])]},
        date_features=[_DATES[freq]],
        target_transforms=[Differences([1])],
    )
    bounds = PredictionIntervals(n_windows=_ORIGINS, h=horizon) if levels else None
    learner.fit(rows, prediction_intervals=bounds)
    percents: list[int | float] = [round(level * 100) for level in levels]
    found = learner.predict(horizon, level=percents or None)
    return found.select(
        pl.col("unique_id").alias(SERIES),
        pl.col("ds").cast(pl.Date).alias(PERIOD),
        forecast=pl.col("lgb").cast(pl.Float64),
        **{
            f"{side}{percent}": pl.col(f"lgb-{side}-{percent}").cast(pl.Float64)
            for percent in percents
            for side in ("lo", "hi")
        },
    )
