"""The hop from the log to the facts: what is known of the touched orders is a fact or waits, once."""

import polars as pl

from saleslake_processor.totals.tie import Hop, tied

LOG, DERIVED = "log", "facts and waiting"

HOP = Hop(LOG, DERIVED, ("company", "entity"), ("rows", "keys", "units"), ("company", "entity", "key"))
"""Units are those of lines: sold or cancelled, they are what the log says, whatever becomes of the money.
What returns take back follows from the lines."""


def none_lost(
    lines: pl.LazyFrame, returns: pl.LazyFrame, sales: pl.DataFrame, back: pl.DataFrame, waiting: pl.DataFrame
) -> None:
    """Raise `UntiedError` where the current `lines` and `returns` are not each in the facts made of them, or
    among the waiting rows, once."""
    known = pl.concat([_rows(lines, "order_line", pl.col("quantity")), _rows(returns, "return")]).collect()
    units = pl.col("quantity") + pl.col("cancelled_quantity")
    found = pl.concat(
        [
            _rows(sales.lazy(), "order_line", units),
            # A return has a row for each line that it takes back.
            _rows(back.lazy().unique("return_key"), "return"),
            waiting.lazy()
            .select("entity", "key")
            .join(known.lazy().unique(["entity", "key"]), on=["entity", "key"], how="left")
            .with_columns(pl.col("rows").fill_null(1), keys=pl.col("key").cast(pl.Int128))
            .select(known.columns),
        ]
    )
    tied([HOP], {LOG: known.lazy(), DERIVED: found})


def _rows(rows: pl.LazyFrame, entity: str, units: pl.Expr | None = None) -> pl.LazyFrame:
    key = f"{entity}_key"
    return rows.select(
        "company",
        entity=pl.lit(entity),
        key=key,
        rows=pl.lit(1, pl.Int64),
        keys=pl.col(key).cast(pl.Int128),
        units=pl.lit(0).cast(pl.Decimal(18, 4)) if units is None else units,
    )
