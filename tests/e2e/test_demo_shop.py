"""The demo shop's site, fetched in two goes, against the truth that the shop knows of itself."""

import csv
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from demo_shop import exports
from demo_shop.run import serving
from demo_shop.totals import Totals, truth
from tests.e2e.shell import ROOT, Shell

pytestmark = pytest.mark.slow

# A category is renamed in between, and orders of February are corrected in March.
SINCE, BETWEEN, UNTIL, SEED = date(2025, 2, 12), date(2025, 3, 9), date(2025, 3, 20), 20


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Shell, Path]]:
    """A lake, and the exports that a site serves to it."""
    folder = tmp_path_factory.mktemp("demo")
    exports.write(folder / "exports", SEED, BETWEEN, SINCE)
    with serving(folder / "exports") as server:
        environment = {"SALESLAKE_DEMO_SHOP": server.url}
        yield Shell(folder / "lake", ROOT / "sources", environment), folder / "exports"


def test_gold_is_what_the_shop_knows_before_and_after_days_of_corrections(shop: tuple[Shell, Path]):
    shell, folder = shop
    shell.well("run", "demo")
    assert _found(shell, folder) == _expected(BETWEEN)
    exports.write(folder, SEED, UNTIL, SINCE)
    shell.well("run", "demo")
    assert _found(shell, folder) == _expected(UNTIL)
    # What moved is what was touched: a closed month that was corrected, and days that are new.
    assert _expected(UNTIL)["by_month"]["2025-02"] != _expected(BETWEEN)["by_month"]["2025-02"]
    assert shell.well("verify").strip().endswith("equal")
    assert "nothing new" in shell.well("run", "demo")


def _expected(until: date) -> dict[str, dict[str, object]]:
    known = truth(SEED, until, SINCE)
    rows, totals = known["rows"], known["totals"]
    counts = {
        "sales": (rows["sales"], rows["refused_sales"]),
        "returns": (rows["returns"], rows["refused_returns"]),
        **{name: totals[name] for name in ("orders", "customers", "cancelled_lines", "returned_units")},
        "returned": totals["returns"],
    }
    grains = ("by_month", "by_top_category", "by_region", "by_shop", "by_product", "refunded_by_month")
    return {"counts": counts, **{grain: known[grain] for grain in grains}}


def _found(shell: Shell, folder: Path) -> dict[str, dict[str, object]]:
    daily, products = shell.gold("sales_daily"), shell.gold("sales_by_product")
    sales, returns = shell.gold("fact_sales"), shell.gold("fact_returns")
    counted = sales.filter(pl.col("status") != "cancelled")
    with (folder / "reference" / "categories.csv").open(encoding="utf-8") as file:
        categories = {row["name"]: row["category_id"] for row in csv.DictReader(file, delimiter=";")}
    stores = shell.gold("dim_store").select("store_key", "store_id")
    shops = shell.gold("sales_by_store").join(stores, on="store_key")
    ids = shell.gold("dim_product").select("product_key", "product_id")
    month = pl.col("date").dt.strftime("%Y-%m").alias("of")
    refunded = returns.group_by(pl.col("return_date").dt.strftime("%Y-%m")).agg(
        pl.col("refunded_amount").sum()
    )
    [info] = shell.gold("refresh_info").to_dicts()
    return {
        "counts": {
            "sales": _ledger(shell, "sales", "order_line"),
            "returns": _ledger(shell, "returns", "return"),
            "orders": info["orders"],
            "customers": counted["customer_key"].n_unique(),
            "cancelled_lines": sales.height - counted.height,
            "returned_units": int(products["returned_units"].sum()),
            "returned": returns["return_key"].n_unique(),
        },
        "by_month": _by(daily, month),
        "by_top_category": _by(daily, pl.col("category").replace_strict(categories).alias("of")),
        "by_region": _by(shell.gold("sales_by_region"), pl.col("region").alias("of")),
        "by_shop": _by(shops, pl.col("store_id").alias("of")),
        "by_product": _by(products.join(ids, on="product_key"), pl.col("product_id").alias("of")),
        "refunded_by_month": dict(refunded.sort("return_date").iter_rows()),
    }


def _ledger(shell: Shell, table: str, entity: str) -> tuple[int, int]:
    """Rows seen and rows refused."""
    of = shell.gold("batch_ledger").filter(raw_table=table, entity=entity)
    return int(of["seen"].sum()), int(of["quarantined"].sum())


def _by(mart: pl.DataFrame, of: pl.Expr) -> dict[str, Totals]:
    measures = ("lines", "units", "gross_amount", "discount_amount", "sales_amount")
    back = ("returned_units", "returned_amount", "net_amount")
    sums = mart.group_by(of).agg(pl.col(*measures, *back).sum()).filter(pl.col("lines") > 0)
    return {row.pop("of"): row for row in sums.sort("of").to_dicts()}
