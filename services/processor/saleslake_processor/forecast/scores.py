"""How good forecasts were: figures of the field, over forecasts that stand beside what came."""

from collections.abc import Sequence

import polars as pl


def summary(forecasts: pl.DataFrame, by: Sequence[str] = ("level", "method")) -> pl.DataFrame:
    """Scores of the rows of `backtest.backtest`, a row for each `by`.

    - `rmsse`: root mean squared scaled error: of each series and origin the root of the mean squared error
      over the horizon, divided by the root mean squared change from one known period to the next (Hyndman and
      Koehler, 2006; the M5 competition); mean over series weighted by recent sales, then over origins;
    - `wape`: sum of absolute errors over the sum of absolute actuals;
    - `bias`: sum of errors (forecast less actual) over the sum of absolute actuals;
    - `coverage80`, `coverage95`: share of actuals within the bounds, null where there are none;
    - `quantile_loss`: mean over the bounds of 2 x pinball loss over the sum of absolute actuals;
    - `series`, `origins`: how many were scored.
    """
    names = list(by)
    levels = sorted(name.removeprefix("lo") for name in forecasts.columns if name.startswith("lo"))
    each = [*names, "origin", "series_key"]
    of_series = (
        forecasts.group_by(each)
        .agg(
            root=((pl.col("error") ** 2).mean()).sqrt() / pl.col("scale").first(),
            weight=pl.col("weight").first(),
        )
        .filter(pl.col("root").is_finite(), pl.col("weight") > 0)
    )
    weighted = (
        of_series.group_by([*names, "origin"])
        .agg(rmsse=(pl.col("root") * pl.col("weight")).sum() / pl.col("weight").sum())
        .group_by(names)
        .agg(pl.col("rmsse").mean())
    )
    size = pl.col("actual").abs().sum()
    whole = forecasts.group_by(names).agg(
        wape=pl.col("error").abs().sum() / size,
        bias=pl.col("error").sum() / size,
        **{
            f"coverage{level}": pl.col("actual")
            .is_between(pl.col(f"lo{level}") - 1e-9, pl.col(f"hi{level}") + 1e-9)
            .mean()
            for level in levels
        },
        quantile_loss=pl.mean_horizontal(
            *(
                2 * _pinball(f"{side}{level}", _tail(side, level)).sum() / size
                for level in levels
                for side in ("lo", "hi")
            )
        ),
        series=pl.col("series_key").n_unique(),
        origins=pl.col("origin").n_unique(),
    )
    return (
        whole.join(weighted, on=names, how="left")
        .sort(names)
        .select(*names, "rmsse", pl.all().exclude(*names, "rmsse"))
    )


def _tail(side: str, level: str) -> float:
    share = float(level.replace("_", ".")) / 100
    return (1 - share) / 2 if side == "lo" else (1 + share) / 2


def _pinball(column: str, tail: float) -> pl.Expr:
    missed = pl.col("actual") - pl.col(column)
    return pl.max_horizontal(tail * missed, (tail - 1) * missed)
