"""What a run came to, figure by figure: what the state holds now, and what the run took in."""

from collections.abc import Mapping

import polars as pl

from saleslake_processor import keys
from saleslake_processor.contracts.columns import MONEY
from saleslake_processor.derive import advance
from saleslake_processor.derive.restated import KPIS

Frames = Mapping[str, pl.LazyFrame]

RESULT: dict[str, pl.DataType] = {"company": pl.String(), "analysis": pl.String(), "value": MONEY}
"""One row per company and figure; numbers of things are whole."""

_MEMBERS = {"customers": ("month_customer", "customer_key"), "products": ("month_product", "product_key")}
_OF_BATCH = ["source", "batch", "raw_table", "entity"]
_BATCH_COUNTS = {
    name: f"rows_{name}"
    for name in (
        *("seen", "new", "updated", "unchanged", "superseded", "duplicate", "deleted", "ignored"),
        *("quarantined", "dropped", "held", "missing"),
    )
}


def results(state: Frames, ledger: pl.LazyFrame, came: pl.LazyFrame) -> pl.DataFrame:
    """`RESULT` of every company in the ledger.

    - the measures of all time; `customers` and `products` that are known and have an order line;
    - `opportunities` and `bookings`;
    - `rows_waiting` now, and of the batches that `came` with the run (entries of the ledger) `batches` and
      `rows_...` by what became of them.
    """
    companies = ledger.select("company").unique()
    parts = [
        advance.sums(state, "company").select("company", *KPIS),
        *(_members(state, name) for name in _MEMBERS),
        *(
            advance.members(state, name).group_by("company").agg(pl.len().alias(counted))
            for name, counted in (("opportunity", "opportunities"), ("booking", "bookings"))
        ),
        waiting(advance.waiting(state), ledger).rename({"waiting": "rows_waiting"}),
        came.group_by("company").agg(
            pl.struct("source", "batch").n_unique().alias("batches"),
            *(pl.col(name).sum().alias(as_named) for name, as_named in _BATCH_COUNTS.items()),
        ),
    ]
    rows = companies
    for part in parts:
        rows = rows.join(part, on="company", how="left")
    figures = [name for part in parts for name in part.collect_schema().names() if name != "company"]
    return (
        rows.select("company", pl.col(figures).cast(MONEY).fill_null(0))
        .unpivot(figures, index="company", variable_name="analysis")
        .select(*RESULT)
        .sort("company", "analysis")
        .collect()
    )


def waiting(rows: pl.LazyFrame, ledger: pl.LazyFrame) -> pl.LazyFrame:
    """By company, how many rows wait: `waiting`. Whose they are their batch says."""
    of_batch = ledger.select(*_OF_BATCH, "company").unique()
    return rows.join(of_batch, on=_OF_BATCH).group_by("company").agg(waiting=pl.len().cast(pl.Int64))


def _members(state: Frames, name: str) -> pl.LazyFrame:
    sums, key = _MEMBERS[name]
    sold = advance.sums(state, sums).filter((pl.col("lines") > 0) & (pl.col(key) != keys.UNKNOWN))
    return sold.group_by("company").agg(pl.col(key).n_unique().alias(name))
