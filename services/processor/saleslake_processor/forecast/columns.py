"""Columns beside the value: as numbers, words by a code that is kept with what was learnt."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl

from saleslake_processor.forecast.history import PERIOD, SERIES, Grid, HistoryError

_STEP = {"1d": 1, "1w": 7}

_CLASSES = 12
"""Different values up to which a column known ahead is one of classes."""

_MOST_KINDS = 200
_LEAST_OF_KIND = 3
"""Series to a kind on average, from which on kinds tell more than series."""


@dataclass(frozen=True)
class Columns:
    """Names of the columns, and the words of those that have some, in the order of their codes.

    All of it but `seen` is of the history that is learnt of, and decides which features there are.
    """

    static: tuple[str, ...]
    known: tuple[str, ...]
    codes: dict[str, tuple[str, ...]]
    kinds: tuple[str, ...]
    """Static columns that have the same word for several series, which are then looked at together."""
    amounts: tuple[str, ...]
    """Known columns that are neither flags nor a few classes: relative to what is usual they tell more."""
    seen: dict[str, dict[str, str]]
    """Of static columns: what each series has, as text."""

    @property
    def words(self) -> tuple[str, ...]:
        """Columns that have words rather than numbers."""
        return tuple(name for name in (*self.static, *self.known) if name in self.codes)

    def of(self, history: pl.DataFrame) -> "Columns":
        """The same for another history; raises `HistoryError` where a column is missing, or has words instead
        of numbers."""
        names = (*self.static, *self.known)
        _there(history, names)
        for name in names:
            if name not in self.codes and _has_words(history[name]):
                raise HistoryError(f"{name} has words, and was learnt as numbers")
        return replace(self, seen=_seen(history, self.static))

    def labels(self, name: str, grid: Grid) -> list[str]:
        """What each series of the grid has in a static column, as text."""
        return [self.seen[name][key] for key in grid.keys]

    def of_series(self, history: pl.DataFrame) -> np.ndarray | None:
        """A row a series, a column a static one."""
        if not self.static:
            return None
        rows = history.unique(SERIES, keep="any").sort(SERIES)
        return np.stack([self._numbers(rows, name) for name in self.static], axis=1)

    def of_history(self, history: pl.DataFrame, grid: Grid) -> np.ndarray | None:
        """By series, period and known column. A period without a row has a value, zero, and so it has what
        all series with a row have, else what the series had before, else what it has next: were it not
        known, it would tell that nothing was sold."""
        if not self.known:
            return None
        found, there = self._placed(history, grid, grid.length)
        for place in range(len(self.known)):
            column = found[:, :, place]
            own = _carried(column, there)
            _shared(column, there)
            gaps = ~there & np.isnan(column) & (np.arange(grid.length) > grid.first[:, None])
            column[gaps] = own[gaps]
        return found

    def _placed(
        self, rows: pl.DataFrame, grid: Grid, length: int, first: int = 0
    ) -> tuple[np.ndarray, np.ndarray]:
        """By series, period and known column what the rows have, NaN where there is none; and where there is
        one."""
        known = rows.filter(pl.col(SERIES).is_in(list(grid.keys)))
        at_series = known[SERIES].replace_strict(
            list(grid.keys), list(range(len(grid.keys))), return_dtype=pl.Int64
        )
        at_period = (known[PERIOD] - grid.start).dt.total_days() // _STEP[grid.freq] - first
        inside = ((at_period >= 0) & (at_period < length)).to_numpy()
        out = np.full((len(grid.keys), length, len(self.known)), np.nan)
        at = at_series.to_numpy()[inside], at_period.to_numpy()[inside]
        there = np.zeros(out.shape[:2], dtype=bool)
        there[at] = True
        for place, name in enumerate(self.known):
            out[:, :, place][at] = self._numbers(known, name)[inside]
        return out, there

    def of_future(self, future: pl.DataFrame, grid: Grid, horizon: int) -> np.ndarray:
        """As `of_history`, of those ahead; what not all series have is not known without a row, and words
        that the history does not have neither. Raises `HistoryError` where a column or a period is missing,
        or a row is there twice."""
        missing = [name for name in (SERIES, PERIOD, *self.known) if name not in future.columns]
        if missing:
            raise HistoryError(f"the future has no column {', '.join(missing)}")
        twice = future.filter(pl.struct(SERIES, PERIOD).is_duplicated()).sort(SERIES, PERIOD)
        if twice.height:
            raise HistoryError(f"the future has {twice[SERIES][0]} {twice[PERIOD][0]} more than once")
        there = set(future[PERIOD])
        for step in range(horizon):
            if (period := grid.period(grid.length + step)) not in there:
                raise HistoryError(f"the future has nothing for {period}")
        found, has_row = self._placed(future, grid, horizon, grid.length)
        for place in range(len(self.known)):
            _shared(found[:, :, place], has_row)
        return found

    def _numbers(self, rows: pl.DataFrame, name: str) -> np.ndarray:
        column = rows[name]
        if name in self.codes:
            words = list(self.codes[name])
            column = column.cast(pl.String).replace_strict(
                words, list(range(len(words))), default=None, return_dtype=pl.Int64
            )
        return column.cast(pl.Float64).to_numpy()

    def text(self) -> dict[str, Any]:
        """As JSON has it."""
        return {
            "static": list(self.static),
            "known": list(self.known),
            "codes": {name: list(words) for name, words in self.codes.items()},
            "kinds": list(self.kinds),
            "amounts": list(self.amounts),
        }

    @classmethod
    def of_text(cls, text: dict[str, Any]) -> "Columns":
        """Of what `text` gave; `of` gives it a history."""
        codes = {name: tuple(words) for name, words in text["codes"].items()}
        static, known = tuple(text["static"]), tuple(text["known"])
        return cls(static, known, codes, tuple(text["kinds"]), tuple(text["amounts"]), {})


def coded(history: pl.DataFrame, static: Sequence[str], known: Sequence[str]) -> Columns:
    """The columns of a history; raises `HistoryError` where one is missing, or a static one is not the same
    for all periods of a series."""
    _there(history, (*static, *known))
    for name in static:
        several = (
            history.group_by(SERIES).agg(pl.col(name).n_unique()).filter(pl.col(name) > 1)[SERIES].sort()
        )
        if len(several):
            raise HistoryError(f"{name} is no static column: {several[0]} has more than one")
    codes = {
        name: tuple(history[name].cast(pl.String).drop_nulls().unique().sort())
        for name in (*static, *known)
        if _has_words(history[name])
    }
    most = min(_MOST_KINDS, history[SERIES].n_unique() // _LEAST_OF_KIND)
    kinds = tuple(name for name in static if name in codes and 1 < history[name].n_unique() <= most)
    amounts = tuple(name for name in known if name not in codes and _is_amount(history[name]))
    return Columns(tuple(static), tuple(known), codes, kinds, amounts, _seen(history, static))


def _has_words(column: pl.Series) -> bool:
    return not column.dtype.is_numeric() and column.dtype != pl.Boolean


def _is_amount(column: pl.Series) -> bool:
    values = column.cast(pl.Float64)
    known = values.filter(values.is_finite())
    return known.n_unique() > _CLASSES and bool((known > 0).all())


def _there(history: pl.DataFrame, names: Sequence[str]) -> None:
    missing = [name for name in (SERIES, *names) if name not in history.columns]
    if missing:
        there = ", ".join(history.columns)
        raise HistoryError(f"the history has no column {', '.join(missing)}; it has {there}")


def _seen(history: pl.DataFrame, static: Sequence[str]) -> dict[str, dict[str, str]]:
    rows = history.unique(SERIES, keep="any")
    keys = rows[SERIES].to_list()
    return {name: dict(zip(keys, rows[name].cast(pl.String).fill_null(""), strict=True)) for name in static}


def _shared(column: np.ndarray, there: np.ndarray) -> None:
    """What all series with a row have on a period holds for those without. One alone agrees with nobody,
    unless series never differ: its price is not that of others."""
    known = np.isfinite(column)
    low = np.where(known, column, np.inf).min(axis=0, initial=np.inf)
    high = np.where(known, column, -np.inf).max(axis=0, initial=-np.inf)
    alone = known.sum(axis=0) == 1 if (low < high).any() else np.zeros(len(low), dtype=bool)
    for at in np.flatnonzero((low == high) & ~alone):
        column[~there[:, at], at] = low[at]


def _carried(column: np.ndarray, there: np.ndarray) -> np.ndarray:
    """What each series had last on a period, else what it has next; NaN where it has nothing at all."""
    known, at = there & np.isfinite(column), np.arange(column.shape[1])
    before = np.maximum.accumulate(np.where(known, at, -1), axis=1)
    after = np.minimum.accumulate(np.where(known, at, at[-1])[:, ::-1], axis=1)[:, ::-1]
    return np.take_along_axis(column, np.where(before < 0, after, before), axis=1)
