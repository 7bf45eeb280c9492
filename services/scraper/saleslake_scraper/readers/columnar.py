"""Parquet files, whose typed values become text again."""

from decimal import Decimal
from io import BytesIO

import polars as pl
from polars.exceptions import PolarsError

from saleslake_scraper.readers.broken import BrokenFileError
from saleslake_scraper.readers.frames import with_rows
from saleslake_scraper.readers.naming import unique_names

_EXACT = 2**53
"""Above it a float is no longer every whole number."""


def read_parquet(body: bytes) -> pl.DataFrame:
    """All columns as text: whole floats without a point, others in the shortest form that gives them back.

    Days are `2019-07-13`, instants `2019-07-13T10:00:00` (with a zone: in UTC, and `Z`), truth is `true` or
    `false`, nested values JSON text; not-a-number is null. Raises `BrokenFileError`.
    """
    try:
        frame = pl.read_parquet(BytesIO(body))
        names = unique_names(frame.columns)
        texts = [_text(column).alias(name) for column, name in zip(frame.iter_columns(), names, strict=True)]
    except PolarsError as error:
        raise BrokenFileError("not a Parquet file, or damaged") from error
    return with_rows(pl.DataFrame(texts))


def _text(column: pl.Series) -> pl.Series:
    kind = column.dtype
    if kind.is_float():
        return _float(column)
    if isinstance(kind, pl.Datetime):
        instants = column.dt.convert_time_zone("UTC") if kind.time_zone else column
        return instants.dt.strftime("%Y-%m-%dT%H:%M:%S%.f" + ("Z" if kind.time_zone else ""))
    if isinstance(kind, pl.Time):
        return column.dt.strftime("%H:%M:%S%.f")
    if isinstance(kind, pl.List | pl.Array):
        wrapped = column.to_frame("v").select(pl.struct("v").struct.json_encode()).to_series()
        return pl.select(pl.when(column.is_not_null()).then(wrapped.str.slice(5).str.head(-1))).to_series()
    if isinstance(kind, pl.Struct):
        return pl.select(pl.when(column.is_not_null()).then(column.struct.json_encode())).to_series()
    return column.cast(pl.String())


def _float(column: pl.Series) -> pl.Series:
    value = pl.col("value")
    shortest = value.cast(pl.String())
    return (
        pl.DataFrame({"value": column})
        .select(
            pl.when(~value.is_finite())
            .then(None)
            .when((value == value.floor()) & (value.abs() <= _EXACT))
            .then(value.cast(pl.Int64, strict=False).cast(pl.String()))
            .when(shortest.str.contains("e", literal=True))
            .then(shortest.map_elements(lambda text: format(Decimal(text), "f"), return_dtype=pl.String()))
            .otherwise(shortest)
        )
        .to_series()
    )
