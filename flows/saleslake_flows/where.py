"""Conditions of a command line, `column=value`, compared in the column's own type."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import polars as pl

from saleslake_flows.exits import WrongUseError

_PLACES = 4
"""Decimal places to which a float is shown, and so compared."""

_BITS = 64

_WORDS = {"yes": True, "true": True, "no": False, "false": False}


def split(conditions: Sequence[str]) -> list[tuple[str, str]]:
    """Columns and values; raises `WrongUseError` where a condition does not have both."""
    for condition in conditions:
        if not condition.partition("=")[1]:
            expected = "expected COLUMN=VALUE; COLUMN= alone finds the rows in which it is empty"
            raise WrongUseError(f"--where {condition!r}: {expected}")
    return [(name, value) for name, _, value in (condition.partition("=") for condition in conditions)]


def holds(name: str, dtype: pl.DataType, value: str) -> pl.Expr:
    """Whether the column holds the value, or nothing where the value is empty.

    Raises `WrongUseError` where no value of the column's type is written so.
    """
    column = pl.col(name)
    if value == "":
        return column.is_null() | (column == "") if dtype == pl.String() else column.is_null()
    kind, form = _described(dtype)
    try:
        read = _read(dtype, value)
    except (ValueError, ArithmeticError, LookupError) as error:
        raise WrongUseError(f"{name} = {value!r}: the column is a {kind}; expected {form}") from error
    return (column.round(_PLACES) if isinstance(read, float) else column) == pl.lit(read, dtype)


def _described(dtype: pl.DataType) -> tuple[str, str]:
    """The type by name, and how its values are written."""
    match dtype:
        case pl.Date():
            return "date", "one such as 2026-03-31"
        case pl.Boolean():
            return "boolean", "yes or no"
        case pl.Int64():
            return "whole number", "one such as 1250"
        case pl.Decimal():
            return "decimal", f"a number such as 1250.50, with {dtype.scale} decimal places at most"
        case pl.Float64():
            return "float", "a number such as 0.25"
        case _:
            return "text", "any"


def _read(dtype: pl.DataType, value: str) -> date | bool | int | Decimal | float | str:
    match dtype:
        case pl.Date():
            return date.fromisoformat(value)
        case pl.Boolean():
            return _WORDS[value.lower()]
        case pl.Int64():
            number = int(value)
            if number.bit_length() >= _BITS:
                raise ValueError(value)
            return number
        case pl.Decimal():
            return _exact(Decimal(value), dtype)
        case pl.Float64():
            return round(float(value), _PLACES)
        case _:
            return value


def _exact(number: Decimal, dtype: pl.Decimal) -> Decimal:
    """The number in the places of the type; raises where it does not fit in."""
    inside = round(number, dtype.scale)
    if inside != number or abs(number) >= 10 ** (dtype.precision - dtype.scale):
        raise ValueError(number)
    return inside
