"""Which lines a return takes back, and how much of each.

A return of a line takes units of that line; of an order (or a product of it) units of its lines, in
their order, as far as earlier returns left them; all that is left where it brings no quantity. What
the lines cannot hold falls on the last. Without an amount of its own it is worth the sale's share, so
that what comes back in parts adds up to what was sold. A return whose sale is not known is valued at
the product's list price, on the day of the return.
"""

from collections.abc import Iterable

import polars as pl

from saleslake_processor.money import FINE, fine, rounded, spread, ticks

_PLACES = pl.col("money_places")
_TAX_FACTOR = (FINE + pl.when("prices_include_tax").then(fine(pl.col("tax_rate"))).otherwise(0)).cast(
    pl.Int128
)
_ASKED = ["return_key", "asked", "given", "return_date"]


def linked(returns: pl.LazyFrame, lines: pl.LazyFrame) -> pl.LazyFrame:
    """One row per return and line that it takes back: `return_key`, `order_line_key`, `back` (units),
    `refunded`, `cost_back` (ticks; cost null where unknown), `return_date`.

    `lines` bring `order_line_key`, `order_key`, `product_key`, `quantity`, `sales`, `cost`, `counted`,
    `money_places`.
    """
    asked = returns.with_columns(
        asked=ticks(pl.col("quantity")),
        given=rounded(fine(pl.col("return_amount")) * 10_000, _TAX_FACTOR, _PLACES),
    )
    sold = lines.select(
        "order_line_key",
        "order_key",
        "product_key",
        "money_places",
        "sales",
        "cost",
        "counted",
        q=ticks(pl.col("quantity")),
    )
    of_line = (
        asked.select(*_ASKED, "order_line_key").drop_nulls("order_line_key").join(sold, on="order_line_key")
    )
    of_order = (
        asked.filter(pl.col("order_line_key").is_null() & pl.col("order_key").is_not_null())
        .select(*_ASKED, "order_key", wanted="product_key")
        .join(sold, on="order_key")
        .filter(pl.col("wanted").is_null() | (pl.col("wanted") == pl.col("product_key")))
        # Cancelled lines were never sold: what came back came from the others.
        .filter(pl.col("counted") | ~pl.col("counted").any().over("return_key"))
    )
    pairs = pl.concat([of_line, of_order.select(of_line.collect_schema().names())])
    taken = _valued(_with_units(pairs.collect()).lazy())
    nothing = pl.lit(0, pl.Int128)
    return taken.select(
        "return_key",
        "order_line_key",
        "return_date",
        back=pl.when("counted").then("back").otherwise(nothing),
        refunded=pl.when("counted").then("refunded").otherwise(nothing),
        cost_back=pl.when("counted").then("cost_back").otherwise(nothing),
    )


def unlinked(returns: pl.LazyFrame, pairs: pl.LazyFrame, terms: pl.LazyFrame) -> pl.LazyFrame:
    """Returns whose sale is not known, with `back`, `refunded`, `cost_back`, `category_key`.

    Those without a day are left out: they wait.
    """
    given = rounded(fine(pl.col("return_amount")) * 10_000, _TAX_FACTOR, _PLACES)
    by_list = rounded(ticks(pl.col("quantity")) * fine(pl.col("list_price")), _TAX_FACTOR, _PLACES)
    nothing = pl.lit(0, pl.Int128)
    return (
        returns.filter(pl.col("return_date").is_not_null())
        .join(pairs.select("return_key"), on="return_key", how="anti")
        .join(terms.rename({"unit_cost": "product_unit_cost"}), on="product_key", how="left")
        .with_columns(
            back=pl.coalesce(ticks(pl.col("quantity")), nothing),
            refunded=pl.coalesce(given, by_list, nothing),
            cost_back=rounded(ticks(pl.col("quantity")) * fine(pl.col("product_unit_cost")), FINE, _PLACES),
        )
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

    return pairs.with_columns(until=until).with_columns(
        refunded=pl.when(pl.col("given").is_not_null()).then(part).otherwise(share("sales")),
        cost_back=share("cost"),
    )
