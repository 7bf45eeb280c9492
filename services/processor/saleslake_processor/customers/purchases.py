"""What customers bought, as all of this package takes it: one row per customer and day."""

from datetime import date

import polars as pl

from saleslake_processor.customers.errors import OrdersError

_NEEDED = ("customer_key", "date", "amount")


def days(orders: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Rows on or before `as_of`, summed by customer and day: `customer_key`, `date`, `amount` (Float64),
    sorted.

    Raises `OrdersError` where a column is lacking or of another type, or a value is null or not finite.
    """
    lacking = [name for name in _NEEDED if name not in orders.columns]
    if lacking:
        raise OrdersError(f"columns lack: {', '.join(lacking)}; there are {', '.join(orders.columns)}")
    key, day, amount = (orders.schema[name] for name in _NEEDED)
    if not (key.is_integer() or key == pl.String):
        raise OrdersError(f"customer_key: integers or strings are needed, not {key}")
    if day != pl.Date:
        raise OrdersError(f"date: Date is needed, not {day}")
    if not amount.is_numeric():
        raise OrdersError(f"amount: numbers are needed, not {amount}")
    rows = orders.select("customer_key", "date", pl.col("amount").cast(pl.Float64))
    wrong = rows.with_row_index("row").filter(
        pl.any_horizontal(pl.col(_NEEDED).is_null()) | ~pl.col("amount").is_finite()
    )
    if wrong.height:
        named = ", ".join(str(row) for row in wrong["row"].head(5))
        raise OrdersError(f"{wrong.height} rows have a null, or an amount that is not finite: rows {named}")
    return (
        rows.filter(pl.col("date") <= as_of)
        # Floats add up to other bits in another order.
        .sort("customer_key", "date", "amount")
        .group_by("customer_key", "date", maintain_order=True)
        .agg(pl.col("amount").sum())
    )
