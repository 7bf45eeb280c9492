"""The order of rows that a command line asks for: `column`, or `-column` from the highest down."""

from collections.abc import Sequence

import polars as pl


def columns_of(sorts: Sequence[str]) -> list[str]:
    """The columns that are named."""
    return [sort.removeprefix("-") for sort in sorts]


def ordered(rows: pl.LazyFrame, sorts: Sequence[str]) -> pl.LazyFrame:
    """The rows by the first column, then by the next; empty cells last, equal rows as they were."""
    if not sorts:
        return rows
    down = [sort.startswith("-") for sort in sorts]
    return rows.sort(columns_of(sorts), descending=down, nulls_last=True, maintain_order=True)
