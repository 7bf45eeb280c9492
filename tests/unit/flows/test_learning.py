"""What `saleslake learn` tells: forecasts, what is expected of customers, and their clusters."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest

from saleslake.lake import Lake
from saleslake_flows import learning
from saleslake_flows.screen import Screen
from saleslake_processor import gold_files
from saleslake_processor.learnt.learn import Learning

SALES = {"company": ["acme"], "currency": ["EUR"]}
ACCURACY = {
    "company": ["acme", "acme"],
    "method": ["model", "naive"],
    "total_error_rate": [-0.031, 0.44],
    "auc_rate": [0.87, 0.7],
}
FUTURES = {
    "company": ["acme", "acme", "acme"],
    "expected_from": [date(2026, 4, 1), date(2026, 4, 1), None],
    "expected_orders": [Decimal("1.5"), Decimal("0.25"), None],
    "expected_spend_mean": [Decimal("1200"), Decimal("34.5"), None],
}
CLUSTERS = {
    "company": ["acme", "acme"],
    "cluster": [2, 1],
    "cluster_name": ["rare, small", "recent, large"],
    "customers": [40, 12],
    "centre_recency": [Decimal(200), Decimal(9)],
    "centre_orders": [Decimal("1.2"), Decimal(8)],
    "centre_net_amount": [Decimal(30), Decimal(900)],
    "stability_rate": [0.91, 0.91],
}


@pytest.fixture
def gold(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Tables of gold as somebody's lake may have them, without one."""
    schema = {**dict.fromkeys(("company", "freq", "kpi", "level"), pl.String), "is_used": pl.Boolean}
    tables: dict[str, Any] = {
        "fact_sales": pl.LazyFrame(SALES),
        "forecast_accuracy": pl.LazyFrame(schema=schema),
        "customer_accuracy": pl.LazyFrame(ACCURACY),
        "customer_analysis": pl.LazyFrame(FUTURES),
        "customer_clusters": pl.LazyFrame(CLUSTERS),
    }
    monkeypatch.setattr(gold_files, "read", lambda _lake, _manifest, name: tables[name])
    return tables


def told(gold: dict[str, Any], capsys: pytest.CaptureFixture[str], path: Path) -> list[str]:
    manifest: Any = SimpleNamespace(tables=gold, snapshot=7)
    learning.told(Screen(), Lake(path), Learning(["customers"], {}, manifest), forced=False)
    return [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]


def test_customers_and_clusters_are_told_where_nothing_can_be_forecast(gold, capsys, tmp_path):
    said = told(gold, capsys, tmp_path)
    assert "no company has sold for long enough to be forecast" in said
    assert "customers, the 90 days ahead" in said
    assert "acme 2026-04-01 2 1.75 1,234.50 EUR -3.1% 44.0% 0.87" in said
    assert said.index("acme 1 recent, large 12 9.0 8.0 900.00 EUR 0.91") + 1 == said.index(
        "acme 2 rare, small 40 200.0 1.2 30.00 EUR 0.91"
    )


def test_of_what_was_not_learnt_nothing_is_told(gold, capsys, tmp_path):
    for name in ("customer_accuracy", "customer_analysis", "customer_clusters"):
        gold[name] = gold[name].head(0)
    said = told(gold, capsys, tmp_path)
    assert not {"customers, the 90 days ahead", "clusters of customers"} & set(said)


def test_without_gold_there_is_nothing_to_learn_of(capsys, tmp_path):
    learning.told(Screen(), Lake(tmp_path), Learning([], {}, None), forced=False)
    assert "no sales have been taken in" in capsys.readouterr().out
