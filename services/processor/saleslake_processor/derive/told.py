"""What gold tells of the state that it was made of: enough to see which figures are other ones now."""

from collections.abc import Mapping

import dataframely as dy
import polars as pl

from saleslake_processor import keys
from saleslake_processor.contracts.facts import FactReturns, FactSales
from saleslake_processor.derive.advance import ALL_MONTHS
from saleslake_processor.derive.facts import INTERNAL
from saleslake_processor.derive.sums import SUMS, added_up, contributions

Frames = Mapping[str, pl.LazyFrame]

CONTRACTS = {"fact_sales": FactSales, "fact_returns": FactReturns}


def told(gold: Frames) -> dict[str, pl.LazyFrame]:
    """Facts by month, and sums by month and by day, as frames of a state; of `fact_sales`, `fact_returns`.

    Keys that gold does not have are 0, and columns that it did not have yet null, where they may be. Nothing
    where gold is of older code that lacks others.
    """
    unknown = pl.lit(keys.UNKNOWN, pl.Int64)
    inside = dict.fromkeys(INTERNAL, unknown)
    alone = pl.col("order_key") == keys.UNKNOWN
    touched = {
        "fact_sales": pl.col("order_key"),
        "fact_returns": pl.when(alone).then("return_key").otherwise("order_key"),
    }
    facts = {
        name: _with_later(gold[name], CONTRACTS[name])
        .with_columns(**{**inside, "touch_key": key})
        .select(*CONTRACTS[name].column_names(), *INTERNAL)
        for name, key in touched.items()
    }
    try:
        rows = contributions(facts["fact_sales"], facts["fact_returns"])
        rows.collect_schema()
    except pl.exceptions.ColumnNotFoundError:
        return {}
    grains = {name: SUMS[name] for name in ("month", "date_store_category")}
    return {
        **{f"{name}/{ALL_MONTHS}": rows for name, rows in facts.items()},
        **{f"sums/{name}": added_up(rows, grain).collect().lazy() for name, grain in grains.items()},
    }


def _with_later(rows: pl.LazyFrame, contract: type[dy.Schema]) -> pl.LazyFrame:
    there = rows.collect_schema().names()
    later = {name: of for name, of in contract.columns().items() if name not in there and of.nullable}
    return rows.with_columns(**{name: pl.lit(None, of.dtype) for name, of in later.items()})
