"""Which row of a gold table is meant by a few words: its key columns, natural ids, or names."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl

from saleslake_processor.marts.mart import Mart
from saleslake_processor.why.nearby import nearby

Frames = Mapping[str, pl.LazyFrame]

Row = dict[str, Any]

_TOLD = 5
_NEXT = re.compile(r"\s+(?=[a-z_]+=)")


class NoSuchRowError(Exception):
    """No row of the table, or more than one, is what the words say; the message says which there are."""


@dataclass(frozen=True)
class _Word:
    column: str
    """"" where only a value is said."""
    value: str

    def __str__(self) -> str:
        return f"{self.column}={self.value}" if self.column else self.value


def found(mart: Mart, rows: pl.LazyFrame, gold: Frames, words: Sequence[str]) -> Row:
    """The row that is meant. `gold` are the dimensions in which ids and names of keys are looked up.

    Raises `NoSuchRowError`.
    """
    said = [_word(part) for word in words for part in _NEXT.split(word.strip())]
    left = rows
    for word in said:
        condition = _meant(mart, word, rows, gold)
        if left.filter(condition).limit(1).collect().is_empty():
            raise NoSuchRowError(
                f"{mart.name}: no row with {word}{_near(word, left, gold)}; {_keys(mart, left)}"
            )
        left = left.filter(condition)
    few = left.limit(_TOLD + 1).collect()
    if few.height > 1:
        number = left.select(pl.len()).collect().item()
        shown = "; ".join(_named(mart, row) for row in few.head(_TOLD).to_dicts())
        raise NoSuchRowError(
            f"{mart.name}: {number} rows are {' '.join(map(str, said)) or 'there'}, one is needed: {shown}"
            f"{' ...' if number > _TOLD else ''}; {_keys(mart, rows)}"
        )
    if few.is_empty():
        raise NoSuchRowError(f"{mart.name} has no rows")
    return few.to_dicts()[0]


def _named(mart: Mart, row: Row) -> str:
    return " ".join(f"{name}={row[name]}" for name in mart.contract.primary_key())


def _keys(mart: Mart, rows: pl.LazyFrame) -> str:
    first = rows.limit(1).collect().to_dicts()
    example = f", such as {_named(mart, first[0])}" if first else ""
    return f"its key columns are {', '.join(mart.contract.primary_key())}{example}"


def _word(text: str) -> _Word:
    column, equals, value = text.partition("=")
    return _Word(column.strip(), value.strip()) if equals else _Word("", text)


def _meant(mart: Mart, word: _Word, rows: pl.LazyFrame, gold: Frames) -> pl.Expr:
    """Whether a row is what a word says."""
    schema = rows.collect_schema()
    if word.column:
        conditions = list(_of_column(word.column, word.value, schema, gold))
        if not conditions:
            hint, there = nearby(word.column, schema.names()), ", ".join(mart.contract.primary_key())
            raise NoSuchRowError(
                f"{mart.name} has no column {word.column!r}{hint}; its key columns are {there}"
            )
        return pl.any_horizontal(conditions)
    names = [*mart.contract.primary_key(), *(name for name, dtype in schema.items() if dtype == pl.String())]
    every = [each for name in dict.fromkeys(names) for each in _of_column(name, word.value, schema, gold)]
    return pl.any_horizontal(every)


def _of_column(column: str, value: str, schema: pl.Schema, gold: Frames) -> Iterator[pl.Expr]:
    if column in schema:
        yield _equal(pl.col(column), schema[column], value)
    base = column.removesuffix("_key").removesuffix("_id")
    members = gold.get(f"dim_{base}")
    if members is not None and f"{base}_key" in schema:
        id, name = (pl.col(each).str.to_lowercase() == value.lower() for each in (f"{base}_id", "name"))
        named = members.filter(id | name) if "name" in members.collect_schema() else members.filter(id)
        yield pl.col(f"{base}_key").is_in(named.select(f"{base}_key").collect().to_series().implode())


def _equal(column: pl.Expr, dtype: pl.DataType, value: str) -> pl.Expr:
    """Whether the column holds the value; a month may be said for its first day."""
    read: object = None
    try:
        match dtype:
            case pl.Date():
                read = date.fromisoformat(f"{value}-01" if len(value) == len("2026-03") else value)
            case pl.Int64():
                read = int(value)
            case pl.Boolean():
                read = {"yes": True, "true": True, "no": False, "false": False}[value.lower()]
            case pl.Decimal():
                read = Decimal(value)
            case pl.String():
                return column.str.to_lowercase() == value.lower()
    except (ValueError, ArithmeticError, LookupError):
        pass
    return pl.lit(False) if read is None else (column == pl.lit(read, dtype)).fill_null(False)


def _near(word: _Word, rows: pl.LazyFrame, gold: Frames) -> str:
    """Values near to one that is not there."""
    schema = rows.collect_schema()
    texts = [name for name, dtype in schema.items() if dtype == pl.String()]
    base = word.column.removesuffix("_key").removesuffix("_id")
    there: list[str] = []
    for name in [word.column] if word.column in schema else texts:
        there += (
            rows.select(pl.col(name).cast(pl.String)).unique().drop_nulls().collect().to_series().to_list()
        )
    if (members := gold.get(f"dim_{base}")) is not None:
        names = [name for name in (f"{base}_id", "name") if name in members.collect_schema()]
        there += [text for name in names for text in members.select(name).collect().to_series().to_list()]
    return nearby(word.value, dict.fromkeys(there))
