"""Half a million real invoice lines against known totals, lines that are equal kept or dropped."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from tests.e2e.shell import ROOT, Shell

pytestmark = pytest.mark.slow


def _total(frame: pl.DataFrame, column: str) -> Decimal:
    """The sum of an amount, to the cent."""
    total: Decimal = frame.select(pl.col(column).sum()).item()
    return total.quantize(Decimal("0.01"))


def _run(folder: Path, sources: Path, data: Path) -> Shell:
    shell = Shell(folder / "lake", sources, {"SALESLAKE_DATA": str(data)})
    shell.well("run", "online_retail")
    return shell


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory, shared_data: Path) -> Shell:
    """By the profile as it is: equal lines are lines of their own."""
    return _run(tmp_path_factory.mktemp("kept"), ROOT / "sources", shared_data)


@pytest.fixture(scope="module")
def dropped(tmp_path_factory: pytest.TempPathFactory, shared_data: Path) -> Shell:
    """With the change that the profile names."""
    folder = tmp_path_factory.mktemp("dropped")
    text = (ROOT / "sources" / "online_retail.toml").read_text()
    assert text.count("occurrence = true }") == 2
    (folder / "online_retail.toml").write_text(text.replace("occurrence = true }", "occurrence = false }"))
    return _run(folder, folder, shared_data)


def _account(shell: Shell, entity: str) -> dict[str, int]:
    [row] = shell.gold("batch_ledger").filter(entity=entity).select(pl.col(pl.Int64)).to_dicts()
    return {name: count for name, count in row.items() if count}


def _sold(sales: pl.DataFrame) -> tuple[int, int, Decimal]:
    """Lines, orders, sales."""
    return sales.height, sales["order_key"].n_unique(), _total(sales, "sales_amount")


def test_every_line_is_a_sale_a_return_or_ignored(kept: Shell):
    assert _account(kept, "order_line") == {"seen": 541_909, "new": 530_103, "ignored": 11_806}
    assert _account(kept, "return") == {"seen": 541_909, "new": 9_288, "ignored": 532_621}
    assert kept.gold("batch_ledger")["quarantined"].sum() == 0


def test_equal_lines_are_dropped_where_the_profile_says_so(dropped: Shell):
    counts = {"seen": 541_909, "new": 524_877, "duplicate": 5_226, "ignored": 11_806}
    assert _account(dropped, "order_line") == counts
    assert _account(dropped, "return") == {
        "seen": 541_909,
        "new": 9_251,
        "duplicate": 37,
        "ignored": 532_621,
    }
    known = dropped.gold("fact_sales").filter(pl.col("customer_key") != 0)
    assert (known.height, _total(known, "sales_amount")) == (392_692, Decimal("8887208.89"))


def test_sales(kept: Shell):
    sales = kept.gold("fact_sales")
    assert _sold(sales) == (530_103, 19_959, Decimal("10655622.48"))
    known = sales.filter(pl.col("customer_key") != 0)
    assert _sold(known) == (397_884, 18_532, Decimal("8911407.90"))
    assert known["customer_key"].n_unique() == 4_338
    [info] = kept.gold("refresh_info").to_dicts()
    assert (info["first_date"], info["last_date"]) == (date(2010, 12, 1), date(2011, 12, 9))


def test_sales_less_cancellations_and_bad_debt_are_all_rows(kept: Shell):
    back = kept.gold("fact_returns")
    assert (back.height, _total(back, "refunded_amount")) == (9_288, Decimal("896812.49"))
    assert not back["sale_known"].any()
    # 11,062.06 once, -11,062.06 twice: neither sold nor brought back.
    net = _total(kept.gold("sales_daily"), "net_amount")
    assert net - Decimal("11062.06") == Decimal("9747747.93")
    assert _total(kept.gold("sales_by_product"), "net_amount") == net


def test_raw_holds_all_rows(kept: Shell):
    raw = pl.concat([pl.read_parquet(file) for file in (kept.lake / "raw").rglob("*.parquet")])
    names = ["InvoiceNo", "StockCode", "CustomerID", "Country"]
    distinct = raw.select(pl.col(names).drop_nulls().n_unique()).row(0)
    assert (raw.height, *distinct) == (541_909, 25_900, 4_070, 4_372, 38)
    units, price = pl.col("Quantity").cast(pl.Int64), pl.col("UnitPrice").cast(pl.Decimal(18, 3))
    assert raw.select(units.sum()).item() == 5_176_450
    assert _total(raw.select(amount=units * price), "amount") == Decimal("9747747.93")


def test_a_code_is_one_product_in_upper_and_in_lower_case(kept: Shell):
    products = kept.gold("dim_product").filter(company="online_retail")
    assert products["product_id"].str.to_uppercase().is_unique().all()
    assert products.filter(product_id="15056BL")["name"].item() == "EDWARDIAN PARASOL BLACK"
    assert products.filter(pl.col("name").str.contains("Â")).is_empty()
    assert products.filter(product_id="GIFT_0001_20")["name"].item() == "Dotcomgiftshop Gift Voucher £20.00"


def test_what_is_no_product_is_a_category_of_its_own(kept: Shell):
    daily = kept.gold("sales_daily")
    assert sorted(daily["category"].unique()) == ["Fees and corrections", "Gift vouchers", "Goods", "Postage"]
    # POST, DOT and C2, whatever was cancelled of them.
    assert _total(daily.filter(category="Postage"), "net_amount") == Decimal("279462.12")


def test_an_unspecified_country_is_no_place(kept: Shell):
    regions = kept.gold("sales_by_region").group_by("region").agg(pl.col("lines").sum())
    assert regions.height == 38
    # Not one of the 446 lines that name none was cancelled or free.
    assert regions.filter(region="unknown")["lines"].item() == 446
