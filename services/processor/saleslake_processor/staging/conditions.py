"""Which rows a mapping's conditions hold for, and which of its own rules refuse a row."""

import polars as pl

from saleslake.profiles import Mapping, Where
from saleslake_processor.contracts.entities import Entity
from saleslake_processor.staging import verbs


def holds(where: Where) -> pl.Expr:
    """Whether all conditions hold for a raw row."""
    tests = []
    for column, condition in where.items():
        text = verbs.cleaned(pl.col(column))
        if condition.is_ is not None:
            tests.append(text.is_in(condition.is_))
        elif condition.not_ is not None:
            tests.append(~text.is_in(condition.not_).fill_null(False))
        elif condition.matches is not None:
            tests.append(text.str.contains(condition.matches))
        else:
            tests.append(text.is_null() == condition.empty)
    return pl.all_horizontal(test.fill_null(False) for test in tests)


def refusal(entity: Entity, mapping: Mapping) -> tuple[pl.Expr, pl.Expr]:
    """`rule`, the first of the profile's own rules that refuses a raw row, and the `field` that it is about:
    the first that reads a column of its conditions. Both are null where there is none."""
    read = {name: field.columns for name, field in mapping.fields.items()} | {entity.id: mapping.key.columns}
    rules, fields = [pl.lit(None, pl.String)], [pl.lit(None, pl.String)]
    before = pl.lit(False)
    for rule, where in mapping.refuse.items():
        first = holds(where) & ~before
        about = next((name for name, columns in read.items() if where.keys() & {*columns}), None)
        rules.append(pl.when(first).then(pl.lit(rule)))
        fields.append(pl.when(first).then(pl.lit(about, pl.String)))
        before = before | holds(where)
    return pl.coalesce(rules).alias("rule"), pl.coalesce(fields).alias("field")
