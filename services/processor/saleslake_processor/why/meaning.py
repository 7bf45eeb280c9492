"""What a table or a column of gold means, read from its contract."""

from collections.abc import Iterator
from dataclasses import dataclass

import dataframely as dy
import polars as pl

from saleslake_processor.marts.mart import Mart
from saleslake_processor.why.ways import way

_BOUNDS = {"min": "at least", "min_exclusive": "above", "max": "at most", "max_exclusive": "below"}
_TYPES = {
    "String": "text",
    "Int64": "whole number",
    "Date": "date",
    "Boolean": "yes or no",
    "Float64": "ratio",
}


@dataclass(frozen=True)
class Meaning:
    """A column: what it says, in which unit, what it may hold, and how it comes about."""

    name: str
    type: str
    unit: str
    says: str
    is_key: bool
    nullable: bool
    range: str
    """"" where the type alone bounds it."""
    formula: str
    """How it is worked out, or whence it is taken as it is; "" of keys."""
    rules: tuple[str, ...]
    """Rules of the table that hold it to other columns."""


def meanings(mart: Mart) -> list[Meaning]:
    """The columns of a table, in its order."""
    columns, rules = mart.contract.columns(), dict(_rules(mart.contract))
    return [
        Meaning(
            name=name,
            type=_TYPES.get(str(columns[name].dtype), "decimal, four places"),
            unit=unit(name, columns[name].dtype),
            says=columns[name].description or "",
            is_key=columns[name].primary_key,
            nullable=columns[name].nullable,
            range=", ".join(_bounds(columns[name])),
            formula=way(mart, name).formula,
            rules=tuple(rule for rule, held in rules.items() if name in held),
        )
        for name in mart.columns
    ]


def unit(name: str, dtype: pl.DataType) -> str:
    """The unit of a column by its name, which says it; "" of what has none."""
    match dtype:
        case pl.Date():
            return "first day of a month" if name == "month" else "day"
        case pl.String() | pl.Boolean():
            return ""
    if name == "exchange_rate":
        return "units of the company's currency for one of the original"
    if name.endswith("_key"):
        return "key; 0 is the unknown member"
    if name.endswith("_rate"):
        return "share, 0..1"
    if name.endswith("_days"):
        return "days"
    if name.endswith(("_amount", "_price", "_cost")):
        whose = "the original" if name.startswith("original_") else "the company's"
        return f"money in {whose} currency"
    if name.endswith(("quantity", "units")):
        return "units of the product"
    return "" if dtype == pl.Decimal(18, 4) else "count"


def _bounds(column: dy.Column) -> Iterator[str]:
    for bound, words in _BOUNDS.items():
        if (value := getattr(column, bound, None)) is not None:
            yield f"{words} {value}"


def _rules(contract: type[dy.Schema]) -> Iterator[tuple[str, set[str]]]:
    """The rules of a contract between columns, and the columns that they hold."""
    for each in contract.__mro__:
        for name, rule in vars(each).items():
            if hasattr(rule, "validation_fn"):
                yield name, set(rule.validation_fn(contract).meta.root_names())
