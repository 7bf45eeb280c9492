"""Geneva's francs in the company's euros, by rates that come late, against the truth that the shop knows."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from demo_shop import everything, exports, geneva, totals
from demo_shop.catalogue import CATEGORY_OF
from demo_shop.geneva import rates
from demo_shop.geneva.customers import OPENED_ON
from demo_shop.run import serving
from tests.e2e.shell import ROOT, Shell

pytestmark = pytest.mark.slow

SEED, FRANCE, UNTIL = 20, date(2025, 3, 10), date(2025, 4, 1)
"""Clocks change on 27 October 2024 and 30 March 2025. France sells for some weeks; it brings the products."""


def test_gold_is_what_geneva_knows_on_the_day_without_a_rate_and_on_later_ones(tmp_path_factory):
    folder = tmp_path_factory.mktemp("geneva")
    exports.write(folder / "exports", SEED, UNTIL, FRANCE)
    exports.put(folder / "exports" / everything.RATES, rates.text([]), 0)
    with serving(folder / "exports") as server:
        shell = Shell(folder / "lake", ROOT / "sources", {"SALESLAKE_DEMO_SHOP": server.url})
        for day in (OPENED_ON, OPENED_ON + timedelta(days=1), UNTIL):
            everything.write(folder / "exports", SEED, day)
            shell.well("run", "demo", "demo_geneva")
            truth = geneva.truth(SEED, day)
            assert _found(shell) == _expected(truth), day
            if day == OPENED_ON:
                assert _waiting(shell) == truth["totals"]["lines"] > 0
            else:
                assert _waiting(shell) == 0
        france = totals.truth(SEED, UNTIL, FRANCE)["totals"]
        [company] = shell.gold("refresh_info").to_dicts()
        assert company["net_amount"] == france["net_amount"] + truth["totals"]["sales_amount"]
        assert set(shell.gold("fact_sales")["currency"]) == {"EUR"}
        assert shell.well("verify").strip().endswith("equal")
        assert "nothing new" in shell.well("run", "demo", "demo_geneva")


def _expected(truth: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The measures by month, category and product, of what has a rate."""
    grains = {"all": {"demo": truth["totals"]}} | {
        name: truth[name] for name in truth if name.startswith("by_")
    }
    return {
        grain: {
            at: {name: of[name] for name in MEASURES.values()}
            for at, of in cells.items()
            if of["lines"] > of["waiting_lines"]
        }
        for grain, cells in grains.items()
    }


MEASURES = {
    "quantity": "units",
    "original_gross_amount": "gross_amount_chf",
    "original_discount_amount": "discount_amount_chf",
    "original_sales_amount": "sales_amount_chf",
    "gross_amount": "gross_amount",
    "discount_amount": "discount_amount",
    "sales_amount": "sales_amount",
}
"""What the shop calls the measures of `fact_sales`."""


def _found(shell: Shell) -> dict[str, dict[str, Any]]:
    ids = shell.gold("dim_product").select("product_key", "product_id")
    sales = shell.gold("fact_sales").filter(pl.col("status") != "cancelled").join(ids, on="product_key")
    francs = sales.filter(original_currency="CHF")
    grains = {
        "all": pl.col("company"),
        "by_month": pl.col("order_date").dt.strftime("%Y-%m"),
        "by_category": pl.col("product_id").replace_strict(CATEGORY_OF),
        "by_product": pl.col("product_id"),
    }
    return {grain: _sums(francs, of) for grain, of in grains.items()}


def _sums(rows: pl.DataFrame, of: pl.Expr) -> dict[str, dict[str, int | Decimal]]:
    sums = rows.group_by(of.alias("of")).agg(pl.col(name).sum().alias(to) for name, to in MEASURES.items())
    return {row.pop("of"): row for row in sums.to_dicts()}


def _waiting(shell: Shell) -> int:
    return int(shell.gold("batch_ledger").filter(source="demo_geneva")["waiting"].sum())
