"""The face of the forecasts: a history in, forecasts with bounds out; no lake is needed."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

import numpy as np
import polars as pl
from scipy import stats

from saleslake_processor.forecast import closed, model, sums
from saleslake_processor.forecast import rows as chosen
from saleslake_processor.forecast.bounds import Bounds
from saleslake_processor.forecast.columns import Columns, coded
from saleslake_processor.forecast.history import (
    PERIOD,
    SERIES,
    Freq,
    Grid,
    HistoryError,
    grid,
    percent,
    standard,
)
from saleslake_processor.forecast.learner import Learner
from saleslake_processor.forecast.model import Known, Model
from saleslake_processor.forecast.sums import Widths

Groups = Mapping[str, Sequence[str]]


class NotFittedError(ValueError):
    """`fit` comes first."""


@dataclass(frozen=True)
class _Fitted:
    known: Known
    columns: Columns
    model: Model
    groups: dict[str, tuple[str, ...]]
    widths: dict[str, Widths]


class Forecaster:
    """Forecasts of many series at once, with bounds: one LightGBM over all series and horizons, blended with
    the theta method as far as that was better on the last periods (see docs/forecasts.md).

    A history has a row for a series on a period:

    - `series_key` (string): which series;
    - `period` (date): the day, or the first day of the week;
    - `value` (float): what was sold; null where it is not known, as on a day that was closed. A period
      without a row, after the series' first one, is zero. Days on which none of several series has a sale are
      taken as closed.

    `static` columns hold for a series (store, category), `known` ones for a period also ahead (price,
    promotion, holiday): numbers, or words that are a few. Known ones of a period without a row are what all
    series with a row have, else what the series had before; where that is wrong, as of a promotion on which
    nothing was sold, give a row whose value is 0. A null in a row is not known.

    The same rows in any order with the same seed give the same forecasts.
    """

    def __init__(
        self, freq: Freq, horizon: int, levels: Sequence[float] = (0.8, 0.95), seed: int = 0
    ) -> None:
        """`horizon` is the number of periods ahead, `levels` are the shares of what comes that bounds cover.

        Raises `ValueError` where one of them makes no sense.
        """
        if freq not in ("1d", "1w"):
            raise ValueError(f"freq is '1d' or '1w', not {freq!r}")
        if horizon < 1:
            raise ValueError(f"horizon is at least 1, not {horizon}")
        if not levels or not all(0 < level < 1 for level in levels) or len(set(levels)) < len(levels):
            raise ValueError(f"levels are different shares between 0 and 1, not {tuple(levels)}")
        self.freq: Freq = freq
        self.horizon, self.levels, self.seed = horizon, tuple(sorted(levels)), seed
        self._fitted: _Fitted | None = None

    @property
    def bounds(self) -> list[str]:
        """Names of the columns of bounds: `lo80`, `hi80`, ..."""
        return [f"{side}{percent(level)}" for level in self.levels for side in ("lo", "hi")]

    def fit(
        self,
        history: pl.DataFrame,
        *,
        static: Sequence[str] = (),
        known: Sequence[str] = (),
        groups: Groups | None = None,
    ) -> "Forecaster":
        """Learn from the history. `groups` are sums that shall have bounds of their own, by static columns
        whose values tell the sums apart: `{"store": ["store"], "total": []}`.

        Raises `HistoryError`, which names the rows, where values are NaN, rows are there twice, or columns
        are missing.
        """
        history = standard(history)
        columns, ready = self._ready(history, coded(history, static, known))
        named = {name: tuple(by) for name, by in (groups or {}).items()}
        for name, by in named.items():
            if not set(by) <= set(static):
                raise HistoryError(f"sums {name} are by {', '.join(by)}, which are not all static columns")
        learnt = model.fit(ready, self.horizon, self.levels, self.seed)
        widths = {}
        if learnt.judged is not None:
            for name, by in named.items():
                members = [at for _, at in _members(ready.grid, columns, by)]
                widths[name] = sums.measured(learnt.judged, members, self.levels)
        self._fitted = _Fitted(ready, columns, learnt, named, widths)
        return self

    def predict(self, future: pl.DataFrame | None = None) -> pl.DataFrame:
        """`series_key`, `period`, `forecast` and bounds, a row for each series and period ahead.

        `forecast` is the expected value (the mean). `future` has the known columns, for each series and
        period ahead. Raises `NotFittedError`, and `HistoryError` where `future` lacks a column.
        """
        ready = self._ahead(future)
        keys = pl.DataFrame({SERIES: pl.Series(ready.grid.keys, dtype=pl.String)})
        return self._frame(keys, *self._arrays(ready))

    def predict_sums(self, future: pl.DataFrame | None = None) -> dict[str, pl.DataFrame]:
        """By name of the sums: the static columns that tell them apart, `period`, `forecast` (exactly the sum
        of its parts') and bounds."""
        fitted = self._known()
        forecast, bounds = self._arrays(self._ahead(future))
        narrow = int(np.argmin(self.levels))
        half = model.half_widths(forecast, bounds[:, :, narrow])
        out = {}
        for name, by in fitted.groups.items():
            members = _members(fitted.known.grid, fitted.columns, by)
            total = np.stack([forecast[at].sum(axis=0) for _, at in members])
            width = np.stack([np.sqrt((half[at] ** 2).sum(axis=0)) for _, at in members])
            widths = fitted.widths.get(name, _independent(self.levels))
            found = widths.bounds(total, width)
            alone = np.array([len(at) == 1 for _, at in members])
            # The sum of one is that one.
            found[alone] = np.stack([bounds[at[0]] for _, at in members])[alone]
            if not model.negative(fitted.known.grid).any():
                found = np.maximum(found, 0.0)
            keys = pl.DataFrame(
                [key for key, _ in members], schema=dict.fromkeys(by, pl.String), orient="row"
            )
            out[name] = self._frame(keys, total, found)
        return out

    def explain(self, future: pl.DataFrame | None = None) -> pl.DataFrame:
        """`series_key`, `period`, `group`, `contribution`: what each group of features (`features.GROUPS`)
        adds to the forecast. `base` is the level without any of them, `theta` what the blend takes from
        the theta method. Those of a series and period add up to its forecast."""
        fitted = self._known()
        ready = self._ahead(future)
        found, features = fitted.model, ready.features(self.horizon)
        series = np.arange(len(ready.grid.keys))
        forecast, _ = self._arrays(ready)
        asked = chosen.ahead(series, ready.grid.length - 1, self.horizon)
        made, level = features.make(asked)
        names: tuple[str, ...] = ("base",)
        values = np.zeros((len(asked), 1))
        if found.learner is not None and found.share > 0:
            names, values = found.learner.contributions(made, features.groups)
            values = values * (found.share * level)[:, None]
        rest = forecast.ravel() - values.sum(axis=1)
        values, names = np.column_stack([values, rest]), (*names, "theta")
        rows = self._keyed(ready.grid)
        return (
            rows.with_columns(**{name: values[:, at] for at, name in enumerate(names)})
            .unpivot(names, index=[SERIES, PERIOD], variable_name="group", value_name="contribution")
            .sort(SERIES, PERIOD, "group")
        )

    def backtest(
        self,
        history: pl.DataFrame,
        origins: int = 3,
        *,
        static: Sequence[str] = (),
        known: Sequence[str] = (),
        groups: Groups | None = None,
        methods: Sequence[str] | None = None,
    ) -> pl.DataFrame:
        """Errors of this forecaster and of statistical methods on past origins: a row per series, horizon,
        origin and method; see `backtest.backtest`, and `scores.summary` for figures of them."""
        # Here, since it makes forecasters.
        from saleslake_processor.forecast import backtest, judges

        return backtest.backtest(
            *(self, history),
            origins=origins,
            static=static,
            known=known,
            groups=groups,
            methods=judges.JUDGES if methods is None else methods,
        )

    def save(self) -> str:
        """All that was learnt, as text (JSON); the history is not in it."""
        fitted = self._known()
        learnt = fitted.model
        return json.dumps(
            {
                "freq": self.freq,
                "horizon": self.horizon,
                "levels": list(self.levels),
                "seed": self.seed,
                "columns": fitted.columns.text(),
                "groups": fitted.groups,
                "learner": learnt.learner.text() if learnt.learner else None,
                "share": learnt.share,
                "bounds": learnt.bounds.text() if learnt.bounds else None,
                "widths": {name: each.by_block.tolist() for name, each in fitted.widths.items()},
            },
            sort_keys=True,
        )

    @classmethod
    def load(cls, text: str, history: pl.DataFrame) -> "Forecaster":
        """What `save` gave, to forecast what follows this history; nothing is learnt of it. Its series may be
        others: words that are new are not known.

        Raises `HistoryError` where the history lacks what was learnt of, `ValueError` where the text was
        saved by a version with other features.
        """
        said: dict[str, Any] = json.loads(text)
        made = cls(said["freq"], said["horizon"], said["levels"], said["seed"])
        history = standard(history)
        columns, ready = made._ready(history, Columns.of_text(said["columns"]).of(history))
        learner = Learner.of_text(said["learner"]) if said["learner"] else None
        if learner is not None and learner.names != (names := ready.features(made.horizon).names):
            other = ", ".join(sorted(set(learner.names) ^ set(names))) or "their order"
            raise ValueError(f"what was saved has other features than this version: {other}; fit it anew")
        bounds = Bounds.of_text(said["bounds"]) if said["bounds"] else None
        widths = {name: Widths(made.levels, np.array(each)) for name, each in said["widths"].items()}
        groups = {name: tuple(by) for name, by in said["groups"].items()}
        made._fitted = _Fitted(ready, columns, Model(learner, said["share"], bounds, None), groups, widths)
        return made

    @property
    def share(self) -> float:
        """The learner's part in the forecasts; the rest is the theta method's."""
        return self._known().model.share

    @property
    def is_tried(self) -> bool:
        """Whether bounds are by how far forecasts of the past fell from what came. Of a history too short for
        that they are by how much it varies, and nothing tells how good its forecasts are."""
        return self._known().model.bounds is not None

    def _known(self) -> _Fitted:
        if self._fitted is None:
            raise NotFittedError("the forecaster was not fitted: `fit` comes first")
        return self._fitted

    def _ready(self, history: pl.DataFrame, columns: Columns) -> tuple[Columns, Known]:
        made = grid(history, self.freq, [*columns.static, *columns.known])
        return columns, Known(
            made,
            columns.of_series(history),
            columns.static,
            columns.of_history(history, made),
            columns.known,
            columns.words,
            columns.kinds,
            columns.amounts,
        )

    def _ahead(self, future: pl.DataFrame | None) -> Known:
        fitted = self._known()
        if not fitted.columns.known:
            return fitted.known
        if future is None:
            names = ", ".join(fitted.columns.known)
            raise HistoryError(f"{names} are known ahead: `predict` needs a frame that has them")
        known, made = fitted.known, fitted.known.grid
        there = fitted.columns.of_future(standard(future), made, self.horizon)
        assert known.ahead is not None
        return replace(known, ahead=np.concatenate([known.ahead, there], axis=1))

    def _arrays(self, ready: Known) -> tuple[np.ndarray, np.ndarray]:
        forecast, bounds = model.predict(self._known().model, ready, self.horizon)
        if bounds.shape[2] == 0:
            bounds = _of_deviation(ready.grid, forecast, self.levels)
        shut = closed.ahead(ready.grid, self.horizon)[None] | closed.of_series(ready.grid, self.horizon)
        nothing = ready.grid.dead()[:, None] | shut
        forecast = np.where(nothing, 0.0, forecast)
        return forecast, np.where(nothing[:, :, None, None], 0.0, bounds)

    def _keyed(self, made: Grid) -> pl.DataFrame:
        periods = [made.period(made.length + step) for step in range(self.horizon)]
        keys = np.repeat(np.arange(len(made.keys)), self.horizon)
        return pl.DataFrame(
            {
                SERIES: pl.Series(made.keys, dtype=pl.String).gather(keys),
                PERIOD: pl.Series(periods * len(made.keys), dtype=pl.Date),
            }
        )

    def _frame(self, keys: pl.DataFrame, forecast: np.ndarray, bounds: np.ndarray) -> pl.DataFrame:
        """Keys (a row a series or sum), and what is forecast of them."""
        made = self._known().known.grid
        periods = [made.period(made.length + step) for step in range(self.horizon)]
        count = len(forecast)
        at = np.repeat(np.arange(count), self.horizon)
        columns = {
            PERIOD: pl.Series(periods * count, dtype=pl.Date),
            "forecast": forecast.ravel(),
            **{
                name: bounds.reshape(count * self.horizon, -1)[:, place]
                for place, name in enumerate(self.bounds)
            },
        }
        told = keys[at] if keys.width else pl.DataFrame()
        return pl.concat([told, pl.DataFrame(columns)], how="horizontal")


def _members(made: Grid, columns: Columns, by: Sequence[str]) -> list[tuple[tuple[str, ...], np.ndarray]]:
    """The sums that static columns tell apart, and which series each has."""
    labels = [columns.labels(name, made) for name in by]
    keys = list(zip(*labels, strict=True)) if labels else [()] * len(made.keys)
    found: dict[tuple[str, ...], list[int]] = {}
    for at, key in enumerate(keys):
        found.setdefault(cast(tuple[str, ...], key), []).append(at)
    return [(key, np.array(found[key])) for key in sorted(found)]


def _independent(levels: Sequence[float]) -> Widths:
    """Where no sum of the past was judged: as if the parts were independent and normal."""
    narrow = stats.norm.ppf((1 + min(levels)) / 2)
    sides = np.array([stats.norm.ppf((1 + level) / 2) / narrow for level in levels])
    return Widths(tuple(levels), np.stack([-sides, sides], axis=1)[:, None].repeat(4, axis=1))


def _of_deviation(made: Grid, forecast: np.ndarray, levels: Sequence[float]) -> np.ndarray:
    """Of a history too short for more: as far as Student's t of its own deviation reaches; of one value,
    which has none, as if that were its deviation."""
    count = np.maximum(np.isfinite(made.values).sum(axis=1), 1)
    mean = np.nansum(made.values, axis=1) / count
    deviation = np.sqrt(np.nansum((made.values - mean[:, None]) ** 2, axis=1) / np.maximum(count - 1, 1))
    deviation = np.where(count > 1, deviation, np.abs(mean)) * np.sqrt(1 + 1 / count)
    free = np.maximum(count - 1, 1)
    away = np.stack([deviation * stats.t.ppf((1 + level) / 2, free) for level in levels], axis=1)
    found = forecast[:, :, None, None] + np.stack([-away, away], axis=2)[:, None]
    return np.asarray(np.where(model.negative(made)[:, None, None, None], found, np.maximum(found, 0.0)))
