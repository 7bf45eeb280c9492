"""Errors of forecasts, by level and method."""

from datetime import timedelta

import polars as pl

from saleslake_processor.learnt.forecasts.candidates import NAIVE
from saleslake_processor.learnt.forecasts.levels import AT

SCORES = (
    "rmsse",
    "naive_ratio",
    "wape",
    "mae",
    "bias",
    "coverage80",
    "coverage95",
    "origins",
    "series",
    "compared",
)


def scores(evaluated: pl.DataFrame, actual: pl.DataFrame, span: int) -> pl.DataFrame:
    """`level`, `method` and `SCORES`; the errors of the members of a level weighted by what each sold in the
    `span` days before the origins.

    - `rmsse`: root of the mean squared error, relative to that of forecasting one period by the one before
      (Hyndman and Koehler, 2006; weighted as in the M5 competition);
    - `naive_ratio`: as part of that of the seasonal naive method for the same members and origins;
    - `wape`: sum of absolute errors / sum of absolute values; `mae`: mean absolute error;
    - `bias`: sum of (forecast - value) / sum of absolute values;
    - `coverage80`, `coverage95`: part of the values within the bounds, null where a method has none.
    """
    by_member = _of_members(evaluated, actual, span)
    naive = by_member.filter(pl.col("method") == NAIVE).select(*AT, "origin", naive="squared")
    beside = by_member.join(naive, on=[*AT, "origin"], how="left")
    weight = pl.col("weight")
    own, same = pl.col("squared").sqrt(), pl.col("naive").sqrt()
    absolute = pl.col("absolute").sum()
    total = pl.col("total").sum()
    return (
        beside.sort("level", "method", *AT, "origin")
        .group_by("level", "method", maintain_order=True)
        .agg(
            rmsse=(own * weight).sum() / weight.sum(),
            naive_ratio=(own * weight).sum() / (same * weight).sum(),
            wape=absolute / total,
            mae=absolute / pl.col("values").sum(),
            bias=pl.col("error").sum() / total,
            coverage80=pl.col("inside80").sum() / pl.col("bounded").sum(),
            coverage95=pl.col("inside95").sum() / pl.col("bounded").sum(),
            origins=pl.col("origin").n_unique().cast(pl.Int64),
            series=pl.struct(AT).n_unique().cast(pl.Int64),
            compared=pl.col("values").sum().cast(pl.Int64),
        )
        .with_columns(pl.col(pl.Float64).replace([float("inf"), -float("inf")], None).fill_nan(None))
        .select("level", "method", *SCORES)
        .sort("level", "method")
    )


def _of_members(evaluated: pl.DataFrame, actual: pl.DataFrame, span: int) -> pl.DataFrame:
    """By method, member and origin: its mean squared error relative to the scale, and sums of errors."""
    at = evaluated.select("origin").unique()
    known = actual.drop_nulls("value").sort(*AT, "period")
    change = (pl.col("value") - pl.col("value").shift(1)).over(AT)
    before = (
        known.with_columns(change=change).join(at, how="cross").filter(pl.col("period") <= pl.col("origin"))
    )
    recent = pl.col("period") > pl.col("origin") - timedelta(days=span)
    scales = before.group_by(*AT, "origin").agg(
        scale=(pl.col("change") ** 2).mean(), weight=pl.col("value").filter(recent).abs().sum()
    )
    error = pl.col("forecast") - pl.col("value")
    return (
        evaluated.group_by("method", *AT, "origin")
        .agg(
            mse=(error**2).mean(),
            absolute=error.abs().sum(),
            error=error.sum(),
            total=pl.col("value").abs().sum(),
            values=pl.len(),
            bounded=pl.col("lo80").count(),
            inside80=_inside("80"),
            inside95=_inside("95"),
        )
        .join(scales, on=[*AT, "origin"])
        .with_columns(squared=pl.when(pl.col("scale") > 0).then(pl.col("mse") / pl.col("scale")))
        .drop_nulls("squared")
    )


def _inside(level: str) -> pl.Expr:
    value = pl.col("value")
    return ((value >= pl.col(f"lo{level}")) & (value <= pl.col(f"hi{level}"))).sum()
