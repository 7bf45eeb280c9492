"""Conditions of a command line, such as `column=value`, compared in the column's own type."""

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import polars as pl

from saleslake_flows.exits import WrongUseError

_PLACES = 4
"""Decimal places to which a float is shown, and so compared."""

_BITS = 64

_WORDS = {"yes": True, "true": True, "no": False, "false": False}

_FORM = re.compile(r"([^=!<>~]+)(!=|>=|<=|=|>|<|~)(.*)", re.DOTALL)

_EXPECTED = (
    "expected COLUMN=VALUE, or !=, >, >=, <, <= or ~ (contains) in place of =; "
    "COLUMN= alone finds the rows in which it is empty, COLUMN!= those in which it is filled"
)

_COMPARED: Mapping[str, Callable[[pl.Expr, pl.Expr], pl.Expr]] = {
    "=": operator.eq,
    "!=": pl.Expr.ne_missing,
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}


@dataclass(frozen=True)
class Condition:
    """A column, a sign, and the value that stands behind it."""

    column: str
    sign: str
    value: str


def split(conditions: Sequence[str]) -> list[Condition]:
    """The parts of each condition; raises `WrongUseError` where one does not have all of them."""
    found = []
    for condition in conditions:
        parts = _FORM.fullmatch(condition)
        if parts is None or not (parts[3] or parts[2] in ("=", "!=")):
            raise WrongUseError(f"--where {condition!r}: {_EXPECTED}")
        found.append(Condition(parts[1].strip(), parts[2], parts[3]))
    return found


def holds(condition: Condition, dtype: pl.DataType) -> pl.Expr:
    """Whether the condition holds, of a column of the type. An empty cell is unlike every value, and neither
    above nor below one.

    Raises `WrongUseError` where no value of the column's type is written so.
    """
    column, sign, value = pl.col(condition.column), condition.sign, condition.value
    if value == "":
        empty = column.is_null() | (column == "") if dtype == pl.String() else column.is_null()
        return empty if sign == "=" else ~empty
    kind, form = _described(dtype)
    asked = f"{condition.column} {sign} {value!r}: the column is a {kind}"
    if sign == "~":
        if dtype != pl.String():
            raise WrongUseError(f"{asked}; ~ looks into text")
        return column.str.to_lowercase().str.contains(value.lower(), literal=True)
    try:
        read = _read(dtype, value)
    except (ValueError, ArithmeticError, LookupError) as error:
        raise WrongUseError(f"{asked}; expected {form}") from error
    return _COMPARED[sign](column.round(_PLACES) if isinstance(read, float) else column, pl.lit(read, dtype))


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
