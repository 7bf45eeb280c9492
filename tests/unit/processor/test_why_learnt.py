"""What is said of a value that a model made."""

from datetime import date
from types import SimpleNamespace
from typing import cast

import polars as pl

from saleslake_processor.learnt.frames import PREFIX
from saleslake_processor.marts.graph import MARTS
from saleslake_processor.why.learnt import learnt_of
from saleslake_processor.why.reading import Known

MODEL = {
    **{"model": "m1", "method": "model", "kpi": "units", "freq": "day", "series": 12},
    **{"first_period": date(2025, 1, 6), "last_period": date(2026, 3, 31), "data_hash": "0123456789abcdef"},
}


def said(table: str, model: str) -> tuple[str, ...]:
    there = SimpleNamespace(records={f"{PREFIX}forecast_models": pl.LazyFrame([MODEL])})
    [mart] = [mart for mart in MARTS if mart.name == table]
    return learnt_of(cast(Known, there), mart, {"model": model})


def test_the_model_is_named_with_what_it_was_made_of():
    [note] = said("sales_forecast", "m1")
    assert "learnt by model m1 (model) of 12 series, units by day from 2025-01-06 to 2026-03-31" in note
    assert "data hash 0123456789abcdef;" in note
    assert "{" not in note


def test_of_what_is_not_learnt_nothing_is_said():
    assert said("sales_daily", "m1") == ()
