"""What the learner is told of a series at an origin and a horizon: only of what was known at the origin.

All that measures an amount is relative to the series' recent level, so that one model serves all series.
Windows are made with Polars over some series at a time, which bounds the memory; then each row of
(series, origin, horizon) takes what it needs from four periods: the origin, the last period of the same
season that is known, the same period a year before, and the target, of which only the calendar is known.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from saleslake_processor.forecast.calendar import DAILY, WEEKLY, calendar
from saleslake_processor.forecast.history import Grid

_CHUNK_CELLS = 300_000
"""Cells of the grid of which features are made at a time."""

_FLOOR = 0.1
"""Of the mean so far: what the level is at least, lest a series that fell silent be divided by nothing."""


@dataclass(frozen=True)
class Shape:
    """What depends on how long a period is, in periods."""

    season: int
    """A week of days; of weeks there is no shorter season than the year."""
    year: int
    windows: tuple[int, ...]
    """Of means, relative to the level."""
    level: tuple[int, int]
    """The two windows whose means make the level."""
    around: int
    """Periods on each side that are averaged with one of a year before."""
    same: tuple[int, ...]
    """How many periods of the same season are averaged."""
    rarity: tuple[int, int]
    """Windows in which periods without a sale are counted."""


SHAPES = {
    "1d": Shape(7, 364, (7, 14, 56, 182, 364), (28, 91), 3, (1, 4, 8), (28, 91)),
    "1w": Shape(1, 52, (2, 4, 26, 52), (8, 13), 1, (1,), (8, 26)),
}

GROUPS = {
    "level": "what was sold lately",
    "season": "the same weekday and the same time of the year",
    "trend": "whether it rises or falls",
    "calendar": "weekdays, months and feasts",
    "known": "what is known ahead",
    "series": "what the series is",
    "horizon": "how far ahead it is",
}


@dataclass(frozen=True)
class Rows:
    """Which series at which origin (the last known period) for which horizon (1 is the next period)."""

    series: np.ndarray
    origin: np.ndarray
    horizon: np.ndarray

    def __len__(self) -> int:
        return len(self.series)

    @property
    def target(self) -> np.ndarray:
        return np.asarray(self.origin + self.horizon)

    def where(self, kept: np.ndarray) -> "Rows":
        """Some of them."""
        return Rows(self.series[kept], self.origin[kept], self.horizon[kept])


class Features:
    """Makes the features of rows of a grid."""

    def __init__(
        self,
        grid: Grid,
        horizon: int,
        extra: np.ndarray | None = None,
        names: Sequence[str] = (),
        ahead: np.ndarray | None = None,
        ahead_names: Sequence[str] = (),
        kinds: Sequence[str] = (),
        amounts: Sequence[str] = (),
    ) -> None:
        """`extra` are columns by series, `ahead` by series and period (as far as the horizon goes); `kinds`
        and `amounts` name some of them, see `columns.Columns`. Which features there are depends on names and
        frequency only, so that another history has those that were learnt."""
        self.grid, self.shape, self.horizon = grid, SHAPES[grid.freq], horizon
        self._extra, self._extra_names = extra, tuple(names)
        self._ahead, self._ahead_names = ahead, tuple(ahead_names)
        days = [grid.period(at) for at in range(grid.length + horizon)]
        self._calendar = calendar(days, grid.freq)
        self._least = 1e-6 * max(1e-6, float(np.nanmean(np.abs(grid.values))) if grid.length else 1.0)
        self._usual = {
            name: _usual(ahead[:, :, place], self.shape.level[0])
            for place, name in enumerate(self._ahead_names)
            if ahead is not None and name in amounts
        }
        self._kinds = {"all": _Kind(grid, self.shape, np.zeros(len(grid.keys), dtype=int))}
        for place, name in enumerate(self._extra_names):
            if extra is not None and name in kinds:
                # Words that are new are one kind together.
                codes = np.unique(extra[:, place], return_inverse=True)[1]
                self._kinds[f"by_{name}"] = _Kind(grid, self.shape, codes)

    @property
    def names(self) -> tuple[str, ...]:
        """Of the columns, in order."""
        return tuple(name for name, _ in self._columns())

    @property
    def groups(self) -> tuple[str, ...]:
        """Group of each column, see `GROUPS`."""
        return tuple(group for _, group in self._columns())

    def make(self, rows: Rows) -> tuple[np.ndarray, np.ndarray]:
        """The features (float32, a row each) and the levels that they are relative to."""
        out = np.full((len(rows), len(self.names)), np.nan, dtype=np.float32)
        levels = np.ones(len(rows))
        order = np.argsort(rows.series, kind="stable")
        bounds = rows.series[order]
        size = max(1, _CHUNK_CELLS // max(1, self.grid.length))
        for first in range(0, len(self.grid.keys), size):
            low, high = np.searchsorted(bounds, [first, first + size])
            if low == high:
                continue
            at = order[low:high]
            # Nothing by nothing is no number, and means that nothing is known.
            with np.errstate(divide="ignore", invalid="ignore"):
                out[at], levels[at] = self._of_chunk(
                    rows.where(at), first, min(first + size, len(self.grid.keys))
                )
        return out, levels

    def _columns(self) -> Iterator[tuple[str, str]]:
        shape = self.shape
        yield "horizon", "horizon"
        for window in shape.windows:
            yield f"mean_{window}", "trend"
        yield from ((f"mean_{window}", "trend") for window in shape.level)
        yield from (("last", "level"), ("before_last", "level"), ("deviation", "level"), ("size", "level"))
        yield from ((f"rarity_{window}", "level") for window in shape.rarity)
        yield from (("since_sale", "level"), ("age", "series"), ("scale", "series"))
        if shape.season > 1:
            yield from ((f"same_{count}", "season") for count in shape.same)
            yield from ((f"same_{kind}", "season") for kind in self._kinds)
        yield from (("year_ago", "season"), ("year_ago_around", "season"), ("year_lift", "season"))
        yield from (("year_lift_around", "season"), ("year_growth", "trend"))
        for kind in self._kinds:
            yield from ((f"lift_{kind}", "season"), (f"growth_{kind}", "trend"), (f"trend_{kind}", "trend"))
        for name in DAILY if self.grid.freq == "1d" else WEEKLY:
            yield name, "calendar"
        yield from ((name, "series") for name in self._extra_names)
        yield from ((name, "known") for name in self._ahead_names)
        yield from ((f"{name}_relative", "known") for name in self._usual)

    def _of_chunk(self, rows: Rows, first: int, last: int) -> tuple[np.ndarray, np.ndarray]:
        shape, length = self.shape, self.grid.length
        frame = windows(self.grid.values[first:last], shape)
        at = (rows.series - first) * length
        columns: dict[str, np.ndarray] = {}

        def taken(name: str, index: np.ndarray) -> np.ndarray:
            """The column at periods, NaN before the first one."""
            inside = index >= 0
            found = frame[name].to_numpy()[at + np.where(inside, index, 0)]
            return np.where(inside, found, np.nan)

        origin, target = rows.origin, rows.target
        level = np.fmax(np.fmax(taken("level", origin), taken("floor", origin)), self._least)
        years = shape.year * -(-(rows.horizon + shape.around) // shape.year)
        columns["horizon"] = rows.horizon
        for window in dict.fromkeys((*shape.windows, *shape.level)):
            columns[f"mean_{window}"] = taken(f"mean_{window}", origin) / level
        columns["last"] = taken("value", origin) / level
        columns["before_last"] = taken("value", origin - 1) / level
        columns["deviation"] = taken("deviation", origin) / level
        columns["size"] = taken("size", origin) / level
        for window in shape.rarity:
            columns[f"rarity_{window}"] = taken(f"rarity_{window}", origin)
        columns["since_sale"] = np.minimum(taken("since_sale", origin), shape.year)
        columns["age"] = np.minimum(origin - self.grid.first[rows.series] + 1, 3 * shape.year)
        columns["scale"] = np.log(level)
        if shape.season > 1:
            same = target - shape.season * -(-rows.horizon // shape.season)
            for count in shape.same:
                columns[f"same_{count}"] = taken(f"same_{count}", same) / level
            for name, kind in self._kinds.items():
                columns[f"same_{name}"] = kind.same(rows.series, same)
        then = taken("mean_level", origin - years)
        columns["year_ago"] = taken("value", target - years) / level
        columns["year_ago_around"] = taken("around", target - years + shape.around) / level
        columns["year_lift"] = columns["year_ago"] * level / then
        columns["year_lift_around"] = columns["year_ago_around"] * level / then
        columns["year_growth"] = taken("mean_level", origin) / then
        for name, kind in self._kinds.items():
            columns[f"lift_{name}"] = kind.lift(rows.series, target - years, origin - years)
            columns[f"growth_{name}"] = kind.growth(rows.series, origin, origin - years)
            columns[f"trend_{name}"] = kind.trend(rows.series, origin)
        names = DAILY if self.grid.freq == "1d" else WEEKLY
        for place, name in enumerate(names):
            columns[name] = self._calendar[target, place]
        for place, name in enumerate(self._extra_names):
            columns[name] = self._extra[rows.series, place]  # type: ignore[index]  # there where it has names
        for place, name in enumerate(self._ahead_names):
            columns[name] = self._ahead[rows.series, target, place]  # type: ignore[index]  # there where it has names
        for name, usual in self._usual.items():
            columns[f"{name}_relative"] = columns[name] / usual[rows.series, origin]
        out = np.column_stack([columns[name].astype(np.float32) for name in self.names])
        out[~np.isfinite(out)] = np.nan
        return out, level


def windows(values: np.ndarray, shape: Shape) -> pl.DataFrame:
    """What is known of each series up to each period (a row each, series after series)."""
    series, length = values.shape
    value = pl.col("value")
    sold = (value != 0).cast(pl.Float32)
    rare, often = shape.rarity

    def mean(window: int, of: pl.Expr = value) -> pl.Expr:
        return of.rolling_mean(window, min_samples=1).over("series")

    frame = pl.LazyFrame(
        {
            "series": np.repeat(np.arange(series, dtype=np.int32), length),
            "period": np.tile(np.arange(length, dtype=np.int32), series),
            "value": pl.Series(values.astype(np.float32).ravel(), nan_to_null=True),
        }
    )
    means = dict.fromkeys((*shape.windows, *shape.level))
    short, long = shape.level
    same = [value.shift(shape.season * step).over("series") for step in range(max(shape.same))]
    frame = frame.with_columns(
        **{f"mean_{window}": mean(window) for window in means},
        around=mean(2 * shape.around + 1),
        deviation=value.rolling_std(long, min_samples=2).over("series"),
        **{f"rarity_{window}": 1 - mean(window, sold) for window in (rare, often)},
        sold_mean=mean(often, sold),
        floor=_FLOOR * (value.cum_sum() / value.cum_count()).over("series"),
        since_sale=pl.col("period")
        - pl.when(value != 0).then(pl.col("period")).forward_fill().over("series"),
        **(
            {f"same_{count}": pl.mean_horizontal(*same[:count]) for count in shape.same}
            if shape.season > 1
            else {}
        ),
    )
    return (
        frame.with_columns(
            mean_level=pl.col(f"mean_{short}"),
            size=pl.col(f"mean_{long}") / pl.col("sold_mean"),
            level=0.5 * (pl.col(f"mean_{short}") + pl.col(f"mean_{long}")),
        )
        .drop("series", "period")
        .with_columns(pl.all().cast(pl.Float32))
        .collect()
    )


def _usual(column: np.ndarray, window: int) -> np.ndarray:
    """The mean of a column over a window that ends at each period, by series."""
    known = np.isfinite(column)
    sums = np.cumsum(np.where(known, column, 0.0), axis=1)
    counts = np.cumsum(known, axis=1)
    sums[:, window:] = sums[:, window:] - sums[:, :-window]
    counts[:, window:] = counts[:, window:] - counts[:, :-window]
    return np.asarray(sums / np.where(counts > 0, counts, np.nan))


class _Kind:
    """What series of one kind do together: of many noisy series only that has a season that can be seen."""

    def __init__(self, grid: Grid, shape: Shape, codes: np.ndarray) -> None:
        """`codes`: the kind of each series, from 0 on."""
        totals = np.zeros((codes.max(initial=0) + 1, grid.length))
        np.add.at(totals, codes, np.nan_to_num(grid.values))
        totals[:, grid.closed] = np.nan
        frame = windows(totals, shape)
        self._columns = {name: frame[name].to_numpy() for name in frame.columns}
        self._shape, self._codes, self._length = shape, codes, grid.length

    def _at(self, name: str, series: np.ndarray, index: np.ndarray) -> np.ndarray:
        place = self._codes[series] * self._length + np.maximum(index, 0)
        return np.where(index >= 0, self._columns[name][place], np.nan)

    def same(self, series: np.ndarray, index: np.ndarray) -> np.ndarray:
        """The weekday's share of its weeks."""
        weekday = self._at(f"same_{max(self._shape.same)}", series, index)
        return np.asarray(weekday / self._at("mean_56", series, index))

    def lift(self, series: np.ndarray, target: np.ndarray, origin: np.ndarray) -> np.ndarray:
        """A year before, what was sold around the target relative to what was sold lately then."""
        around = self._at("around", series, target + self._shape.around)
        return np.asarray(around / self._at("mean_level", series, origin))

    def growth(self, series: np.ndarray, origin: np.ndarray, before: np.ndarray) -> np.ndarray:
        """What is sold lately relative to a year before."""
        now = self._at("mean_level", series, origin)
        return np.asarray(now / self._at("mean_level", series, before))

    def trend(self, series: np.ndarray, origin: np.ndarray) -> np.ndarray:
        """What is sold lately relative to a longer time."""
        now = self._at("mean_level", series, origin)
        return np.asarray(now / self._at(f"mean_{self._shape.level[1]}", series, origin))
