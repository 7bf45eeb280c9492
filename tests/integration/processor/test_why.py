"""Each value of gold is led down to its raw rows, and comes out of them again."""

import random
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from saleslake.lake import Lake
from saleslake.profiles import Source
from saleslake_processor import decisions, gold_files, quarantine
from saleslake_processor.decide import on_rows
from saleslake_processor.marts.graph import MARTS
from saleslake_processor.marts.mart import Mart
from saleslake_processor.why.answer import Answer, answered
from saleslake_processor.why.formulas.way import COMPANY
from saleslake_processor.why.reading import Known, known
from saleslake_processor.why.rows import NoSuchRowError, found
from saleslake_processor.why.ways import choosing
from tests.integration.processor.shop import (
    ENTITIES,
    SETTINGS,
    START,
    Row,
    gold,
    later,
    line,
    passed,
    source,
    write,
)

TABLES = (
    "lines",
    "returns",
    "products",
    "stores",
    "places",
    "rates",
    "customers",
    "deals",
    "bookings",
    "stock",
    "extras",
)
MAPPED: dict[str, Any] = {
    **ENTITIES,
    "order_line": {
        **ENTITIES["order_line"],
        "fields": {**ENTITIES["order_line"]["fields"], "ship_date": "shipped", "currency": "currency"},
    },
    "customer": {"from": "customers", "key": "id", "fields": {"name": "name", "place_id": "place"}},
    "exchange_rate": {
        "from": "rates",
        "key": ["day", "of", "into"],
        "fields": {"rate_date": "day", "from_currency": "of", "to_currency": "into", "rate": "rate"},
    },
    "opportunity": {
        "from": "deals",
        "key": "id",
        "fields": {
            "account_id": "account",
            "product_id": "product",
            "status": "status",
            "attribution_date": "day",
            "close_date": "closed",
            "opportunity_amount": "amount",
            "currency": "currency",
        },
    },
    "booking": {
        "from": "bookings",
        "key": ["month", "account"],
        "fields": {"account_id": "account", "month": "month", "booked_amount": "amount"},
    },
    "stock": {
        "from": "stock",
        "key": ["day", "product", "store"],
        "fields": {
            "stock_date": "day",
            "product_id": "product",
            "store_id": "store",
            "quantity": "quantity",
        },
    },
}


def shop(**said: Any) -> Source:
    tables: Any = {table: {"files": f"{table}*.csv"} for table in TABLES}
    tables["stores"]["snapshot"] = "file"
    return source(entities=MAPPED, tables=tables, **said)


def sold(identifier: str, **fields: Any) -> Row:
    return line(identifier, **{"shipped": None, "currency": None, **fields})


def come_back(identifier: str, **fields: Any) -> Row:
    return {"id": identifier, "line": None, "product": None, "day": "2026-02-05", "quantity": "1", **fields}


def traded(lake: Lake) -> None:
    """Corrections, moves, returns, francs, members that nobody brought, rows released and dropped."""
    write(
        lake,
        {
            "lines": [
                *(sold("o1-1", customer="c1"), sold("o1-2", product="q", store="s", customer="c1")),
                *(sold("o2-1", day="2026-02-03", product="r", customer="c9"), sold("o3-1", currency="CHF")),
                *(sold("o4-1", shipped="soon"), sold("o5-1", quantity="many"), sold("o6-1", day=None)),
                *(sold("o7-1", currency="USD"), sold("o8-1", status="cancelled"), sold("n", kind="note")),
            ],
            "products": [
                {"id": "p", "name": "Tea", "category": "drinks", "price": "12", "cost": "4"},
                {"id": "q", "name": "Cup", "category": None, "price": "3", "cost": None},
            ],
            "customers": [{"id": "c1", "name": "Ada", "place": "x"}],
            "stores": [
                {"id": "s", "name": "Corner", "place": "y"},
                {"id": "t", "name": "Gone", "place": None},
            ],
            "places": [{"id": "x", "city": "Lyon", "region": "south"}],
            "rates": [{"day": "2026-01-28", "of": "CHF", "into": "EUR", "rate": "1.07"}],
            "extras": [{"id": "e"}],
        },
    )
    write(
        lake,
        {
            "lines": [sold("o1-1", price="11", customer="c1"), sold("o2-1", day="2026-01-31", product="r")],
            "returns": [
                *(come_back("r1", line="o1-2"), come_back("r2", product="p"), come_back("r3", line="o3-1")),
                come_back("r4", line="o9-9", day=None),
            ],
            "stores": [{"id": "s", "name": "Corner shop", "place": "x"}],
            "deals": [
                {
                    **{"id": "d1", "account": "a", "product": "p", "status": "signed", "day": "2025-12-30"},
                    **{"closed": "2026-01-30", "amount": "100", "currency": "CHF"},
                },
                {
                    **{"id": "d2", "account": "b", "product": "z", "status": "lost", "day": "2026-01-30"},
                    **{"closed": None, "amount": "9", "currency": "USD"},
                },
            ],
            "bookings": [{"month": "2026-01-01", "account": "a", "amount": "70"}],
            "stock": [
                {"day": "2026-02-01", "product": "q", "store": "s", "quantity": "3"},
                {"day": "2026-01-01", "product": "p", "store": None, "quantity": "8"},
                {"day": "2026-02-01", "product": "only counted", "store": "u", "quantity": "-1"},
            ],
        },
        at=later(1),
    )
    passed(lake, shop())
    refused = quarantine.scan(lake).collect()
    made: list[tuple[Any, str]] = [("release", "ship_date"), ("drop", "quantity")]
    for action, field in made:
        rows = refused.filter(pl.col("field") == field)
        decisions.record(lake, on_rows(lake, shop(), action, rows, START, "Ada", f"for {field}"))
        passed(lake, shop())
    write(
        lake, {"lines": [sold("o1-1", price="9", customer="c1"), sold("o9-1", day="2026-03-03")]}, at=later(2)
    )
    passed(lake, shop())


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    lake = Lake(tmp_path_factory.mktemp("why") / "lake")
    traded(lake)
    return lake


@pytest.fixture(scope="module")
def there(lake: Lake) -> Known:
    return of(lake)


def of(lake: Lake, *sources: Source) -> Known:
    manifest = gold_files.load(lake)
    assert manifest is not None
    return known(lake, manifest, sources or (shop(),), SETTINGS)


def table(name: str) -> Mart:
    [mart] = [mart for mart in MARTS if mart.name == name]
    return mart


def asked(there: Known, name: str, column: str, *words: str) -> Answer:
    mart = table(name)
    dimensions = {each: there.gold(each) for each in there.manifest.tables if each.startswith("dim_")}
    return answered(there, mart, found(mart, there.gold(name), dimensions, words), column)


def test_a_sum_is_led_to_its_lines_and_returns(there: Known):
    answer = asked(there, "sales_by_product", "net_amount", "month=2026-01", "product=Cup")
    assert answer.proved
    assert answer.value == answer.summed == answer.derived == 10
    assert answer.parts.select("order_line_id", "return_id", "amount").rows() == [("o1-2", None, Decimal(10))]
    back = asked(there, "sales_by_product", "refunded_amount", "2026-02", "q")
    assert back.parts.select("return_id", "amount").rows() == [("r1", Decimal(10))]


def test_a_year_of_a_customer_is_led_to_its_own_lines(there: Known):
    answer = asked(there, "rfm_history", "net_amount", "year=2026", "customer=Ada")
    assert answer.proved
    assert answer.value == answer.summed
    assert answer.parts["order_line_id"].sort().to_list() == ["o1-1", "o1-2"]
    # Besides its own orders only those of the company's first and last day are asked, which make its years.
    assert "o2-1" not in answer.versions("order_line")["order_line_id"]


def test_all_versions_of_a_line_are_there_as_raw_says_them(there: Known):
    answer = asked(there, "fact_sales", "gross_amount", "o1-1")
    versions = answer.versions("order_line").filter(order_line_id="o1-1").sort("version_at")
    assert versions["unit_price"].to_list() == [10, 11, 9]
    assert (answer.value, answer.proved) == (18, True)
    # The batches that were staged again for the decisions are read by them.
    assert answer.readings[0].taken == {}


def test_decisions_and_refused_rows_of_the_same_things_are_named(there: Known):
    released = asked(there, "fact_sales", "sales_amount", "o4-1")
    assert [(each.action, each.reason) for each in released.decisions] == [("release", "for ship_date")]
    assert released.proved
    dropped = asked(there, "data_quality", "dropped", "check=quantity|unreadable")
    assert (dropped.value, dropped.proved) == (1, True)


def test_a_share_is_worked_out_of_all_of_its_month(there: Known):
    answer = asked(there, "sales_by_product", "share_rate", "month=2026-01", "product=Cup")
    assert answer.proved
    [own, total] = answer.components
    assert own.value == 10
    assert answer.value == float(own.value) / float(total.value)


def test_a_restatement_tells_the_line_that_changed(there: Known, lake: Lake):
    last = max(gold(lake, "restatements")["run"].to_list())
    answer = asked(there, "restatements", "new_value", f"run={last}", "kpi=net_amount", "month=2026-01")
    assert answer.proved
    told = answer.parts.select("order_line_id", "before", "amount").rows()
    assert told == [("o1-1", Decimal(22), Decimal(18))]
    assert answer.row["difference"] == -4
    assert asked(there, "restatements", "old_value", f"run={last}", "kpi=net_amount", "month=2026-01").proved


def test_a_log_that_says_something_else_than_raw_is_found_out(tmp_path: Path):
    lake = Lake(tmp_path / "lake")
    write(lake, {"lines": [sold("o1-1")]})
    passed(lake, shop())
    [raw] = lake.raw_table("shop", "lines", "").parent.glob("lines/*/*.parquet")
    pl.read_parquet(raw).with_columns(price=pl.lit("12")).write_parquet(raw)
    answer = asked(of(lake), "sales_by_product", "gross_amount", "company=acme")
    assert not answer.proved
    assert (answer.value, answer.derived) == (20, 24)
    assert answer.wrong == [
        f"order_line o1-1, row 1{'0' * 9}1 of batch {raw.parent.name} of shop:"
        " the log says unit_price = 10.000000, raw says 12.000000"
    ]


def test_what_a_changed_profile_read_is_taken_from_the_log_and_said(lake: Lake):
    answer = asked(of(lake, shop(money_places=1)), "fact_sales", "gross_amount", "o1-2")
    assert answer.proved
    assert answer.readings[0].read == 0
    assert set(answer.readings[0].taken) == {"read by a profile that has changed since"}


def test_a_row_that_is_not_there_or_not_one_is_named(there: Known):
    with pytest.raises(
        NoSuchRowError, match=r"no row with product=Teq; did you mean Tea\?; its key columns are"
    ):
        asked(there, "sales_by_product", "net_amount", "product=Teq")
    with pytest.raises(NoSuchRowError, match="3 rows are month=2026-01, one is needed: company=acme"):
        asked(there, "sales_by_product", "net_amount", "month=2026-01")
    with pytest.raises(NoSuchRowError, match="no column 'monht'; did you mean month"):
        asked(there, "sales_by_product", "net_amount", "monht=2026-01")


@pytest.mark.slow
@pytest.mark.parametrize("mart", MARTS, ids=[mart.name for mart in MARTS])
def test_columns_of_every_table_are_proved(there: Known, mart: Mart):
    rows, draw = there.gold(mart.name).collect(), random.Random(mart.name)
    # What wants more orders, more months, or targets.
    without = {"product_affinity", "fact_targets", "sales_anomalies", "commentary"}
    # What is learnt apart (`test_learning`).
    without |= {"sales_forecast", "forecast_outlook", "forecast_accuracy", "forecast_reasons"}
    without |= {"customer_accuracy", "customer_clusters"}
    assert rows.is_empty() == (mart.name in without)
    if rows.is_empty():
        return
    # Each derives the whole company: two show what all of them share.
    wide = [column for column in mart.columns if choosing(mart, column) == COMPANY]
    others = [column for column in mart.columns if column not in wide]
    for column in draw.sample(others, min(12, len(others))) + draw.sample(wide, min(2, len(wide))):
        answer = answered(there, mart, rows.row(draw.randrange(rows.height), named=True), column)
        assert answer.proved, (answer.row, column, answer.value, answer.derived, answer.summed, answer.wrong)
