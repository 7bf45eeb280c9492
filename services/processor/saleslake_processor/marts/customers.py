"""Customers by what they bought: as of now, year by year, and from segment to segment."""

from collections.abc import Mapping

import polars as pl

from saleslake_processor import keys
from saleslake_processor.contracts.columns import MONEY
from saleslake_processor.contracts.customers import NO_ORDER, UNKNOWN, Scored
from saleslake_processor.derive.sums import AMOUNTS
from saleslake_processor.marts.clusters import cluster_of
from saleslake_processor.marts.segments import LOYALTY_LIST, scored
from saleslake_processor.money import amount, rounded, ticks

Frames = Mapping[str, pl.LazyFrame]

_CUSTOMER = ["company", "customer_key"]
_OF_YEAR = [*_CUSTOMER, "year"]
_KNOWN = pl.col("customer_key") != keys.UNKNOWN


def rfm_history(given: Frames) -> pl.LazyFrame:
    """Every customer in every calendar year since its first sale or return, scored by all orders until the
    year's end."""
    days = given["sums/date_customer"].filter(pl.col("counted") > 0)
    ordered = pl.col("date").filter((pl.col("lines") > 0) & _KNOWN)
    cells = (
        days.group_by(*_CUSTOMER, year=_year("date"))
        .agg(first=ordered.min(), last=ordered.max(), net_amount=pl.col("net_amount").sum())
        .join(_orders(given["fact_sales"]), on=_OF_YEAR, how="left")
    )
    since = cells.group_by(_CUSTOMER).agg(since=pl.col("year").min())
    until = {
        "first_order_date": pl.col("first").cum_min().forward_fill(),
        "last_order_date": pl.col("last").forward_fill(),
        "cumulative_orders": pl.col("first_seen").cum_sum(),
        "cumulative_net_amount": pl.col("net_amount").cum_sum(),
    }
    rows = (
        _years(days)
        .join(since, on="company")
        .filter(pl.col("year") >= pl.col("since"))
        .join(cells, on=_OF_YEAR, how="left")
        .with_columns(pl.col("orders", "first_seen", "net_amount").fill_null(0))
        .with_columns(so_far.over(_CUSTOMER, order_by="year").alias(name) for name, so_far in until.items())
        .with_columns(
            pl.col("net_amount", "cumulative_net_amount").cast(MONEY),
            recency_days=(pl.col("as_of") - pl.col("last_order_date")).dt.total_days(),
        )
    )
    return scored(rows, ["company", "year"], "cumulative_orders", "cumulative_net_amount")


def customer_analysis(given: Frames) -> pl.LazyFrame:
    """Customers by all that they bought, with the scores of the company's last year, the loyalty list, and
    what was learnt last: their cluster and their future."""
    sums = given["sums/customer"].filter(pl.col("counted") > 0)
    names = given["dim_customer"].select("customer_key", "customer_id", customer="name")
    members = given["dim_customer"].filter(_KNOWN).select(_CUSTOMER)
    last_year = given["rfm_history"].filter(pl.col("year") == pl.col("year").max().over("company"))
    gaps = pl.when(pl.col("orders") > 1).then(pl.col("orders") - 1)
    span = (pl.col("last_order_date") - pl.col("first_order_date")).dt.total_days()
    orders = pl.when(pl.col("orders") > 0).then(pl.col("orders"))
    average = rounded(ticks(pl.col("net_amount")), orders, pl.lit(MONEY.scale))
    return (
        pl.concat([members, sums.select(_CUSTOMER)])
        .unique()
        .join(sums, on=_CUSTOMER, how="left")
        .join(names, on="customer_key", how="left")
        .join(last_year.select(*_CUSTOMER, *Scored.column_names()), on=_CUSTOMER, how="left")
        .join(_expected(given), on=_CUSTOMER, how="left")
        .join(cluster_of(given), on=_CUSTOMER, how="left")
        .with_columns(
            pl.col("lines", "orders").fill_null(0),
            pl.col(AMOUNTS).fill_null(0).cast(MONEY),
            pl.col("segment").fill_null(NO_ORDER),
        )
        .with_columns(
            interval_days=(2 * span + gaps) // (2 * gaps),
            average_order_amount=amount(average),
            loyalty_rank=_loyalty_rank(),
        )
    )


def _expected(given: Frames) -> pl.LazyFrame:
    since = pl.col("as_of").dt.offset_by("1d")
    return given["learnt/customer_forecast"].with_columns(expected_from=since).drop("as_of", "horizon_days")


def customer_accuracy(given: Frames) -> pl.LazyFrame:
    """How good what is expected of customers would have been, beside simpler methods."""
    return given["learnt/customer_accuracy"].rename(
        {
            "actual_spend": "actual_amount",
            "median_absolute_error": "median_error_amount",
            "mean_squared_error_root": "mean_error_amount",
            "rank_correlation": "rank_correlation_rate",
            "brier_score": "brier_rate",
            "auc": "auc_rate",
        }
    )


def segment_migration(given: Frames) -> pl.LazyFrame:
    """How many customers went from which segment to which one within a year."""
    rows = given["rfm_history"].select(
        *_OF_YEAR,
        "net_amount",
        to_segment="segment",
        is_customer=pl.col("last_order_date").is_not_null().cast(pl.Int64),
    )
    before = rows.select(*_CUSTOMER, pl.col("year") + 1, from_segment="to_segment")
    nobody = pl.when(pl.col("to_segment") == UNKNOWN).then(pl.lit(UNKNOWN)).otherwise(pl.lit(NO_ORDER))
    return (
        rows.join(before, on=_OF_YEAR, how="left")
        .with_columns(pl.col("from_segment").fill_null(nobody))
        .group_by("company", "year", "from_segment", "to_segment")
        .agg(customers=pl.col("is_customer").sum(), net_amount=pl.col("net_amount").sum().cast(MONEY))
    )


def _orders(sales: pl.LazyFrame) -> pl.LazyFrame:
    """By customer and year the distinct `orders`, and of these those that no earlier year has: `first_seen`.

    An order whose lines have days in two years is in both; of all orders until then it is one.
    """
    seen = sales.filter(pl.col("status") != "cancelled").select(
        *_CUSTOMER, "order_key", year=_year("order_date")
    )
    first = pl.col("year") == pl.col("year").min().over("customer_key", "order_key")
    return (
        seen.unique()
        .with_columns(first_seen=first.cast(pl.Int64))
        .group_by(_OF_YEAR)
        .agg(orders=pl.len().cast(pl.Int64), first_seen=pl.col("first_seen").sum())
    )


def _years(days: pl.LazyFrame) -> pl.LazyFrame:
    """Each calendar year from a company's first business date to its last one, and the day that it is told
    as of."""
    first, last = pl.col("date").min(), pl.col("date").max()
    return (
        days.group_by("company")
        .agg(
            year=pl.int_range(first.dt.year(), last.dt.year() + 1, dtype=pl.Int64),
            end=last.dt.offset_by("1d"),
        )
        .explode("year")
        .with_columns(as_of=pl.min_horizontal("end", pl.date(pl.col("year") + 1, 1, 1)))
    )


def _year(date: str) -> pl.Expr:
    return pl.col(date).dt.year().cast(pl.Int64)


def _loyalty_rank() -> pl.Expr:
    listed = pl.col("segment").is_in(LOYALTY_LIST) & (pl.col("net_amount") > 0)
    best_first = pl.struct(~listed, -pl.col("net_amount"), -pl.col("orders"), "customer_id", "customer_key")
    rank = best_first.rank("ordinal").over("company").cast(pl.Int64)
    return pl.when(listed).then(rank)
