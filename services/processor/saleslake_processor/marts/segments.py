"""Scores of customers, and the segments that they are named by.

Recency, frequency and monetary value are an old rule of direct marketing; the names and their order of merit
are those that shops commonly use, the bounds our own (`docs/figures.md`).
"""

import polars as pl

from saleslake_processor import keys
from saleslake_processor.contracts.customers import (
    AT_RISK,
    ATTENTION,
    CHAMPIONS,
    HIBERNATING,
    LOST,
    LOYAL,
    NEW,
    NO_ORDER,
    NOT_TO_LOSE,
    POTENTIAL,
    PROMISING,
    SLEEPY,
    UNKNOWN,
)

RULES: dict[int, dict[int, str]] = {
    5: {8: CHAMPIONS, 7: LOYAL, 4: POTENTIAL, 2: NEW},
    4: {9: CHAMPIONS, 7: LOYAL, 4: POTENTIAL, 2: PROMISING},
    3: {7: LOYAL, 5: ATTENTION, 2: SLEEPY},
    2: {9: NOT_TO_LOSE, 5: AT_RISK, 2: HIBERNATING},
    1: {9: NOT_TO_LOSE, 5: AT_RISK, 2: LOST},
}
"""By the score of recency: from which sum of the other two scores on a customer is of which segment."""

LOYALTY_LIST = (CHAMPIONS, LOYAL)
"""Segments whose customers are on the loyalty list."""


def scored(rows: pl.LazyFrame, within: list[str], orders: str, net: str) -> pl.LazyFrame:
    """Rows with `r_score`, `f_score`, `m_score` and `segment`, each among those of the same `within`.

    `last_order_date` is null where nothing was ordered; such customers and the unknown one are not scored and
    count for nobody's score.
    """
    is_scored = pl.col("last_order_date").is_not_null() & (pl.col("customer_key") != keys.UNKNOWN)
    of = {"r_score": "last_order_date", "f_score": orders, "m_score": net}
    return rows.with_columns(
        _fifth(pl.when(is_scored).then(value), within).alias(score) for score, value in of.items()
    ).with_columns(segment=segment())


def segment() -> pl.Expr:
    """The segment of a row with scores and `customer_key`."""
    others = pl.col("f_score") + pl.col("m_score")
    named = [
        pl.when((pl.col("r_score") == recency) & (others >= least)).then(pl.lit(name))
        for recency, bounds in RULES.items()
        for least, name in sorted(bounds.items(), reverse=True)
    ]
    nobody = pl.when(pl.col("customer_key") == keys.UNKNOWN).then(pl.lit(UNKNOWN))
    return pl.coalesce(*named, nobody, pl.lit(NO_ORDER))


def _fifth(value: pl.Expr, within: list[str]) -> pl.Expr:
    """1..5 by the middle rank of equal values: 1 + whole part of 5 (below + equal / 2) / all."""
    twice = value.rank("min").cast(pl.Int64) - 1 + value.rank("max").cast(pl.Int64)
    return (5 * twice // (2 * value.count().cast(pl.Int64)) + 1).over(within)
