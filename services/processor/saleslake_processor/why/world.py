"""Gold made anew of some versions alone: the facts of their orders, and tables as they would be published."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from saleslake_processor import publish
from saleslake_processor.contracts.entities import ENTITIES
from saleslake_processor.derive.advance import advance
from saleslake_processor.derive.difference import gained
from saleslake_processor.derive.sums import contributions
from saleslake_processor.marts.graph import MARTS
from saleslake_processor.marts.mart import STATE, Mart
from saleslake_processor.why.ways import BY

Frames = Mapping[str, pl.LazyFrame]

_TABLES = {mart.name: mart for mart in MARTS}


class World:
    """What would be derived and published if these versions were all that there is."""

    def __init__(self, versions: Mapping[str, pl.DataFrame], records: Frames) -> None:
        """`records` are frames of `mart.STATE` that no version makes: the ledger, runs and others."""
        log = {name: versions[name].lazy() for name in ENTITIES}
        # Whatever a version did when it came: all that is touched is all that there is.
        added = {name: rows.with_columns(outcome=pl.lit("new")) for name, rows in log.items()}
        self.state = {at: rows.lazy() for at, rows in advance({}, log, gained(added)).items()}
        self.frames: dict[str, pl.LazyFrame] = {**publish.of_state(self.state), **records}
        self._built: dict[str, pl.DataFrame] = {}

    def table(self, name: str) -> pl.DataFrame:
        """A gold table, made of this world and of nothing else."""
        if name not in self._built:
            mart = _TABLES[name]
            others = {each: self.table(each).lazy() for each in mart.inputs if each not in STATE}
            self._built[name] = mart.build({**self.frames, **others}).select(mart.columns).collect()
        return self._built[name]

    def cell(self, mart: Mart, row: Mapping[str, Any], column: str) -> Any:
        """A value of the row with the same key; `MISSING` where there is none."""
        same = [pl.col(key).eq_missing(pl.lit(row[key])) for key in mart.contract.primary_key()]
        found = self.table(mart.name).filter(same)
        return found[column].item() if found.height == 1 else MISSING

    def parts(self, where: Mapping[str, object]) -> pl.DataFrame:
        """What order lines and returns chosen by `where` give (`sums.contributions`), with their ids."""
        sales, returns = self.frames["fact_sales"], self.frames["fact_returns"]
        by = {name: value for name, value in where.items() if name in (*BY, "year")}
        chosen = [pl.col(name).eq_missing(pl.lit(value)) for name, value in by.items()]
        lines = sales.select(
            *("order_line_key", "order_id", "order_line_id", "status", "currency"),
            *("quantity", "unit_price", "original_currency", "exchange_rate"),
        )
        back = returns.select("return_key", "return_id").unique()
        return (
            contributions(sales, returns)
            .with_columns(year=pl.col("date").dt.year().cast(pl.Int64))
            .filter(chosen)
            .join(lines, on="order_line_key", how="left")
            .join(back, on="return_key", how="left")
            .sort("date", "order_line_key", "return_key")
            .collect()
        )


class Missing:
    """No value: the row is not there."""

    def __repr__(self) -> str:
        return "no such row"


MISSING = Missing()
