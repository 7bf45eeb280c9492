"""Why net sales changed: by price, by volume, by the mix of products, by new and lost ones."""

from collections.abc import Mapping

import polars as pl

from saleslake_processor.contracts.columns import MONEY
from saleslake_processor.marts.as_of import business_dates
from saleslake_processor.money import amount, rounded, ticks

Frames = Mapping[str, pl.LazyFrame]

BASES = {"previous month": "1mo", "year before": "12mo"}
"""What a month is held to, and how far back that lies."""

_CELL = ["company", "month", "category_key", "basis"]
_PRODUCT = ["company", "month", "product_key"]
_PLACES = pl.lit(MONEY.scale)


def price_volume_mix(given: Frames) -> pl.LazyFrame:
    """Each month held to the month before it and to the year before, by category.

    Of products that sold in both months, in units that stayed sold: what the units of now would have come to
    at the net per unit of then ("at old prices") parts price from the rest; what the net of then would have
    come to had all units grown alike parts volume from mix. Both are rounded once, so effects add up exactly.
    """
    products = given["dim_product"].select("product_key", "category_key", "category")
    sold = given["sums/month_product"].filter(pl.col("counted") > 0)
    months = sold.select(*_PRODUCT, net=ticks(pl.col("net_amount")), units=ticks(_units()))
    both = pl.concat([_beside(months, basis, back) for basis, back in BASES.items()])
    stayed = (pl.col("units") > 0) & (pl.col("old_units") > 0)
    new = pl.col("old_units") <= 0
    at_old_prices = rounded(
        pl.col("old_net") * pl.col("units"), pl.when(stayed).then("old_units"), _PLACES
    ).fill_null(0)
    change = pl.col("net") - pl.col("old_net")
    cells = (
        both.join(products, on="product_key", how="left")
        .with_columns(at_old_prices=at_old_prices)
        .group_by(_CELL)
        .agg(
            pl.col("category").first(),
            pl.col("net", "old_net", "at_old_prices").sum(),
            new=change.filter(new).sum(),
            lost=change.filter(~new & ~stayed).sum(),
            stayed_net=pl.col("net").filter(stayed).sum(),
            stayed_old_net=pl.col("old_net").filter(stayed).sum(),
            stayed_units=pl.col("units").filter(stayed).sum(),
            stayed_old_units=pl.col("old_units").filter(stayed).sum(),
        )
    )
    grown_alike = rounded(
        pl.col("stayed_old_net") * pl.col("stayed_units"),
        pl.when(pl.col("stayed_old_units") > 0).then("stayed_old_units"),
        _PLACES,
    ).fill_null(0)
    as_of = business_dates(given).select("company", as_of=pl.col("last_date").dt.offset_by("1d"))
    return cells.join(as_of, on="company").select(
        *_CELL,
        "category",
        is_complete=pl.col("month").dt.offset_by("1mo") <= pl.col("as_of"),
        previous_net_amount=amount(pl.col("old_net")),
        net_amount=amount(pl.col("net")),
        change_amount=amount(pl.col("net") - pl.col("old_net")),
        price_effect_amount=amount(pl.col("stayed_net") - pl.col("at_old_prices")),
        volume_effect_amount=amount(grown_alike - pl.col("stayed_old_net")),
        mix_effect_amount=amount(pl.col("at_old_prices") - grown_alike),
        new_products_amount=amount(pl.col("new")),
        lost_products_amount=amount(pl.col("lost")),
    )


def _beside(months: pl.LazyFrame, basis: str, back: str) -> pl.LazyFrame:
    """Products in a month, or in its base: `net`, `units`, `old_net`, `old_units`, 0 where there is nothing.

    Of months from the first to the last of the company whose base does not lie before the first.
    """
    reach = months.group_by("company").agg(
        first=pl.col("month").min().dt.offset_by(back), last=pl.col("month").max()
    )
    then = months.with_columns(pl.col("month").dt.offset_by(back))
    return (
        months.join(then, on=_PRODUCT, how="full", coalesce=True)
        .join(reach, on="company")
        .filter(pl.col("month").is_between("first", "last"))
        .select(
            *_PRODUCT,
            pl.col("net", "units", "net_right", "units_right").fill_null(0),
            basis=pl.lit(basis),
        )
        .rename({"net_right": "old_net", "units_right": "old_units"})
    )


def _units() -> pl.Expr:
    return (pl.col("units") - pl.col("returned_units")).cast(MONEY)
