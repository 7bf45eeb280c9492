"""The amounts of order lines: priced by what the line or its product says, fitted to what the order says.

All amounts here are ticks (`money.TICKS` to the unit, 128-bit), without tax. With a price p, a rate
of discount d and included tax t a line of q units has
    gross = q p / (1 + t),  discount = q p d / (1 + t),  sales = gross - discount,
each rounded once, to the source's places of money. A sales amount in the source stands as it is, and
gross follows from it by the discount, or from the price where there is one.

What an order says of itself is shared over its lines by largest remainder. A subtotal below its lines is
a discount on the order. One above lines that bring their own prices speaks of lines that are not here
(cancelled, or refused): these stay as they are, and have their part of the order's tax.
"""

import polars as pl

from saleslake_processor.money import FINE, TICKS, fine, rounded, spread, ticks, unit

_PLACES = pl.col("money_places")

TAX_FACTOR = (FINE + pl.when("prices_include_tax").then(fine(pl.col("tax_rate"))).otherwise(0)).cast(
    pl.Int128
)
"""What an amount as the source writes it is divided by to be without tax, in steps of `FINE`."""


def priced(lines: pl.LazyFrame) -> pl.LazyFrame:
    """Adds `gross`, `discount`, `sales`, `tax`, `freight`, `cost` (null: the line tells none), `product_cost`
    (by its product's unit cost, where the line tells none; in the product's currency) and `price_origin`.

    Expects the line's own columns and `list_price`, `product_unit_cost` of its product.
    """
    given = {
        "q": ticks(pl.col("quantity")),
        "p": fine(pl.coalesce("unit_price", "list_price")),
        "d": fine(pl.col("discount_rate")),
        "a": fine(pl.col("discount_amount")),
        "s": fine(pl.col("sales_amount")),
        "t": TAX_FACTOR,
    }
    return (
        lines.with_columns(**given)
        .with_columns(price_origin=_price_origin())
        .with_columns(gross=_gross(), paid=_paid())
        .with_columns(sales=_sales())
        .with_columns(discount=pl.col("gross") - pl.col("sales"), tax=_tax(), cost=_cost())
        .with_columns(product_cost=_product_cost())
        .with_columns(freight=rounded(fine(pl.col("freight_amount")), 100, _PLACES).fill_null(0))
        .drop("q", "p", "d", "a", "s", "t", "paid")
    )


def fitted(lines: pl.LazyFrame) -> pl.LazyFrame:
    """Lines fitted to their order: sales to its subtotal, tax and freight to its own, by largest remainder.

    Expects `gross`, `discount`, `sales`, `tax`, `freight`, `price_origin` of lines that count, with their
    `tax_rate` and `tax_amount`, and the order's amounts as `order_subtotal`, `order_tax`, `order_freight`,
    `order_total` (null: the source brings none), with the order's own `order_tax_rate` and
    `order_includes_tax`.
    """
    bound = pl.any_horizontal(
        pl.col("order_subtotal", "order_tax", "order_freight", "order_total").is_not_null()
    )
    factor = FINE + pl.when("order_includes_tax").then(fine(pl.col("order_tax_rate"))).otherwise(0)
    ordered = (
        lines.filter(bound)
        .with_columns(
            priced=pl.col("sales"),
            subtotal=rounded(fine(pl.col("order_subtotal")) * 10_000, factor, _PLACES),
            paid=rounded(fine(pl.col("order_subtotal")), 100, _PLACES),
        )
        .with_columns(fits=_fits(), whole=pl.coalesce("subtotal", _of_order("sales")))
        .with_columns(sales=_shared(pl.when("fits").then("subtotal"), "sales"))
        .with_columns(freight=_shared(rounded(fine(pl.col("order_freight")), 100, _PLACES), "freight"))
        .with_columns(tax=_tax_of_fitted())
        .with_columns(tax=_shared(_tax_of_order(), "tax"))
        # A subtotal above list prices, or by a rounding, is no negative discount.
        .with_columns(gross=pl.max_horizontal("gross", "sales"))
        .with_columns(discount=pl.col("gross") - pl.col("sales"))
        .select(lines.collect_schema().names())
    )
    return pl.concat([lines.filter(~bound), ordered])


def _of_order(column: str) -> pl.Expr:
    return pl.col(column).sum().over("order_key")


def _shared(target: pl.Expr, column: str) -> pl.Expr:
    """The order's amount over its lines, by their sales; the column where there is none, or it is that."""
    shares = spread(target, pl.col("sales"), _PLACES, "order_key", "order_line_key")
    stays = target.is_null() | (target == _of_order(column))
    return pl.when(stays if column == "sales" else target.is_null()).then(column).otherwise(shares)


def _fits() -> pl.Expr:
    """Whether the order's subtotal is that of these lines: not above what they bring, but for roundings."""
    cent = pl.lit(TICKS // 100, pl.Int128)
    slack = pl.len().over("order_key").cast(pl.Int128) * pl.max_horizontal(unit(_PLACES), cent)
    own = pl.col("price_origin").is_in(["line", "implied"]).all().over("order_key")
    return (pl.col("subtotal") <= _of_order("sales") + slack) | ~own


def _tax_of_fitted() -> pl.Expr:
    """Tax of a line after a discount on its order; the source's own amount stands."""
    by_rate = rounded(pl.col("sales") * fine(pl.col("tax_rate")), FINE, _PLACES)
    included = spread(
        pl.col("paid") - pl.col("subtotal"), pl.col("sales"), _PLACES, "order_key", "order_line_key"
    )
    fitted_tax = pl.when("order_includes_tax").then(included).otherwise(by_rate)
    moved = (pl.col("sales") != pl.col("priced")).any().over("order_key")
    own = pl.col("tax_amount").is_not_null().any().over("order_key")
    return pl.when(moved & ~own).then(fitted_tax).otherwise("tax")


def _tax_of_order() -> pl.Expr:
    """The order's tax, else what its total leaves above the rest; of that, the part of these lines."""
    tax = rounded(fine(pl.col("order_tax")), 100, _PLACES)
    left = rounded(fine(pl.col("order_total")), 100, _PLACES) - pl.col("whole") - _of_order("freight")
    told = pl.coalesce(tax, pl.when(left >= 0).then(left))
    part = rounded(told * _of_order("sales"), pl.max_horizontal("whole", pl.lit(1, pl.Int128)), _PLACES)
    return (
        pl.when((pl.col("whole") > _of_order("sales")) & (_of_order("sales") >= 0)).then(part).otherwise(told)
    )


def _price_origin() -> pl.Expr:
    """Where the price comes from: the `line`, the product's `list`, `implied` by the amount, or `missing`."""
    return (
        pl.when(pl.col("unit_price").is_not_null())
        .then(pl.lit("line"))
        .when(pl.col("s").is_not_null())
        .then(pl.lit("implied"))
        .when(pl.col("p").is_not_null())
        .then(pl.lit("list"))
        .otherwise(pl.lit("missing"))
    )


def _gross() -> pl.Expr:
    q, p, d, a, s, t = (pl.col(name) for name in "qpdast")
    by_price = rounded(q * p, t, _PLACES)
    by_rate = rounded(s * 10**10, (FINE - d) * t, _PLACES)
    by_amount = rounded((s + a.fill_null(0)) * 10_000, t, _PLACES)
    implied = pl.when(d < FINE).then(by_rate).when(d.is_null()).then(by_amount)
    return (
        pl.when(pl.col("price_origin") == "implied")
        .then(pl.coalesce(implied, by_price))
        .otherwise(by_price)
        .fill_null(0)
    )


def _paid() -> pl.Expr:
    """What the customer pays for the line at the source's prices, rounded."""
    q, p, d, a, s = (pl.col(name) for name in "qpdas")
    by_rate = rounded(q * p * (FINE - d.fill_null(0)), FINE * FINE, _PLACES)
    by_amount = rounded(q * p - a * 10_000, FINE, _PLACES)
    return pl.coalesce(
        rounded(s, 100, _PLACES), pl.when(a.is_null()).then(by_rate).otherwise(by_amount)
    ).fill_null(0)


def _sales() -> pl.Expr:
    q, p, d, a, s, t = (pl.col(name) for name in "qpdast")
    # Nothing can be let off a price that nobody knows.
    discount = pl.when(p.is_not_null()).then(
        pl.coalesce(rounded(a * 10_000, t, _PLACES), rounded(q * p * d, FINE * t, _PLACES))
    )
    return pl.coalesce(rounded(s * 10_000, t, _PLACES), pl.col("gross") - discount.fill_null(0))


def _tax() -> pl.Expr:
    added = rounded(pl.col("sales") * fine(pl.col("tax_rate")), FINE, _PLACES)
    by_rate = pl.when("prices_include_tax").then(pl.col("paid") - pl.col("sales")).otherwise(added)
    return pl.coalesce(rounded(fine(pl.col("tax_amount")), 100, _PLACES), by_rate)


def _cost() -> pl.Expr:
    """Cost of the line as it tells it: its own, what its profit leaves, or by its unit cost."""
    by_unit = rounded(pl.col("q") * fine(pl.col("unit_cost")), FINE, _PLACES)
    profit = rounded(fine(pl.col("profit_amount")), 100, _PLACES)
    return pl.coalesce(rounded(fine(pl.col("cost_amount")), 100, _PLACES), pl.col("sales") - profit, by_unit)


def _product_cost() -> pl.Expr:
    by_unit = rounded(pl.col("q") * fine(pl.col("product_unit_cost")), FINE, _PLACES)
    return pl.when(pl.col("cost").is_null()).then(by_unit)
