"""Facts of some orders and returns, from everything that is known of them."""

from dataclasses import dataclass

import polars as pl

from saleslake_processor import keys
from saleslake_processor.contracts.facts import FactReturns, FactSales
from saleslake_processor.derive import amounts, returned
from saleslake_processor.money import amount, rounded, ticks

INTERNAL = ["category_key", "region_key", "touch_key"]
"""Columns that the state keeps beside a fact's contract: where its amounts are added up, and the order
(or return without a sale) with which the row is derived anew."""

_KEYS = ["customer_key", "product_key", "store_key", "place_key", "salesperson_key"]


@dataclass(frozen=True)
class Terms:
    """What facts take from dimensions; see `derive.terms`."""

    products: pl.LazyFrame
    stores: pl.LazyFrame
    customers: pl.LazyFrame
    places: pl.LazyFrame


WAITING: dict[str, pl.DataType] = {
    "entity": pl.String(),
    "source": pl.String(),
    "batch": pl.String(),
    "raw_table": pl.String(),
    "outcome": pl.String(),
    "key": pl.Int64(),
    "touch_key": pl.Int64(),
}
"""One row per order line or return whose business date nothing tells yet, and where it came from."""


@dataclass(frozen=True)
class Derived:
    """Facts with `INTERNAL`, and the rows that give none yet."""

    sales: pl.DataFrame
    returns: pl.DataFrame
    waiting: pl.DataFrame


def facts(lines: pl.LazyFrame, orders: pl.LazyFrame, returns: pl.LazyFrame, terms: Terms) -> Derived:
    """`fact_sales` and `fact_returns` of the given current rows.

    Whole orders go in: their lines, their headers, and all returns of them. What has no business date
    yet waits: it gives no row.
    """
    sold = _sold(lines, orders, terms).collect().lazy()
    pairs = returned.linked(returns, sold).collect().lazy()
    alone = _place(returned.unlinked(returns, pairs, terms.products), terms).collect().lazy()
    valued = pl.concat([pairs.select("return_key"), alone.select("return_key")])
    line_waits = lines.join(sold, on="order_line_key", how="anti").with_columns(touch_key=pl.col("order_key"))
    return_waits = returns.join(valued, on="return_key", how="anti").with_columns(
        touch_key=pl.coalesce("order_key", "return_key")
    )
    return Derived(
        sales=_sales(sold, pairs).collect(),
        returns=_returns(sold, pairs, returns, alone).collect(),
        waiting=pl.concat([_waiting(line_waits, "order_line"), _waiting(return_waits, "return")]).collect(),
    )


def _waiting(rows: pl.LazyFrame, entity: str) -> pl.LazyFrame:
    named = rows.with_columns(entity=pl.lit(entity), key=pl.col(f"{entity}_key"))
    return named.select(*WAITING)


def _sold(lines: pl.LazyFrame, orders: pl.LazyFrame, terms: Terms) -> pl.LazyFrame:
    """Lines with their order, their place and their amounts in ticks; those that wait are left out."""
    shared = [
        "order_date",
        "customer_key",
        "store_key",
        "place_key",
        "salesperson_key",
        "ship_date",
        "ship_mode",
    ]
    headers = orders.select(
        "order_key",
        *(pl.col(name).alias(f"order:{name}") for name in shared),
        pl.col("status").alias("order:status"),
        order_subtotal="subtotal_amount",
        order_tax="tax_amount",
        order_freight="freight_amount",
        order_total="total_amount",
        order_tax_rate="tax_rate",
        order_includes_tax="prices_include_tax",
    )
    cancelled = pl.any_horizontal((pl.col("status", "order:status") == "cancelled").fill_null(False))
    with_headers = (
        lines.join(headers, on="order_key", how="left")
        .with_columns(pl.coalesce(name, f"order:{name}").alias(name) for name in shared)
        .filter(pl.col("order_date").is_not_null())
        .with_columns(
            status=pl.when(cancelled)
            .then(pl.lit("cancelled"))
            .otherwise(pl.coalesce("status", "order:status")),
            counted=~cancelled,
        )
        .join(terms.products.rename({"unit_cost": "product_unit_cost"}), on="product_key", how="left")
    )
    priced = amounts.priced(_place(with_headers, terms))
    counting = amounts.fitted(priced.filter("counted"))
    return pl.concat([counting, priced.filter(~pl.col("counted"))])


def _place(rows: pl.LazyFrame, terms: Terms) -> pl.LazyFrame:
    """Place of a sale: its own (ship-to), else the store's, else the customer's; and the region of that."""
    return (
        rows.join(terms.stores.rename({"place_key": "place:store"}), on="store_key", how="left")
        .join(terms.customers.rename({"place_key": "place:customer"}), on="customer_key", how="left")
        .with_columns(place_key=pl.coalesce("place_key", "place:store", "place:customer"))
        .join(terms.places, on="place_key", how="left")
    )


def _sales(sold: pl.LazyFrame, pairs: pl.LazyFrame) -> pl.LazyFrame:
    back = pairs.group_by("order_line_key").agg(
        pl.col("back").sum(), pl.col("refunded").sum(), cost_back=pl.col("cost_back").sum()
    )
    nothing = pl.lit(0, pl.Int128)
    rows = sold.join(back, on="order_line_key", how="left").with_columns(
        pl.col("back", "refunded", "cost_back").fill_null(0)
    )
    by_sale = rounded(pl.col("gross") * 10_000, ticks(pl.col("quantity")), pl.lit(4))
    measured = rows.with_columns(
        unit=by_sale,
        net=pl.col("sales") - pl.col("refunded"),
        kept_cost=pl.col("cost") - pl.col("cost_back"),
        q=ticks(pl.col("quantity")),
    )

    def counts(of: pl.Expr) -> pl.Expr:
        return amount(pl.when("counted").then(of).otherwise(nothing))

    known = pl.col("cost").is_not_null()
    columns = {
        "status": pl.col("status").fill_null("completed"),
        "ship_days": (pl.col("ship_date") - pl.col("order_date")).dt.total_days(),
        "unit_price": amount(pl.col("unit")),
        "quantity": counts(pl.col("q")),
        "gross_amount": counts(pl.col("gross")),
        "discount_amount": counts(pl.col("discount")),
        "sales_amount": counts(pl.col("sales")),
        "returned_quantity": amount(pl.col("back")),
        "returned_amount": amount(pl.col("refunded")),
        "net_amount": counts(pl.col("net")),
        "sales_cost_amount": counts(pl.col("cost")),
        "cost_amount": counts(pl.col("kept_cost")),
        "margin_amount": counts(pl.col("net") - pl.col("kept_cost")),
        "uncosted_amount": amount(pl.when(pl.col("counted") & ~known).then("net").otherwise(nothing)),
        "tax_amount": counts(pl.col("tax")),
        "freight_amount": counts(pl.col("freight")),
        "total_amount": counts(pl.col("sales") + pl.col("tax") + pl.col("freight")),
        "cancelled_quantity": amount(pl.when("counted").then(nothing).otherwise("q")),
        "cancelled_amount": amount(pl.when("counted").then(nothing).otherwise("sales")),
    }
    named = measured.select(
        *(
            columns.get(name, pl.col(name)).alias(name)
            for name in FactSales.column_names()
            if name not in _KEYS
        ),
        *(pl.col(name).fill_null(keys.UNKNOWN) for name in [*_KEYS, "category_key", "region_key"]),
        touch_key=pl.col("order_key"),
    )
    return named.select(*FactSales.column_names(), *INTERNAL)


def _returns(
    sold: pl.LazyFrame, pairs: pl.LazyFrame, returns: pl.LazyFrame, alone: pl.LazyFrame
) -> pl.LazyFrame:
    said = returns.select("company", "return_key", "return_id", "reason")
    sale = sold.select(
        "order_line_key", "order_key", "order_id", "order_date", "currency", *_KEYS, *INTERNAL[:2]
    )
    known = (
        pairs.join(said, on="return_key")
        .join(sale, on="order_line_key")
        .with_columns(
            return_date=pl.coalesce("return_date", "order_date"),
            sale_known=True,
            touch_key=pl.col("order_key"),
        )
    )
    unknown = alone.with_columns(
        order_date=pl.lit(None, pl.Date),
        sale_known=False,
        touch_key=pl.coalesce("order_key", "return_key"),
        order_line_key=pl.lit(None, pl.Int64),
        order_key=pl.lit(None, pl.Int64),
        salesperson_key=pl.lit(None, pl.Int64),
    )
    measured = {
        "quantity": amount(pl.col("back")),
        "refunded_amount": amount(pl.col("refunded")),
        "cost_amount": amount(pl.col("cost_back")),
        "order_line_key": pl.col("order_line_key").fill_null(keys.UNKNOWN),
        "order_key": pl.col("order_key").fill_null(keys.UNKNOWN),
    }

    def named(rows: pl.LazyFrame) -> pl.LazyFrame:
        filled = {name: pl.col(name).fill_null(keys.UNKNOWN) for name in [*_KEYS, *INTERNAL[:2]]}
        columns = {**filled, **measured}
        return rows.select(
            columns.get(name, pl.col(name)).alias(name) for name in [*FactReturns.column_names(), *INTERNAL]
        )

    return pl.concat([named(known), named(unknown)])
