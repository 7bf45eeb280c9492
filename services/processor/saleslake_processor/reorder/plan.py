"""The plan: of each place and product whether to order, and how much."""

import polars as pl

from saleslake_processor.contracts.columns import MONEY
from saleslake_processor.reorder.ahead import demand
from saleslake_processor.reorder.history import PLACE, PRODUCT, history

REVIEW_DAYS = 1
"""Days until somebody looks again: gold is published at least daily."""

CYCLE_DAYS = 14
"""Days of demand that an order brings beyond the reorder point."""

SERVICE_LEVEL = 0.95
"""Share of the cases in which what is there lasts until the order has come."""

_DIGITS = 9


def reorder(
    stock: pl.LazyFrame, sales: pl.LazyFrame, forecast: pl.LazyFrame, until: pl.LazyFrame
) -> pl.LazyFrame:
    """The plan by `company`, `store_key` and `product_key`, without names.

    `stock` has the columns of `fact_stock`, `sales` those of `fact_sales`, `forecast` those of the learnt
    `sales_forecast`, `until` the `company` and its `closed_date`, the last day that is over. Store 0 stands
    for the whole company.

    A store's part of a product's demand is its share p of the last days. Of the variance p^2 is the store's
    as far as it moves all buyers together, and p as far as it is chance who buys when (`portion` times the
    mean). The upper bound is that of a gamma distribution: demand is not below 0,
    and has a long tail where it is rare.
    """
    past = history(sales, until)
    last = _last(stock, until)
    there = last.join(_sold(last, sales), on=PLACE, how="left")
    rows = there.with_columns(
        pl.col("sold_units").fill_null(0).cast(MONEY), days=pl.col("lead_time_days") + REVIEW_DAYS
    )
    wanted = rows.select(*PRODUCT, "days", "as_of").unique()
    whole = pl.when(pl.col("store_key") == 0).then(1.0)
    share = pl.coalesce(whole, "share", pl.lit(0.0))
    by_chance = pl.col("portion").fill_null(1) * pl.col("expected")
    variance = share**2 * pl.max_horizontal(pl.col("variance") - by_chance, 0.0) + share * by_chance
    expected = share * pl.col("expected")
    position = pl.col("stock_units") + pl.col("on_order_units") - pl.col("sold_units")
    return (
        rows.join(demand(wanted, forecast, past), on=[*PRODUCT, "days", "as_of"])
        .join(past.products.select(*PRODUCT, "portion"), on=PRODUCT, how="left")
        .join(past.shares, on=PLACE, how="left")
        .with_columns(
            position_units=position.cast(MONEY),
            demand_units=_units(expected),
            demand_upper_units=_units(upper(expected, variance)),
            daily_units=_units(expected / pl.col("days")),
        )
        .with_columns(safety_stock_units=(pl.col("demand_upper_units") - pl.col("demand_units")).cast(MONEY))
        .with_columns(reorder_point_units=(pl.col("demand_units") + pl.col("safety_stock_units")).cast(MONEY))
        .with_columns(
            cover_days=_cover(),
            reorder=(pl.col("demand_units") > 0)
            & (pl.col("position_units") <= pl.col("reorder_point_units")),
        )
        .with_columns(order_units=_order())
    )


def upper(expected: pl.Expr, variance: pl.Expr) -> pl.Expr:
    """What a demand is not above in `SERVICE_LEVEL` of all cases."""
    shape = expected**2 / variance
    of_gamma = shape.map_batches(_quantile, return_dtype=pl.Float64()) * variance / expected
    # Of what is very rare, nothing is bought in more than `SERVICE_LEVEL` of all cases.
    return (
        pl.when((expected > 0) & (variance > 0))
        .then(pl.max_horizontal(of_gamma, expected))
        .otherwise(expected)
    )


def _quantile(shape: pl.Series) -> pl.Series:
    """Of gamma distributions of scale 1. Approximations fail for small shapes, of what is bought rarely."""
    # Here, since gold is also read where SciPy is not.
    from scipy.special import gammaincinv

    return pl.Series(gammaincinv(shape.to_numpy(), SERVICE_LEVEL))


def _last(stock: pl.LazyFrame, until: pl.LazyFrame) -> pl.LazyFrame:
    """What lay where by the last count: the sum of what was counted there on that day; and from which day on
    (`as_of`) it has to last, which is the one after the count or after the last closed day."""
    return (
        stock.filter(pl.col("stock_date") == pl.col("stock_date").max().over(PLACE))
        .group_by(PLACE)
        .agg(
            pl.col("stock_date").first(),
            stock_units=pl.col("quantity").sum().cast(MONEY),
            on_order_units=pl.col("on_order_quantity").sum().cast(MONEY),
            lead_time_days=pl.col("lead_time_days").max(),
        )
        .join(until.select("company", "closed_date"), on="company", how="left")
        .with_columns(as_of=pl.max_horizontal("stock_date", "closed_date").dt.offset_by("1d"))
        .drop("closed_date")
    )


def _sold(last: pl.LazyFrame, sales: pl.LazyFrame) -> pl.LazyFrame:
    """By `PLACE` what was sold since the `last` count; of store 0 in all stores.

    What was sold from `as_of` on is part of what is expected.
    """
    last = last.select(*PLACE, "stock_date", "as_of")
    lines = sales.filter(pl.col("status") != "cancelled").select(*PLACE, "order_date", "quantity")
    since = (pl.col("order_date") > pl.col("stock_date")) & (pl.col("order_date") < pl.col("as_of"))
    in_stores = last.filter(pl.col("store_key") != 0).join(lines, on=PLACE)
    everywhere = last.filter(pl.col("store_key") == 0).join(lines.drop("store_key"), on=PRODUCT)
    names = [*PLACE, "stock_date", "as_of", "order_date", "quantity"]
    return (
        pl.concat([in_stores.select(names), everywhere.select(names)])
        .filter(since)
        .group_by(PLACE)
        .agg(sold_units=pl.col("quantity").sum().cast(MONEY))
    )


def _cover() -> pl.Expr:
    left = pl.col("stock_units").cast(pl.Float64) - pl.col("sold_units").cast(pl.Float64)
    daily = pl.col("daily_units").cast(pl.Float64)
    return pl.when(daily > 0).then((pl.max_horizontal(left, 0.0) / daily).floor().cast(pl.Int64))


def _order() -> pl.Expr:
    up_to = pl.col("reorder_point_units").cast(pl.Float64) + CYCLE_DAYS * pl.col("daily_units").cast(
        pl.Float64
    )
    lacking = (up_to - pl.col("position_units").cast(pl.Float64)).ceil()
    return _units(pl.when("reorder").then(pl.max_horizontal(lacking, 1.0)).otherwise(0.0))


def _units(value: pl.Expr) -> pl.Expr:
    # A float's last digits are chance, and would decide on halves.
    return value.round(_DIGITS).round(MONEY.scale, mode="half_away_from_zero").cast(MONEY)
