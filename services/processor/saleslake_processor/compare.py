"""Two tables that should be equal, value by value."""

from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True)
class Difference:
    """One cell, or one row, in which two tables differ."""

    table: str
    key: dict[str, object]
    column: str
    """Empty: the whole row is there on one side only."""
    left: object
    right: object

    def __str__(self) -> str:
        key = ", ".join(f"{name}={value}" for name, value in self.key.items())
        if not self.column:
            return f"{self.table} [{key}]: row is {self.left} in the lake, {self.right} in the rebuild"
        return f"{self.table} [{key}] {self.column}: {self.left} in the lake, {self.right} in the rebuild"


def differences(
    table: str, left: pl.DataFrame, right: pl.DataFrame, key: list[str], most: int = 20
) -> list[Difference]:
    """The first differences in the order of the key; none where the tables are equal."""
    if left.schema != right.schema:
        return [Difference(table, {}, "schema", dict(left.schema), dict(right.schema))]
    keys = key or left.columns
    found = []
    for here, there, words in ((left, right, ("there", "missing")), (right, left, ("missing", "there"))):
        alone = here.join(there, on=keys, how="anti", nulls_equal=True).select(keys).sort(keys).head(most)
        found += [Difference(table, row, "", *words) for row in alone.to_dicts()]
    both = left.join(right, on=keys, how="inner", suffix=":right", nulls_equal=True)
    for column in left.columns:
        if column in keys:
            continue
        unequal = both.filter(~pl.col(column).eq_missing(pl.col(f"{column}:right"))).sort(keys).head(most)
        for row in unequal.to_dicts():
            at = {name: row[name] for name in keys}
            found.append(Difference(table, at, column, row[column], row[f"{column}:right"]))
    if not found and left.height != right.height:
        found.append(Difference(table, {}, "rows", left.height, right.height))
    return found[:most]
