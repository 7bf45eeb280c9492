"""What was known of each customer on a day: recency, frequency, amounts, habits, and the same season a year
ago."""

from datetime import date, timedelta

import polars as pl

_YEAR = timedelta(days=365)
_WINDOWS = {"third": 1 / 3, "one": 1.0, "two": 2.0, "four": 4.0}
"""Windows before the day, in horizons."""


def known(days: pl.DataFrame, on: date, horizon_days: int) -> pl.DataFrame:
    """One row for each customer with a row on or before the day `on`; later rows are not looked at.

    `days` is `purchases.days`. Amounts are in the currency of `days`, times in days. `orders` are days with
    a net above zero; of who never had one, all about them is null or 0.
    """
    seen = days.lazy().filter(pl.col("date") <= on)
    bought = pl.col("amount") > 0
    day, amount = pl.col("date").filter(bought), pl.col("amount").filter(bought)
    gap = day.diff().dt.total_days().cast(pl.Float64)
    horizon = timedelta(days=horizon_days)
    age = (pl.lit(on) - pl.col("date")).dt.total_days()
    windows: list[pl.Expr] = []
    for name, times in _WINDOWS.items():
        within = age < round(times * horizon_days)
        windows += [
            (bought & within).sum().cast(pl.Float64).alias(f"orders_{name}"),
            pl.col("amount").filter(within).sum().alias(f"spend_{name}"),
        ]
    ago = pl.col("date").is_between(on - _YEAR + timedelta(days=1), on - _YEAR + horizon)
    first, last = day.first(), day.last()
    return (
        seen.sort("customer_key", "date")
        .group_by("customer_key", maintain_order=True)
        .agg(
            *windows,
            orders=bought.sum().cast(pl.Float64),
            age=(pl.lit(on) - first).dt.total_days().cast(pl.Float64),
            recency=(pl.lit(on) - last).dt.total_days().cast(pl.Float64),
            span=(last - first).dt.total_days().cast(pl.Float64),
            gap_median=gap.median(),
            gap_spread=gap.std(),
            gap_last=gap.last(),
            gap_longest=gap.max(),
            amount_mean=amount.mean(),
            amount_median=amount.median(),
            amount_highest=amount.max(),
            amount_last=amount.last(),
            amount_first=amount.first(),
            amount_spread=amount.log().std(),
            amount_recent=amount.tail(3).mean(),
            net=pl.col("amount").sum(),
            returned=-pl.col("amount").filter(pl.col("amount") < 0).sum(),
            bought=amount.sum(),
            first_seen=(pl.lit(on) - pl.col("date").first()).dt.total_days().cast(pl.Float64),
            last_seen=(pl.lit(on) - pl.col("date").last()).dt.total_days().cast(pl.Float64),
            orders_year_ago=(bought & ago).sum().cast(pl.Float64),
            spend_year_ago=pl.col("amount").filter(ago).sum(),
        )
        .with_columns(
            gap_mean=pl.when(pl.col("orders") > 1).then(pl.col("span") / (pl.col("orders") - 1)),
            returned_rate=pl.when(pl.col("bought") > 0).then(pl.col("returned") / pl.col("bought")),
        )
        .with_columns(
            lateness=pl.col("recency") / pl.max_horizontal(pl.col("gap_mean"), 1.0),
            lateness_longest=pl.col("recency") / pl.max_horizontal(pl.col("gap_longest"), 1.0),
            dormancy=pl.col("recency") / pl.max_horizontal(pl.col("age"), 1.0),
            rate=pl.col("orders") / (pl.col("age") + horizon_days / 3),
            pace=pl.col("orders_one") / (pl.col("orders_two") + 0.5),
            trend=pl.col("amount_recent") / pl.col("amount_mean"),
        )
        .collect()
    )
