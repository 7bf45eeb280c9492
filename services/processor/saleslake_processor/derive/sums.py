"""Partial sums: what the marts add up, moved by what touched orders give now less what they gave before."""

import polars as pl

from saleslake_processor import keys
from saleslake_processor.contracts.columns import MONEY
from saleslake_processor.derive import discounts

COUNTS = ["rows", "counted", "lines", "orders"]
AMOUNTS = [
    "units",
    "gross_amount",
    "discount_amount",
    "sales_amount",
    "returned_units",
    "returned_amount",
    "net_amount",
    "refunded_amount",
    "cost_amount",
    "margin_amount",
    "uncosted_amount",
    "tax_amount",
    "freight_amount",
    "total_amount",
]
MEASURES = [*COUNTS, *AMOUNTS]
"""`rows` counts facts in the cell, `counted` those that are not cancelled: a cell without the first is
gone, one without the second is in no mart. `orders` counts distinct orders with a line in the cell;
that is additive over orders, since an order's lines are all derived together."""

SUMS: dict[str, list[str]] = {
    "company": ["company"],
    "month": ["company", "month"],
    "date_store_category": ["company", "date", "store_key", "category_key"],
    "date_customer": ["company", "date", "customer_key"],
    "date_product": ["company", "date", "category_key", "product_key"],
    "month_product": ["company", "month", "product_key"],
    "month_store": ["company", "month", "store_key"],
    "month_place": ["company", "month", "place_key"],
    "month_region": ["company", "month", "region_key"],
    "month_region_customer": ["company", "month", "region_key", "customer_key"],
    "month_salesperson": ["company", "month", "salesperson_key"],
    "month_customer": ["company", "month", "customer_key"],
    "customer": ["company", "customer_key"],
    "month_discount": ["company", "month", "category_key", "promotion", "discount_band"],
}
"""The grain of each table of partial sums."""


def contributions(sales: pl.LazyFrame, returns: pl.LazyFrame) -> pl.LazyFrame:
    """What facts add to each measure: a row per line, on the day of the sale (nothing but itself where it
    is cancelled), and a row per return, on its day.

    A return has the promotion and the band of discount of its line, where `sales` holds it. A return whose
    sale is not known takes its amount from the net of its own day. Rows of lines have no `return_key`, and
    those of such returns no `order_line_key`: 0.
    """
    nothing = pl.lit(0, MONEY)
    at = [
        "order_line_key",
        "company",
        "product_key",
        "category_key",
        "store_key",
        "place_key",
        "region_key",
        "salesperson_key",
        "customer_key",
        "touch_key",
        "promotion",
        "discount_band",
    ]
    sales = sales.with_columns(pl.col("promotion").fill_null(""), discount_band=discounts.band())
    terms = sales.select("order_line_key", "promotion", "discount_band")
    returns = returns.join(terms, on="order_line_key", how="left").with_columns(
        pl.col("promotion").fill_null(""), pl.col("discount_band").fill_null(discounts.UNKNOWN)
    )
    counted = pl.col("status") != "cancelled"
    own = ("units", "returned_units", "refunded_amount", "cost_amount", "margin_amount")
    sold = sales.select(
        *at,
        return_key=pl.lit(keys.UNKNOWN, pl.Int64),
        order_key=pl.when(counted).then("order_key"),
        date="order_date",
        counted=counted.cast(pl.Int64),
        lines=counted.cast(pl.Int64),
        units="quantity",
        returned_units="returned_quantity",
        refunded_amount=nothing,
        cost_amount=pl.col("cost_amount").fill_null(0),
        margin_amount=pl.col("margin_amount").fill_null(0),
        **{name: pl.col(name) for name in AMOUNTS if name not in own},
    )
    lost = ~pl.col("sale_known")
    # Of a cancelled line nothing came back: that return is no row of a mart, as its sale is none.
    came = lost | (pl.col("quantity") > 0)
    refund = pl.when(lost).then("refunded_amount").otherwise(nothing)
    cost = pl.when(lost).then(pl.col("cost_amount").fill_null(0)).otherwise(nothing)
    uncosted = pl.when(pl.col("cost_amount").is_null()).then(refund).otherwise(nothing)
    back = returns.select(
        *at,
        "return_key",
        order_key=pl.lit(None, pl.Int64),
        date="return_date",
        counted=came.cast(pl.Int64),
        lines=pl.lit(0, pl.Int64),
        refunded_amount="refunded_amount",
        returned_units=pl.when(lost).then("quantity").otherwise(nothing),
        returned_amount=refund,
        net_amount=-refund,
        cost_amount=-cost,
        margin_amount=cost - refund + uncosted,
        uncosted_amount=-uncosted,
    )
    rest = [name for name in AMOUNTS if name not in back.collect_schema().names()]
    rows = pl.concat(
        [sold, back.with_columns(nothing.alias(name) for name in rest).select(sold.collect_schema().names())]
    )
    return rows.with_columns(month=pl.col("date").dt.truncate("1mo"))


def added_up(rows: pl.LazyFrame, grain: list[str]) -> pl.LazyFrame:
    """Contributions by grain, with all `MEASURES`."""
    return rows.group_by(grain).agg(
        pl.len().cast(pl.Int64).alias("rows"),
        pl.col("counted", "lines").sum(),
        pl.col("order_key").drop_nulls().n_unique().cast(pl.Int64).alias("orders"),
        *(pl.col(name).sum().cast(MONEY) for name in AMOUNTS),
    )


def moved(sums: pl.LazyFrame, before: pl.LazyFrame, after: pl.LazyFrame, grain: list[str]) -> pl.LazyFrame:
    """The sums, less what touched orders gave before, and with what they give now."""
    less = added_up(before, grain).with_columns(-pl.col(MEASURES))
    parts = [sums, less, added_up(after, grain)]
    columns = [*grain, *MEASURES]
    return (
        pl.concat([part.select(columns) for part in parts])
        .group_by(grain)
        .agg(*(pl.col(name).sum() for name in COUNTS), *(pl.col(name).sum().cast(MONEY) for name in AMOUNTS))
        .filter(pl.col("rows") != 0)
        .sort(grain)
    )
