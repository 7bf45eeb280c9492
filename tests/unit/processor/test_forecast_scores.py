"""Scores of forecasts: what is no number is none."""

from datetime import date, timedelta

import polars as pl

from saleslake_processor.learnt.forecasts import scores
from saleslake_processor.learnt.forecasts.levels import AT

ORIGIN = date(2026, 3, 1)


def test_a_part_of_nothing_is_no_score():
    """Nothing came, and less than nothing was forecast."""
    member = {**dict.fromkeys(AT, "0"), "level": "total"}
    known = [{**member, "period": ORIGIN - timedelta(days=at), "value": float(at)} for at in range(4)]
    came = {**member, "period": ORIGIN + timedelta(days=1), "value": 0.0}
    said = {**came, "origin": ORIGIN, "method": "model", "forecast": -1.0}
    evaluated = pl.DataFrame([said]).with_columns(
        pl.lit(None, pl.Float64).alias(name) for name in ("lo80", "hi80", "lo95", "hi95")
    )
    row = scores.scores(evaluated, pl.DataFrame([*known, came]), 28).row(0, named=True)
    assert (row["wape"], row["bias"]) == (None, None)
    assert row["mae"] == 1.0
