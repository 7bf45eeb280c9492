"""A history as one grid: every series on every period, from the first of all to the last."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, cast

import numpy as np
import polars as pl

Freq = Literal["1d", "1w"]

SERIES, PERIOD, VALUE = "series_key", "period", "value"

_SLICE_ROWS = 1_000_000
"""Rows that are laid out at a time, which bounds the memory."""

_STEP = {"1d": timedelta(days=1), "1w": timedelta(weeks=1)}
_SHOWN = 5
"""Faulty rows that an error names."""

CLOSED_BELOW = 5.0
"""Series that sell on a day on average, from which on a day without any sale is a closed one."""

DEAD_AFTER = {"1d": 182, "1w": 39}
"""Periods without a sale until the end after which a series may be dead."""
DEAD_GAPS = 4.0
"""And how many times its longest gap before it must be silent."""


LONGEST_YEARS = 100
"""Of a history; one that spans more has a date that is none, and would fill the memory with zeros."""


class HistoryError(ValueError):
    """A history that cannot be forecast; the message names the rows that are wrong."""


@dataclass(frozen=True)
class Grid:
    """Series by periods. `values` has NaN where nothing is known: before a series' first row, and on
    closed days. A period between two rows without one of its own is zero: nothing was sold."""

    freq: Freq
    keys: tuple[str, ...]
    """Sorted."""
    start: date
    values: np.ndarray
    """float64, one row a series, one column a period."""
    first: np.ndarray
    """Index of the first period of each series."""
    closed: np.ndarray
    """Whether nobody sold, by period."""

    @property
    def length(self) -> int:
        """Number of known periods."""
        return int(self.values.shape[1])

    def period(self, index: int) -> date:
        """The period at an index, which may lie ahead."""
        return self.start + index * _STEP[self.freq]

    def until(self, length: int) -> "Grid":
        """What was known after so many periods: series that had begun by then. Rows of others are gone."""
        begun = self.first < length
        keys = tuple(key for key, there in zip(self.keys, begun, strict=True) if there)
        return Grid(
            *(self.freq, keys, self.start, self.values[begun, :length], self.first[begun]),
            self.closed[:length],
        )

    def kept(self, keys: Sequence[str]) -> "Grid":
        """Some of the series, in the same order."""
        wanted = set(keys)
        there = np.array([key in wanted for key in self.keys])
        names = tuple(key for key in self.keys if key in wanted)
        return Grid(self.freq, names, self.start, self.values[there], self.first[there], self.closed)

    def dead(self) -> np.ndarray:
        """Series that have ended: silent for longer than is usual for them, and for long."""
        sold = has_sold(self.values)
        silent = np.where(sold.any(axis=1), np.argmax(sold[:, ::-1], axis=1), self.length)
        return (silent >= DEAD_AFTER[self.freq]) & (silent > DEAD_GAPS * _longest_gaps(sold, self.first))


def grid(history: pl.DataFrame, freq: Freq, columns: Sequence[str] = ()) -> Grid:
    """The history as a grid; `columns` are others that it must have.

    Raises `HistoryError` where a column is missing or of another type, a value is NaN or infinite, a row is
    there twice, a week does not begin on the weekday of the others, or there is no row.
    """
    rows = _checked(history, freq, columns)
    keys = rows[SERIES].unique().sort()
    start: date = rows[PERIOD].min()  # type: ignore[assignment]  # of any type, to mypy
    end: date = rows[PERIOD].max()  # type: ignore[assignment]  # of any type, to mypy
    length = (end - start) // _STEP[freq] + 1
    values, first = _laid_out(
        rows, keys, length, pl.col(PERIOD).sub(start).dt.total_days() // _STEP[freq].days
    )
    closed = _closed(values)
    values[:, closed] = np.nan
    return Grid(freq, tuple(keys), start, values, first, closed)


def _laid_out(
    rows: pl.DataFrame, keys: pl.Series, length: int, place: pl.Expr
) -> tuple[np.ndarray, np.ndarray]:
    """Values by series and period, NaN before the first one of a series, and where that is."""
    numbers = pl.Series(range(len(keys)), dtype=pl.Int32)
    there = np.zeros((len(keys), length), dtype=bool)
    values = np.zeros(there.shape)
    for some in rows.iter_slices(_SLICE_ROWS):
        at = (
            some[SERIES].replace_strict(keys, numbers).to_numpy(),
            some.select(place).to_series().to_numpy(),
        )
        there[at] = True
        # A null says that nothing is known, an absent row that nothing was sold.
        values[at] = some[VALUE].to_numpy()
    if int(there.sum()) < rows.height:
        _refuse("that are there more than once", rows.filter(pl.struct(SERIES, PERIOD).is_duplicated()))
    first = there.argmax(axis=1)
    values[np.arange(length) < first[:, None]] = np.nan
    return values, first


def standard(frame: pl.DataFrame) -> pl.DataFrame:
    """Keys as text, periods as dates (of instants the date of their own time zone), values as floats, as far
    as the frame has them; raises `HistoryError` where a column is of another type."""
    types = {SERIES: pl.String, PERIOD: pl.Date, VALUE: pl.Float64}
    found = []
    for name, wanted in types.items():
        if name not in frame.columns:
            continue
        column = pl.col(name)
        if name == PERIOD and isinstance(frame.schema[name], pl.Datetime):
            column = column.dt.date()
        found.append(column.cast(wanted))
    try:
        return frame.with_columns(found)
    except pl.exceptions.PolarsError as error:
        raise HistoryError(f"a column has another type: {str(error).splitlines()[0]}") from error


def percent(level: float) -> str:
    """A level in names of columns: `80`, `99_5`."""
    return f"{round(level * 100, 6):g}".replace(".", "_")


def _checked(history: pl.DataFrame, freq: Freq, columns: Sequence[str]) -> pl.DataFrame:
    missing = [name for name in (SERIES, PERIOD, VALUE, *columns) if name not in history.columns]
    if missing:
        there = ", ".join(history.columns)
        raise HistoryError(f"the history has no column {', '.join(missing)}; it has {there}")
    rows = standard(history).select(SERIES, PERIOD, VALUE)
    if rows.is_empty():
        raise HistoryError("the history has no rows")
    for what, wrong in (
        ("without a series or a period", pl.col(SERIES).is_null() | pl.col(PERIOD).is_null()),
        ("whose value is no finite number", ~pl.col(VALUE).is_finite()),
    ):
        _refuse(what, rows.filter(wrong))
    if rows[VALUE].null_count() == rows.height:
        raise HistoryError("the history has no value: all of them are null")
    first, last = cast(date, rows[PERIOD].min()), cast(date, rows[PERIOD].max())
    years = (last - first).days / 365.25
    if years > LONGEST_YEARS:
        raise HistoryError(f"the history spans {years:,.0f} years, from {first} to {last}: is that right?")
    if freq == "1w":
        weekday = pl.col(PERIOD).dt.weekday()
        usual = rows.select(weekday.mode().min()).item()
        _refuse(f"of weeks that do not begin on weekday {usual} like most", rows.filter(weekday != usual))
    return rows


def _refuse(what: str, rows: pl.DataFrame) -> None:
    if rows.is_empty():
        return
    named = [
        f"{s} {p} {v}"
        for s, p, v in rows.select(SERIES, PERIOD, VALUE).sort(SERIES, PERIOD).head(_SHOWN).rows()
    ]
    more = f" and {rows.height - _SHOWN} more" if rows.height > _SHOWN else ""
    raise HistoryError(f"{rows.height} rows {what}: {'; '.join(named)}{more}")


def _closed(values: np.ndarray) -> np.ndarray:
    selling = has_sold(values).sum(axis=0)
    return np.asarray((selling == 0) & (selling.mean() >= CLOSED_BELOW))


def has_sold(values: np.ndarray) -> np.ndarray:
    """Where something was sold, or came back; where nothing is known, not."""
    return np.asarray((values != 0) & ~np.isnan(values))


def _longest_gaps(sold: np.ndarray, first: np.ndarray) -> np.ndarray:
    """The longest run of periods without a sale that was followed by one."""
    # 32 bits: of many series these arrays are as large as the history.
    periods = np.arange(sold.shape[1], dtype=np.int32)
    last = np.maximum.accumulate(np.where(sold, periods, -1), axis=1)
    before = np.concatenate([np.full((len(sold), 1), -1, dtype=np.int32), last[:, :-1]], axis=1)
    gaps = np.where(sold, periods - np.maximum(before, first[:, None].astype(np.int32) - 1) - 1, 0)
    return np.asarray(gaps.max(axis=1, initial=0))
