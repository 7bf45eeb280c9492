"""Which lines a return takes back, and how much of each.

A return of a line takes units of that line; of an order (or a product of it) units of its lines, in
their order, as far as earlier returns left them; all that is left where it brings no quantity. What
the lines cannot hold falls on the last. Without an amount of its own, or a price of its units, it is
worth the sale's share, so that what comes back in parts adds up to what was sold. A return whose sale
is not known is valued at the product's list price, on the day of the return.

All of it is in the company's currency, and as `original_...` in that of the return's own amount, or of the
sale. An own amount in the currency of the sale has the sale's part of what the sale came to, so that what is
given back whole leaves nothing; one in another currency has the rate of the day of the sale.
"""

from collections.abc import Iterable

import polars as pl

from saleslake_processor.derive.amounts import TAX_FACTOR
from saleslake_processor.derive.rates import Ask, converted, converted_price, holds
from saleslake_processor.money import FINE, fine, rounded, spread, ticks

_PLACES = pl.col("money_places")
_ASKED = ["return_key", "asked", "given", "return_date", "return_currency"]
_HAS_AMOUNT = pl.col("given").is_not_null()
_BY_LIST = ~_HAS_AMOUNT & pl.all_horizontal(pl.col("quantity", "list_price").is_not_null())

ASKS = {
    "given": Ask(
        "return_currency",
        "currency",
        "order_date",
        _HAS_AMOUNT & (pl.col("return_currency") != pl.col("original_currency")),
    )
}
"""The rate of a return's own amount that is in another currency than its sale."""

ASKS_ALONE = {
    "own": Ask("return_currency", "currency", "return_date", _HAS_AMOUNT | _BY_LIST),
    "list": Ask("product_currency", "return_currency", "return_date", _BY_LIST),
    "cost": Ask(
        "product_currency",
        "currency",
        "return_date",
        pl.all_horizontal(pl.col("quantity", "product_unit_cost").is_not_null()),
    ),
}
"""The rates of a return whose sale is not known: of its amount, and of its product's price and cost."""


def said(returns: pl.LazyFrame) -> pl.LazyFrame:
    """Returns with the units and the amount without tax that they name, `asked` and `given`, in their
    `return_currency`; `currency` is the company's."""
    own = pl.coalesce("currency", "source_currency")
    asked = ticks(pl.col("quantity"))
    given = pl.coalesce(fine(pl.col("return_amount")) * 10_000, asked * fine(pl.col("unit_price")))
    return returns.with_columns(
        asked=asked,
        given=rounded(given, TAX_FACTOR, _PLACES),
        touch_key=pl.coalesce("order_key", "return_key"),
        return_currency=own,
        # A log that is older than reporting currencies has none.
        currency=pl.coalesce("reporting_currency", own),
    )


def found(returns: pl.LazyFrame, lines: pl.LazyFrame) -> pl.LazyFrame:
    """One row per return and line that it may take units of, with what is needed of the line.

    `returns` are as `said` gives them, `lines` as `derive.sold` does.
    """
    sold = lines.select(
        *("order_line_key", "order_key", "touch_key", "company", "product_key", "order_date"),
        *("money_places", "counted", "sales", "cost", "original_sales", "original_currency", "currency"),
        *("own:num", "own:den"),
        q=ticks(pl.col("quantity")),
    )
    of_line = (
        returns.select(*_ASKED, "order_line_key").drop_nulls("order_line_key").join(sold, on="order_line_key")
    )
    of_order = (
        returns.filter(pl.col("order_line_key").is_null() & pl.col("order_key").is_not_null())
        .select(*_ASKED, "order_key", wanted="product_key")
        .join(sold, on="order_key")
        .filter(pl.col("wanted").is_null() | (pl.col("wanted") == pl.col("product_key")))
        # Cancelled lines were never sold: what came back came from the others.
        .filter(pl.col("counted") | ~pl.col("counted").any().over("return_key"))
    )
    return pl.concat([of_line, of_order.select(of_line.collect_schema().names())])


def linked(pairs: pl.LazyFrame) -> pl.LazyFrame:
    """One row per return and line that it takes back: `return_key`, `order_line_key`, `back` (units),
    `refunded`, `cost_back` (ticks; cost null where unknown), `original_refunded` in `refund_currency`,
    `return_date`.

    Expects pairs as `found` gives them, with their rates. Left out are returns that lack one.
    """
    told = ~pl.col("lacking") & holds(_in_company_currency(pl.col("given")))
    free = pairs.filter(told.all().over("return_key"))
    taken = _valued(_with_units(free.collect()).lazy())
    nothing = pl.lit(0, pl.Int128)
    measures = ("back", "refunded", "original_refunded", "cost_back")
    return taken.select(
        "return_key",
        "order_line_key",
        "return_date",
        *(pl.when("counted").then(name).otherwise(nothing).alias(name) for name in measures),
        refund_currency=pl.when(_HAS_AMOUNT).then("return_currency").otherwise("original_currency"),
    )


def others(returns: pl.LazyFrame, pairs: pl.LazyFrame, products: pl.LazyFrame) -> pl.LazyFrame:
    """Returns whose sale is not known, with what their product says. Those without a day are left out:
    they wait."""
    return (
        returns.filter(pl.col("return_date").is_not_null())
        .join(pairs.select("return_key"), on="return_key", how="anti")
        .join(products.rename({"unit_cost": "product_unit_cost"}), on="product_key", how="left")
        .with_columns(product_currency=pl.coalesce("product_currency", "return_currency"))
    )


def unlinked(returns: pl.LazyFrame) -> pl.LazyFrame:
    """Returns as `others` gives them, with their rates: adds `back`, `refunded`, `cost_back`,
    `original_refunded` in `refund_currency`. Left out are those that lack a rate."""
    list_price = fine(converted_price(pl.col("list_price"), "list"))
    by_list = rounded(ticks(pl.col("quantity")) * list_price, TAX_FACTOR, _PLACES)
    by_unit = rounded(ticks(pl.col("quantity")) * fine(pl.col("product_unit_cost")), FINE, _PLACES)
    nothing = pl.lit(0, pl.Int128)
    return (
        returns.filter(~pl.col("lacking"))
        .with_columns(
            back=pl.coalesce(ticks(pl.col("quantity")), nothing),
            original_refunded=pl.coalesce("given", by_list, nothing),
            refund_currency=pl.col("return_currency"),
            cost_back=converted(by_unit, "cost", _PLACES),
        )
        .with_columns(refunded=converted(pl.col("original_refunded"), "own", _PLACES))
        .filter(holds(pl.col("refunded", "cost_back")))
    )


def _with_units(pairs: pl.DataFrame) -> pl.DataFrame:
    """Adds `back`: the units that each return takes of each line; pairs without any are left out.

    A return that finds nothing left stays with the last of its lines, and 0 units.
    """
    is_last = pl.col("order_line_key") == pl.col("order_line_key").max().over("return_key")
    ordered = pairs.sort("return_date", "return_key", "order_line_key").with_columns(is_last=is_last)
    rows = ordered.select("return_key", "order_line_key", "q", "asked", "is_last").iter_rows()
    taken = ordered.with_columns(pl.Series("back", _units(rows), pl.Int128))
    nothing = pl.col("back").sum().over("return_key") == 0
    return taken.filter((pl.col("back") > 0) | (nothing & pl.col("is_last"))).drop("is_last")


def _units(rows: Iterable[tuple[int, int, int, int | None, bool]]) -> list[int]:
    """What each return takes of each line depends on all that came before: one after the other."""
    left: dict[int, int] = {}
    back, current, wanted = [], None, None
    for return_key, line, sold, asked, is_last in rows:
        if return_key != current:
            current, wanted = return_key, asked
        free = max(left.setdefault(line, sold), 0)
        if wanted is None:
            took = free
        else:
            took = wanted if is_last else min(wanted, free)
            wanted -= took
        left[line] -= took
        back.append(took)
    return back


def _valued(pairs: pl.LazyFrame) -> pl.LazyFrame:
    """Shares of the sale by how much of the line had come back before and after each return."""
    back = pl.col("back")
    until = back.cum_sum().over("order_line_key", order_by=["return_date", "return_key"])
    part = spread(pl.col("given"), back * pl.col("sales"), _PLACES, "return_key", "order_line_key")

    def share(of: str) -> pl.Expr:
        after = rounded(pl.col(of) * pl.col("until"), pl.col("q"), _PLACES)
        before = rounded(pl.col(of) * (pl.col("until") - back), pl.col("q"), _PLACES)
        return after - before

    in_currency_of_sale = _HAS_AMOUNT & (pl.col("return_currency") == pl.col("original_currency"))
    own = pl.when(in_currency_of_sale).then("part").otherwise(pl.lit(0, pl.Int128))
    own_until = own.cum_sum().over("order_line_key", order_by=["return_date", "return_key"])
    # Each by itself would be rounded by itself: what comes back whole in parts must leave nothing.
    after, before = _in_company_currency(own_until), _in_company_currency(own_until - own)
    return pairs.with_columns(until=until, part=part).with_columns(
        refunded=pl.when(in_currency_of_sale)
        .then(after - before)
        .when(_HAS_AMOUNT)
        .then(_in_company_currency(pl.col("part")))
        .otherwise(share("sales")),
        original_refunded=pl.when(_HAS_AMOUNT).then("part").otherwise(share("original_sales")),
        cost_back=share("cost"),
    )


def _in_company_currency(given: pl.Expr) -> pl.Expr:
    """What a return gave back for a line, in its own currency, as an amount in that of the company."""
    of_line = pl.col("original_sales")
    share = rounded(
        given * pl.col("sales") * of_line.sign(),
        pl.max_horizontal(of_line.abs(), pl.lit(1, pl.Int128)),
        _PLACES,
    )
    return (
        pl.when(pl.col("return_currency") == pl.col("currency"))
        .then(given)
        .when(pl.col("return_currency") != pl.col("original_currency"))
        .then(converted(given, "given", _PLACES))
        .when(of_line != 0)
        .then(share)
        .otherwise(converted(given, "own", _PLACES))
    )
