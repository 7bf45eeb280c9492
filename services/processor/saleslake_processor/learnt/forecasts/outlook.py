"""What all periods ahead come to together, beside the same time a year before."""

from datetime import date, timedelta

import polars as pl

from saleslake_processor.contracts.columns import MONEY
from saleslake_processor.learnt.forecasts.history import History
from saleslake_processor.learnt.forecasts.levels import AT
from saleslake_processor.learnt.forecasts.reasons import LAST_SEASON, OTHER

LEVELS = ("total", "category")

YEAR_DAYS = 364
"""So that weekdays are compared with the same weekdays."""

PARTS = {"80": 0.8, "95": 0.95}

STEADY = ("level", "base", "series", "horizon", "theta", LAST_SEASON, OTHER)
"""Reasons that say how much is sold, and not why it is more or less than usual."""

COLUMNS = (
    *("level", "category_key", "first_period", "last_period", "periods", "forecast"),
    *("lo80", "hi80", "lo95", "hi95", "year_before", "driver", "driver_contribution"),
)


def narrowed(evaluated: pl.DataFrame, method: str) -> dict[str, float]:
    """By level of the bounds, which part of their added up widths the error of a sum over all periods stayed
    within, in as many cases as it should: 1 where errors all go one way, less where they make up for each
    other.
    """
    own = evaluated.filter(pl.col("method") == method, pl.col("level").is_in(LEVELS))
    found = {}
    for name, part in PARTS.items():
        half = (pl.col(f"hi{name}") - pl.col(f"lo{name}")).sum() / 2
        ratios = own.group_by(*AT, "origin").agg(
            ratio=(pl.col("forecast") - pl.col("value")).sum().abs() / half, periods=pl.len()
        )
        finite = ratios.filter(pl.col("ratio").is_finite())
        ratio = finite["ratio"].quantile(part, "linear") if finite.height else None
        least = float(finite["periods"].max()) ** -0.5 if finite.height else 1.0  # type: ignore[arg-type]  # as above
        found[name] = min(1.0, max(least, 1.0 if ratio is None else float(ratio)))
    return found


def outlook(
    history: History,
    actual: pl.DataFrame,
    published: pl.DataFrame,
    reasons: pl.DataFrame,
    parts: dict[str, float],
) -> pl.DataFrame:
    """`COLUMNS` of the total (`category_key` 0) and of each category; `parts` as `narrowed` gives them."""
    own = published.filter(pl.col("level").is_in(LEVELS))
    at = ["level", "category_key"]
    plain = pl.col("forecast").sum()
    sums = own.group_by(at).agg(
        plain,
        first_period=pl.col("period").min(),
        last_period=pl.col("period").max(),
        periods=pl.len().cast(pl.Int64),
        **{
            f"{side}{name}": (
                plain.cast(pl.Float64)
                + part * (pl.col(f"{side}{name}") - pl.col("forecast")).sum().cast(pl.Float64)
            )
            .round(2)
            .cast(MONEY)
            for name, part in parts.items()
            for side in ("lo", "hi")
        },
    )
    whole = sums.join(_year_before(history, actual, own), on=at, how="left")
    driving = (
        reasons.filter(~pl.col("reason").is_in(STEADY))
        .group_by(*at, "reason")
        .agg(pl.col("contribution").sum().cast(MONEY))
        .sort(*at, pl.col("contribution").abs(), "reason", descending=[False, False, True, False])
        .group_by(at, maintain_order=True)
        .first()
        .rename({"reason": "driver", "contribution": "driver_contribution"})
    )
    in_order = [
        pl.min_horizontal("lo95", "lo80").alias("lo95"),
        pl.max_horizontal("hi95", "hi80").alias("hi95"),
    ]
    return (
        whole.join(driving, on=at, how="left")
        .with_columns(pl.col("forecast").cast(MONEY), *in_order)
        .select(COLUMNS)
        .sort(at)
    )


def _year_before(history: History, actual: pl.DataFrame, own: pl.DataFrame) -> pl.DataFrame:
    """What was sold in the same periods a year before; nothing where they are not all known."""
    first: date = own["period"].min()  # type: ignore[assignment]  # of any type, to mypy
    last: date = own["period"].max()  # type: ignore[assignment]  # of any type, to mypy
    year = timedelta(days=YEAR_DAYS)
    known = first - year >= history.start and last - year <= history.last
    then = actual.filter(pl.col("period").is_between(first - year, last - year) & pl.lit(known))
    return then.group_by("level", pl.col("category_key").cast(pl.Int64)).agg(
        year_before=pl.col("value").sum().round(2).cast(MONEY)
    )
