"""What forecasts are made of: contributions of groups of features, which add up to them."""

import polars as pl

from saleslake_processor.contracts.columns import MONEY
from saleslake_processor.learnt.forecasts import candidates
from saleslake_processor.learnt.forecasts.candidates import BLENDS, MEAN, MODEL, NAIVE, Candidate
from saleslake_processor.learnt.forecasts.champion import Champion
from saleslake_processor.learnt.forecasts.history import History

OTHER = "other"
"""What is left: roundings, and days on which a shop is closed by rule."""

LAST_SEASON = "last_season"
"""What was sold the same time last week, or last year: what the seasonal naive method takes as it is."""

_SAID = {NAIVE: LAST_SEASON, MEAN: "level"}
"""What a method that learns nothing goes by."""

COLUMNS = ("level", "category_key", "period", "reason", "contribution")


def reasons(history: History, best: Champion, said: Candidate, published: pl.DataFrame) -> pl.DataFrame:
    """`COLUMNS` of the forecasts of categories, and of the total (`category_key` 0), as amounts that add up
    to each."""
    parts = BLENDS.get(best.method, (best.method,))
    found = []
    model = best.told(history, history.last)
    if MODEL in parts and model is not None:
        found.append(
            model.explain(candidates.ahead(history, history.last)).select(
                "series_key", "period", reason="group", contribution=pl.col("contribution") / len(parts)
            )
        )
    rest = [pl.col("contribution").sum().alias("known")]
    known = pl.concat(found).group_by("series_key", "period").agg(rest) if found else None
    series = (
        said.series if known is None else said.series.join(known, on=["series_key", "period"], how="left")
    )
    left = pl.col("forecast") - (pl.col("known").fill_null(0) if known is not None else 0)
    plain = next((_SAID[part] for part in parts if part in _SAID), OTHER)
    found.append(series.select("series_key", "period", reason=pl.lit(plain), contribution=left))
    by = history.described(pl.concat(found).sort("series_key", "period", "reason"))
    of_categories = by.group_by("category_key", "period", "reason", maintain_order=True).agg(
        pl.col("contribution").sum()
    )
    of_all = by.group_by("period", "reason", maintain_order=True).agg(pl.col("contribution").sum())
    rows = pl.concat(
        [
            of_categories.with_columns(pl.col("category_key").cast(pl.Int64), level=pl.lit("category")),
            of_all.with_columns(category_key=pl.lit(0, pl.Int64), level=pl.lit("total")),
        ],
        how="diagonal",
    ).with_columns(pl.col("contribution").round(2).cast(MONEY))
    return _whole(rows, published)


def _whole(rows: pl.DataFrame, published: pl.DataFrame) -> pl.DataFrame:
    """With what is left over, so that they add up to what is published."""
    at = ["level", "category_key", "period"]
    own = published.filter(pl.col("level").is_in(["total", "category"])).select(*at, "forecast")
    rows = rows.join(own, on=at)
    summed = rows.group_by(at).agg(pl.col("contribution").sum(), pl.col("forecast").first())
    left = summed.select(
        *at, reason=pl.lit(OTHER), contribution=(pl.col("forecast") - pl.col("contribution")).cast(MONEY)
    )
    return (
        pl.concat([rows.select(COLUMNS), left.select(COLUMNS)])
        .group_by(*at, "reason")
        .agg(pl.col("contribution").sum().cast(MONEY))
        .filter(pl.col("contribution") != 0)
        .select(COLUMNS)
        .sort(*at, "reason")
    )
