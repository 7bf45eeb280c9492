"""What is forecast without learning: the same as last time, or as on average; with bounds by how far that
was off."""

import polars as pl

from saleslake_processor.learnt.forecasts.levels import AT

SEASONS = {"day": 7, "week": 52}
"""Periods after which sales are taken to repeat themselves."""

MEAN_OF = 8
"""Last periods (of days: the same weekdays) that a mean is taken of."""

_PER_STEP = {"day": 1, "week": 7}

QUANTILES = {"lo80": 0.1, "hi80": 0.9, "lo95": 0.025, "hi95": 0.975}


def seasonal_naive(rows: pl.DataFrame, future: pl.DataFrame, freq: str) -> pl.DataFrame:
    """`series_key`, `period`, `forecast`: what was sold on the last same weekday that the shop was open, or
    in the same week of the year before, else in the last week that is known."""
    rows = dense(rows, freq)
    if freq == "day":
        last = _by_place(rows, pl.col("period").dt.weekday(), pl.col("value").last())
        at = future.select("series_key", "period", place=pl.col("period").dt.weekday())
        return at.join(last, on=["series_key", "place"], how="left").select(
            "series_key", "period", pl.col("forecast").fill_null(0.0)
        )
    end = rows["period"].max()
    # A second year ahead is as the first one.
    then = pl.col("period").dt.offset_by("-52w")
    then = pl.when(then > pl.lit(end)).then(then.dt.offset_by("-52w")).otherwise(then)
    last = rows.filter(pl.col("period") == end).select("series_key", last="value")
    return (
        future.select("series_key", "period", then=then)
        .join(
            rows.select("series_key", then="period", forecast="value"), on=["series_key", "then"], how="left"
        )
        .join(last, on="series_key", how="left")
        .select("series_key", "period", forecast=pl.coalesce("forecast", "last", 0.0))
    )


def mean(rows: pl.DataFrame, future: pl.DataFrame, freq: str) -> pl.DataFrame:
    """`series_key`, `period`, `forecast`: the mean of the last same weekdays, or of the last weeks."""
    rows = dense(rows, freq)
    place = pl.col("period").dt.weekday() if freq == "day" else pl.lit(0, pl.Int8)
    recent = _by_place(rows, place, pl.col("value").tail(MEAN_OF).mean())
    return (
        future.select("series_key", "period", place=place)
        .join(recent, on=["series_key", "place"], how="left")
        .select("series_key", "period", pl.col("forecast").fill_null(0.0))
    )


def dense(rows: pl.DataFrame, freq: str) -> pl.DataFrame:
    """`series_key`, `period`, `value` of each period from the first one of a series: 0 where there is no
    row."""
    step = _PER_STEP[freq]
    spans = rows.group_by("series_key").agg(first=pl.col("period").min(), last=pl.col("period").max())
    every = spans.with_columns(period=pl.date_ranges("first", "last", interval=f"{step}d")).explode(
        "period", empty_as_null=False
    )
    there = rows.select("series_key", "period", "value", there=True)
    return (
        every.join(there, on=["series_key", "period"], how="left")
        .select("series_key", "period", value=pl.when("there").then("value").otherwise(0.0))
        .sort("series_key", "period")
    )


def spread(actual: pl.DataFrame, freq: str) -> pl.DataFrame:
    """How far the same time a season later was off, as quantiles (`QUANTILES`) by member of a level (`AT`);
    of `actual` with `AT`, `period`, `value`. A company with less than a year knows its weeks by the week
    before."""
    season = SEASONS["day"] if freq == "day" else 1
    return (
        actual.sort(*AT, "period")
        .group_by(AT, maintain_order=True)
        .agg(
            (pl.col("value") - pl.col("value").shift(season))
            .drop_nulls()
            .quantile(at, "linear")
            .fill_null(0)
            .alias(name)
            for name, at in QUANTILES.items()
        )
    )


def _by_place(rows: pl.DataFrame, place: pl.Expr, forecast: pl.Expr) -> pl.DataFrame:
    """`series_key`, `place`, `forecast`, of the known values in the order of their periods."""
    return (
        rows.drop_nulls("value")
        .with_columns(place=place)
        .sort("series_key", "period")
        .group_by("series_key", "place", maintain_order=True)
        .agg(forecast=forecast)
    )
