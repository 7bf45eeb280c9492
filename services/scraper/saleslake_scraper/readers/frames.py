"""What all readers give back: columns of text, and `_row`."""

import polars as pl

ROW = "_row"


def with_rows(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with `_row`, the row's number in the file from 1; rows without any value are gone."""
    numbered = frame.with_columns(pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias(ROW))
    if not frame.width:
        return numbered
    filled = frame.select(pl.any_horizontal(pl.all().is_not_null())).to_series()
    # A filter copies the frame, and hardly any file needs it.
    return numbered if filled.all() else numbered.filter(filled)


def empty(names: list[str]) -> pl.DataFrame:
    """No rows of these columns."""
    return pl.DataFrame(schema=dict.fromkeys(names, pl.String()))
