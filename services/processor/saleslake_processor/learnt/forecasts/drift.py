"""Whether actuals leave the bounds of published forecasts more often than they should."""

from datetime import timedelta
from math import sqrt

import polars as pl

from saleslake_processor import keys
from saleslake_processor.learnt.forecasts.history import History
from saleslake_processor.learnt.forecasts.levels import ALL_KEYS, AT, LEVELS

OUTSIDE = {"outside80": 0.2, "outside95": 0.05}
"""Part of actuals that is expected to lie outside."""

WINDOW_DAYS = {"day": 91, "week": 182}
"""Days before the last period whose checks count."""

SIGMAS = 3.0
"""Standard deviations of a binomial number beyond which it is more than chance."""

MUCH = 1.5
"""And how many times as many as expected: of very many forecasts any small miss is more than chance."""

GRAIN = ("company", "freq", "kpi", "level", "period")


def published_of(history: History, published: pl.DataFrame) -> pl.DataFrame:
    """The rows of a frame that are about the series of this history."""
    return published.filter(
        pl.col("company") == history.company,
        pl.col("freq") == history.freq,
        pl.col("kpi") == history.kpi,
        pl.col("level").is_in(list(LEVELS[history.family])),
    )


def pending(history: History, published: pl.DataFrame) -> pl.DataFrame:
    """Forecasts of the week that has begun and is not over: they are published no more, and checked later."""
    begun = pl.col("period").is_between(history.last, history.origin, closed="right")
    return published_of(history, published).filter(begun)


def checks(history: History, actual: pl.DataFrame, published: pl.DataFrame) -> pl.DataFrame:
    """How many of the forecasts that were published were of a period that is over since, and how many of
    these actuals lie outside their bounds: `GRAIN`, `checked`, `outside80`, `outside95`. Members that are no
    series of their own ("other products") are not checked."""
    own = published_of(history, published).filter(
        pl.col("period") <= history.last,
        (pl.col("level") != "product") | (pl.col("product_key") != keys.UNKNOWN),
    )
    came = actual.drop_nulls("value").with_columns(pl.col(ALL_KEYS).cast(pl.Int64))
    value = pl.col("value").round(4)
    outside = {
        f"outside{level}": (
            (value < pl.col(f"lo{level}").cast(pl.Float64)) | (value > pl.col(f"hi{level}").cast(pl.Float64))
        ).sum()
        for level in ("80", "95")
    }
    return (
        own.join(came, on=[*AT, "period"])
        .group_by(GRAIN)
        .agg(pl.len().alias("checked"), **outside)
        .with_columns(pl.col("checked", *OUTSIDE).cast(pl.Int64))
        .sort(GRAIN)
    )


def kept(history: History, before: pl.DataFrame, now: pl.DataFrame) -> pl.DataFrame:
    """Checks of this history within the window, each period as it was checked last."""
    since = history.last - timedelta(days=WINDOW_DAYS[history.freq])
    whole = pl.concat([now, published_of(history, before).select(now.columns)])
    recent = whole.filter(pl.col("period") > since)
    return recent.unique(GRAIN, keep="first", maintain_order=True).sort(GRAIN)


def drifting(checked: pl.DataFrame) -> pl.DataFrame:
    """By `level`: `checked`, `outside80`, `outside95`, and whether more lie outside than chance explains."""
    sums = checked.group_by("level").agg(pl.col("checked", *OUTSIDE).sum())
    rows = [
        {**row, "is_drifting": any(_much(row[name], row["checked"], part) for name, part in OUTSIDE.items())}
        for row in sums.sort("level").iter_rows(named=True)
    ]
    schema = {
        "level": pl.String(),
        "checked": pl.Int64(),
        **dict.fromkeys(OUTSIDE, pl.Int64()),
        "is_drifting": pl.Boolean(),
    }
    return pl.DataFrame(rows, schema)


def _much(outside: int, checked: int, part: float) -> bool:
    expected = checked * part
    return outside > expected + SIGMAS * sqrt(expected * (1 - part)) and outside > MUCH * expected
