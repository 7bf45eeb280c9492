"""Histories of series as people have them: csv or parquet, under names of their own."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from saleslake_flows.exits import WrongUseError
from saleslake_flows.screen import count
from saleslake_processor.forecast.history import PERIOD, SERIES, VALUE, Freq

ONE = "all"
"""Key of the series of a file that names none."""

_SEPARATORS = ",;\t|"


@dataclass(frozen=True)
class Names:
    """What the columns are called in the file."""

    key: str | None
    """None: `series_key` where there is such a column, else all rows are of one series."""
    period: str
    value: str
    static: Sequence[str]
    known: Sequence[str]


def history(file: Path, names: Names) -> pl.DataFrame:
    """`series_key`, `period`, `value` (null where the file has none), and the named columns of a file.

    Raises `WrongUseError` where a column is missing, or has something that is no date or number.
    """
    found = _read(file)
    frame = _named(file, found, names, value=True)
    if frame.is_empty():
        raise WrongUseError(f"{file}: no rows")
    return frame.with_columns(_number(file, frame[VALUE], names.value))


def future(file: Path, names: Names, keys: Sequence[str]) -> pl.DataFrame:
    """`series_key`, `period` and the known columns; of a file without series they hold for all `keys`."""
    found = _read(file)
    frame = _named(file, found, names, value=False)
    if names.key is None and SERIES not in found.columns:
        return frame.drop(SERIES).join(pl.DataFrame({SERIES: keys}), how="cross")
    return frame


def guessed(rows: pl.DataFrame) -> Freq:
    """Days or weeks, by how far apart periods are; raises `WrongUseError` where that tells neither."""
    days = rows[PERIOD].drop_nulls().unique().sort()
    gaps = days.diff().drop_nulls().dt.total_days()
    if gaps.is_empty():
        raise WrongUseError("a single period does not tell days from weeks; --freq says")
    usual = gaps.mode().min()
    if usual == 7 or not (gaps % 7 != 0).any():
        return "1w"
    assert isinstance(usual, int)
    if usual < 7:
        return "1d"
    raise WrongUseError(
        f"most periods are {usual} days apart, which are neither days nor weeks: sum them up to weeks,"
        " or --freq says what they are"
    )


def _read(file: Path) -> pl.DataFrame:
    ending = file.suffix.lower()
    if ending not in (".csv", ".parquet"):
        raise WrongUseError(f"{file}: csv and parquet files can be read, by the ending of their names")
    with file.open("rb") as there:
        head = there.readline().decode("utf-8-sig", "replace") if ending == ".csv" else ""
    try:
        if ending == ".parquet":
            return pl.read_parquet(file)
        # As text, since a key such as 007 is no number.
        separator = max(_SEPARATORS, key=head.count)
        return pl.read_csv(file, separator=separator, infer_schema=False)
    except pl.exceptions.PolarsError as error:
        raise WrongUseError(f"{file}: {str(error).splitlines()[0]}") from error


def _named(file: Path, found: pl.DataFrame, names: Names, value: bool) -> pl.DataFrame:
    asked = {PERIOD: names.period, **({VALUE: names.value} if value else {})}
    if names.key is not None or SERIES in found.columns:
        asked[SERIES] = names.key or SERIES
    others = [*(names.static if value else ()), *names.known]
    taken = {SERIES, PERIOD, VALUE} & set(others)
    if taken:
        raise WrongUseError(f"{', '.join(sorted(taken))}: such a column cannot be static or known; rename it")
    missing = [name for name in (*asked.values(), *others) if name not in found.columns]
    if missing:
        raise WrongUseError(
            f"{file}: no column {', '.join(dict.fromkeys(missing))}; there are: {', '.join(found.columns)};"
            " --key, --period and --value say which columns are which"
        )
    frame = found.select(
        *(pl.col(name).alias(standard) for standard, name in asked.items()),
        *dict.fromkeys(others),
    )
    key = pl.col(SERIES).cast(pl.String) if SERIES in asked else pl.lit(ONE).alias(SERIES)
    return frame.with_columns(
        key, _dates(file, frame[PERIOD], names.period), *(_numbers_or_words(frame[name]) for name in others)
    )


def _dates(file: Path, column: pl.Series, name: str) -> pl.Series:
    if column.dtype == pl.Date:
        return column
    if column.dtype.is_temporal() and column.dtype != pl.Time and column.dtype != pl.Duration:
        return column.dt.date()
    if column.dtype == pl.String:
        day = column.str.strip_chars().str.replace(r"[T ]00:00(:00(\.0+)?)?Z?$", "")
        found = day.str.to_date("%Y-%m-%d", strict=False)
        _refuse(file, column, column.is_not_null() & found.is_null(), name, "no date such as 2026-10-31")
        return found
    raise WrongUseError(f"{file}: {name} is {column.dtype}; dates are expected, such as 2026-10-31")


def _number(file: Path, column: pl.Series, name: str) -> pl.Series:
    if column.dtype == pl.String:
        found = column.str.strip_chars().cast(pl.Float64, strict=False)
        _refuse(file, column, column.is_not_null() & found.is_null(), name, "no number such as 12.5")
        return found
    if column.dtype.is_numeric() or column.dtype == pl.Boolean or column.dtype == pl.Null:
        return column.cast(pl.Float64)
    raise WrongUseError(f"{file}: {name} is {column.dtype}; numbers are expected")


def _numbers_or_words(column: pl.Series) -> pl.Series:
    if column.dtype != pl.String:
        return column
    numbers = column.cast(pl.Float64, strict=False)
    return column if (column.is_not_null() & numbers.is_null()).any() else numbers


def _refuse(file: Path, column: pl.Series, wrong: pl.Series, name: str, what: str) -> None:
    if wrong.any():
        first = int(wrong.arg_true()[0])
        more = f", as in {count(int(wrong.sum()))} rows" if wrong.sum() > 1 else ""
        raise WrongUseError(f"{file}: {name} of row {count(first + 1)} is {column[first]!r}, {what}{more}")
