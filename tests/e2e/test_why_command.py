"""`saleslake why` as its user types it: told in lines or as JSON; a false figure is found out."""

import json

import polars as pl
import pytest

from tests.e2e.shell import Shell

pytestmark = pytest.mark.slow

CELL = ("sales_by_product", "month=2024-01", "Apple pie")


def test_a_value_is_told_down_to_its_raw_row(ran: Shell):
    told = ran.well("why", *CELL, "sales_amount")
    assert "sales_amount = 18.00" in told
    assert "made of 1 order line, 0 returns" in told
    assert "line 1|1 of order 1 on 2024-01-02, 2.00 at 10.00  18.00 EUR" in told
    assert "order_line 1|1, counts: row 1 of " in told
    assert "unit_price='10.00', discount_rate='0.1'  [corner.toml:" in told
    assert told.rstrip().endswith("gold says 18.00; made anew it is 18.00: equal")


def test_programs_get_everything(ran: Shell):
    found = json.loads(ran.well("--quiet", "why", *CELL, "net_amount", "--json"))
    assert (found["value"], found["proof"]["equal"], found["proof"]["differences"]) == ("18.0000", True, [])
    assert [part["amount"] for part in found["parts"]] == ["18.0000"]
    [line] = [each for each in found["versions"] if (each["entity"], each["id"]) == ("order_line", "1|1")]
    assert (line["row_in_file"], line["files"][0].split("/")[:2]) == (1, ["corner", "sales"])
    [price] = [each for each in line["said"] if each["field"] == "unit_price"]
    assert price["raw"] == {"price": "10.00"}
    assert price["profile"].startswith("corner.toml:")


def test_words_that_name_no_row_are_wrong_use(ran: Shell):
    wrong = ran("why", "sales_by_product", "month=2024-01", "Aple pie", "net_amount")
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert "no row with Aple pie; did you mean Apple pie?; its key columns are company, month" in wrong.stderr
    assert ran("why", *CELL, "net").returncode == 2
    assert "no table 'sales'" in ran("why", "sales", "x", "y").stderr


def test_a_figure_that_raw_does_not_give_is_found_out(ran: Shell):
    [raw] = ran.lake.glob("raw/corner/sales/*/*.parquet")
    pl.read_parquet(raw).with_columns(price=pl.lit("3.00")).write_parquet(raw)
    found = ran("why", *CELL, "gross_amount")
    assert found.returncode == 1
    assert "the log says unit_price = 10.000000, raw says 3.000000" in found.stdout
    assert "gold says 20.00; made anew it is 6.00: NOT EQUAL" in found.stdout
