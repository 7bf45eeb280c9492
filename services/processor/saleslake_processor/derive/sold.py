"""Order lines with their order, their place, their currency, and what they come to in ticks."""

import polars as pl

from saleslake_processor.derive import amounts
from saleslake_processor.derive.rates import Ask, converted, converted_price, holds
from saleslake_processor.derive.terms import Terms, placed

_PLACES = pl.col("money_places")
_SHARED = [
    "order_date",
    "customer_key",
    "store_key",
    "place_key",
    "salesperson_key",
    "ship_date",
    "ship_mode",
]
"""What a line may leave to its order."""

_OF_ORDER = ["order_subtotal", "order_tax", "order_freight", "order_total"]

_TAKES_LIST_PRICE = (
    pl.col("unit_price").is_null()
    & pl.col("list_price").is_not_null()
    # Of a sales amount after 100 % off, only the list price tells what was let off.
    & (pl.col("sales_amount").is_null() | (pl.col("discount_rate") == 1).fill_null(False))
)
_TAKES_UNIT_COST = (
    pl.all_horizontal(pl.col("cost_amount", "profit_amount", "unit_cost").is_null())
    & pl.col("product_unit_cost").is_not_null()
)

ASKS = {
    "own": Ask("original_currency", "currency", "order_date", pl.lit(True)),
    "list": Ask("product_currency", "original_currency", "order_date", _TAKES_LIST_PRICE),
    "cost": Ask("product_currency", "currency", "order_date", _TAKES_UNIT_COST),
}
"""The rates of a line: to the company's currency, and of its product's price and cost."""


def dated(lines: pl.LazyFrame, orders: pl.LazyFrame, terms: Terms) -> pl.LazyFrame:
    """Lines with what their order, place and product say; without a business date they are left out.

    `original_currency` is the line's own, else its order's, else its source's; `currency` the company's. An
    order's amounts are left out where they are not in the one currency of its lines.
    """
    headers = orders.select(
        "order_key",
        *(pl.col(name).alias(f"order:{name}") for name in [*_SHARED, "status", "currency"]),
        order_subtotal="subtotal_amount",
        order_tax="tax_amount",
        order_freight="freight_amount",
        order_total="total_amount",
        order_tax_rate="tax_rate",
        order_includes_tax="prices_include_tax",
    )
    cancelled = pl.any_horizontal((pl.col("status", "order:status") == "cancelled").fill_null(False))
    original = pl.coalesce("currency", "order:currency", "source_currency")
    with_headers = (
        lines.join(headers, on="order_key", how="left")
        .with_columns(pl.coalesce(name, f"order:{name}").alias(name) for name in _SHARED)
        .filter(pl.col("order_date").is_not_null())
        .with_columns(
            status=pl.when(cancelled)
            .then(pl.lit("cancelled"))
            .otherwise(pl.coalesce("status", "order:status")),
            counted=~cancelled,
            touch_key=pl.col("order_key"),
            original_currency=original,
            # A log that is older than reporting currencies has none.
            currency=pl.coalesce("reporting_currency", original),
        )
        .pipe(_without_amounts_in_other_currencies)
        .join(terms.products.rename({"unit_cost": "product_unit_cost"}), on="product_key", how="left")
        .with_columns(product_currency=pl.coalesce("product_currency", "original_currency"))
    )
    return placed(with_headers, terms)


def sold(lines: pl.LazyFrame) -> pl.LazyFrame:
    """Lines with their amounts in ticks of the company's currency, and as `original_...` in their own.

    Expects lines as `dated` gives them, with their rates. Left out, with all lines of their order, are those
    whose amounts no rate brings to what gold holds.
    """
    priced = amounts.priced(lines.with_columns(list_price=converted_price(pl.col("list_price"), "list")))
    fitted = pl.concat([amounts.fitted(priced.filter("counted")), priced.filter(~pl.col("counted"))])
    own = ["gross", "discount", "sales", "tax", "freight"]
    original = fitted.with_columns(pl.col(name).alias(f"original_{name}") for name in own)
    foreign = pl.any_horizontal(pl.col("own:num", "cost:num") != pl.col("own:den", "cost:den"))
    at_home = original.filter(~foreign).with_columns(cost=pl.coalesce("cost", "product_cost"))
    parts = [name for name in own if name != "sales"]
    abroad = original.filter(foreign).with_columns(
        *(converted(pl.col(name), "own", _PLACES) for name in parts),
        cost=pl.coalesce(
            converted(pl.col("cost"), "own", _PLACES), converted(pl.col("product_cost"), "cost", _PLACES)
        ),
    )
    whole = pl.concat([at_home, abroad.with_columns(sales=pl.col("gross") - pl.col("discount"))])
    return whole.filter(holds(pl.col(*own, "cost")).all().over("order_key"))


def _without_amounts_in_other_currencies(lines: pl.LazyFrame) -> pl.LazyFrame:
    """An order's amounts stay where all its lines are in the currency of these."""
    own = pl.col("original_currency")
    other = own != pl.coalesce("order:currency", own.first())
    told = lines.filter(pl.any_horizontal(pl.col(_OF_ORDER).is_not_null()))
    mixed = told.group_by("order_key").agg(mixed=other.any())
    return (
        lines.join(mixed, on="order_key", how="left")
        .with_columns(pl.when(~pl.col("mixed")).then(name).alias(name) for name in _OF_ORDER)
        .drop("mixed")
    )
