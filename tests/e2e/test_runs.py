"""One run after another over files that grow, go wrong and are put right."""

from datetime import date
from decimal import Decimal

import pytest

from tests.e2e import corner
from tests.e2e.shell import Shell

pytestmark = pytest.mark.slow


def test_gold_holds_what_is_reckoned_by_hand(ran: Shell):
    [info] = ran.gold("refresh_info").to_dicts()
    assert (info["lines"], info["orders"]) == (4, 3)
    assert (info["sales_amount"], info["net_amount"]) == (Decimal("39.5"), Decimal("39.5"))
    assert (info["first_date"], info["last_date"]) == (date(2024, 1, 2), date(2024, 2, 1))
    assert info["as_of"] == date(2024, 2, 2)
    daily = ran.gold("sales_daily").sort("date")
    measures = daily.select("category", "units", "gross_amount", "discount_amount", "margin_amount")
    assert measures.rows() == [
        ("Food", 5, Decimal("27.5"), 2, Decimal("18.5")),
        ("Things", 1, 4, 0, 0),
        ("Food", 4, 10, 0, 6),
    ]
    assert daily["uncosted_amount"].to_list() == [0, 4, 0]


def test_a_run_tells_what_came_and_what_it_comes_to(fresh: Shell):
    done = fresh("run", "corner")
    assert done.returncode == 0
    rows = [line.split() for line in done.stdout.splitlines()]
    assert ["corner", "2", "0", "0", "8", "0.0"] in rows
    assert ["corner", "sales", "order_line", "5", "4", "0", "0", "1"] in rows
    assert ["corner", "39.50", "EUR", "3", "4", "2024-01-02", "2024-02-01", "2024-02-02"] in rows
    assert ["corner", "Bread", "17.50", "EUR", "44.3%"] in rows
    assert f"{fresh.lake / 'gold' / 'latest'}" in done.stdout
    assert f"{fresh.lake / 'gold' / 'manifest.json'}" in done.stdout
    assert "saleslake quarantine list" in done.stderr
    assert "\x1b" not in done.stdout + done.stderr
    refused = fresh.well("show", "quarantine", "--columns", "rule,value,row_in_file")
    assert refused.splitlines()[1].split() == ["quantity|unreadable", "some", "4"]


def test_a_second_run_says_nothing_new_and_touches_no_file_of_gold(ran: Shell):
    before = ran.stamps()
    assert len(before) > 20
    out = ran.well("run")
    assert "nothing new" in out
    assert "39.50 EUR" in out
    assert ran.stamps() == before


def test_a_correction_changes_what_it_is_about_and_no_other_file(fresh: Shell):
    fresh.well("run")
    sales, before = fresh.gold("fact_sales"), fresh.hashes()
    (fresh.lake.parent / "exports" / "sales-2.csv").write_text(corner.CORRECTION)
    assert "nothing new" not in fresh.well("run")
    changed = {name for name, of in fresh.hashes().items() if before.get(name) != of}
    assert fresh.hashes().keys() == before.keys()
    assert "fact_sales/2024-01.parquet" in changed
    # February's lines, and all that no amount is told of, keep their files.
    assert not changed & {"fact_sales/2024-02.parquet", "dim_product.parquet", "dim_date.parquet"}
    both = sales.join(fresh.gold("fact_sales"), on=sales.columns, how="anti", nulls_equal=True)
    assert both.select("order_line_id", "sales_amount").rows() == [("1|1", 18)]
    assert fresh.gold("sales_daily")["net_amount"].sum() == Decimal("30.5")
    assert fresh.well("verify").strip().endswith("equal")


def test_fetching_and_processing_apart_give_what_a_run_gives(fresh: Shell, run_once: Shell):
    assert "nothing new" not in fresh.well("scrape")
    assert not (fresh.lake / "gold").exists()
    assert "39.50 EUR" in fresh.well("process")
    assert "nothing new" in fresh.well("scrape")
    assert fresh.gold("sales_daily").equals(run_once.gold("sales_daily"))


def test_a_broken_file_is_named_and_the_others_are_loaded(fresh: Shell):
    exports = fresh.lake.parent / "exports"
    (exports / "sales-2.csv").write_text(corner.CORRECTION)
    (exports / "sales-3.csv").write_bytes(corner.CORRECTION.replace("North", "caf\xe9").encode("latin-1"))
    done = fresh("run")
    assert done.returncode == 1
    [named] = [line for line in done.stderr.splitlines() if f"{exports / 'sales-3.csv'}: " in line]
    assert named.startswith("corner: ")
    assert "utf-8" in named
    assert fresh.gold("sales_daily")["net_amount"].sum() == Decimal("30.5")
    (exports / "sales-3.csv").unlink()
    assert "nothing new" in fresh.well("run")


def test_a_source_that_cannot_be_reached_fails_by_name_and_stops_no_other(fresh: Shell):
    corner.profile(fresh.sources, "far", "http://127.0.0.1:1/exports/")
    done = fresh("run")
    assert done.returncode == 1
    assert "\nfar: http://127.0.0.1:1/exports/: the connection was refused\n" in done.stderr
    assert fresh.gold("refresh_info")["company"].to_list() == ["corner"]
    assert not list((fresh.lake / "raw").glob("far/**/*"))


def test_a_table_is_shown_through_the_manifest(ran: Shell):
    assert len(ran.well("show").splitlines()) == 2 + len(ran.manifest()["tables"]) + 1
    lines = ran.well("show", "fact_sales", "-c", "order_line_id, sales_amount", "-w", "order_line_id=1|2")
    assert lines == "order_line_id  sales_amount\n1|2                  7.5000\n"
    lines = ran.well("show", "sales_daily", "-c", "date,units", "-w", "category=Food", "-w", "lines=1")
    assert lines == "date         units\n2024-02-01  4.0000\n"


def test_a_preview_shows_fetched_mapped_and_refused_rows_and_writes_nothing(fresh: Shell):
    out = fresh.well("sources", "preview", "corner", "--limit", "1")
    assert "sales: 5 rows fetched" in out
    assert "sales as order_line: 5 rows seen, 4 mapped, 0 ignored, 1 refused" in out
    rows = [line.split() for line in out.splitlines()]
    assert ["1", "1", "2024-01-02", "A", "North", "2", "10.00", "0.1"] in rows
    refused = ["quantity|unreadable", "some", str(fresh.lake.parent / "exports" / "sales-1.csv"), "4"]
    assert refused in rows
    assert not fresh.lake.exists()


def test_a_mistyped_column_is_told_and_stops_nothing(fresh: Shell):
    exports = fresh.lake.parent / "exports"
    mistyped = corner.PROFILE.replace('discount_rate = "discount"', 'discount_rate = "discont"')
    corner.profile(fresh.sources, "corner", exports, mistyped)
    told = (
        "corner: entities.order_line.fields.discount_rate: the table sales never had a column 'discont';"
        " did you mean 'discount'?"
    )
    for command in (("sources", "preview", "corner"), ("run", "corner")):
        done = fresh(*command)
        assert done.returncode == 0
        assert done.stderr.splitlines().count(told) == 1
    assert fresh.gold("fact_sales")["discount_amount"].sum() == 0
    corner.profile(fresh.sources, "corner", exports)
    assert "never had" not in fresh("sources", "preview", "corner").stderr


def test_what_is_piped_is_neither_cut_nor_boxed(ran: Shell):
    out = ran.well("show", "fact_sales")
    columns = ran.gold("fact_sales").columns
    lines = out.splitlines()
    assert lines[0].split() == columns
    assert len(lines) == 1 + ran.gold("fact_sales").height
