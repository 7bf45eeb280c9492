"""The frames that the hops of a publication are held between, with their rows counted."""

from collections.abc import Mapping

import polars as pl

from saleslake_processor.derive.sums import AMOUNTS, SUMS, contributions
from saleslake_processor.totals import hops
from saleslake_processor.totals.tie import tied

Frames = Mapping[str, pl.LazyFrame]

_ROW = pl.lit(1, pl.Int64).alias("rows")


def held(state: Frames, tables: Frames, files: Frames) -> None:
    """Hold facts, sums, tables of gold, and what was read back of their files, to one another.

    `state` has the names of `marts.mart.STATE`. Raises `UntiedError`.
    """
    frames, facts = _of_state(state)
    read = {hops.files_of(name): rows for name, rows in _of_gold(files).items()}
    # A table in months is the state's own, and not built as a whole.
    tied(hops.HOPS, {**_of_gold(tables), **frames, **read}, facts)


def _of_state(state: Frames) -> tuple[dict[str, pl.LazyFrame], dict[str, pl.LazyFrame]]:
    """Facts, sums and current rows of the state, and facts row by row."""
    facts = contributions(state["fact_sales"], state["fact_returns"]).with_columns(_ROW)
    by_month = ["company", "month"]
    # An order's key is of its company: without the company's name it is told apart sooner.
    sold = (
        facts.filter(pl.col("order_key").is_not_null())
        .select(*by_month, "order_key", orders=pl.lit(1, pl.Int64))
        .unique(["month", "order_key"])
        .collect()
        .lazy()
    )
    sums = {
        f"sums/{name}": _with_month(state[f"sums/{name}"]) if "date" in grain else state[f"sums/{name}"]
        for name, grain in SUMS.items()
    }
    frames = {
        hops.FACTS: _added_up(facts, by_month),
        hops.ORDERS_BY_MONTH: sold,
        hops.ORDERS: sold.unique("order_key"),
        "fact_sales": state["fact_sales"].with_columns(_ROW),
        **sums,
        **{f"counted {name}": frame.filter(pl.col("counted") > 0) for name, frame in sums.items()},
        **{
            f"current/{name}": state[f"current/{name}"].with_columns(_ROW, amounts=_told(amount))
            for name, amount in hops.TEAM.items()
        },
    }
    return frames, {hops.FACTS: facts}


def _of_gold(tables: Frames) -> dict[str, pl.LazyFrame]:
    return {name: _table(rows) for name, rows in tables.items()}


def _table(rows: pl.LazyFrame) -> pl.LazyFrame:
    columns = rows.collect_schema().names()
    amounts = [name for name in columns if name.startswith("original_") and name[9:] in hops.TEAM.values()]
    counted = rows.with_columns(_ROW, *(_told(name).alias("amounts") for name in amounts))
    if "company" not in columns:
        counted = counted.with_columns(company=pl.lit(""))
    return _with_month(counted) if "date" in columns and "month" not in columns else counted


def _told(amount: str) -> pl.Expr:
    return pl.col(amount).is_not_null().cast(pl.Int64)


def _with_month(rows: pl.LazyFrame) -> pl.LazyFrame:
    return rows.with_columns(month=pl.col("date").dt.truncate("1mo"))


def _added_up(facts: pl.LazyFrame, by: list[str]) -> pl.LazyFrame:
    """Facts are read once, whatever is held to them."""
    sums = pl.col("rows", "counted", "lines", *AMOUNTS).sum()
    return facts.group_by(by).agg(sums).collect().lazy()
