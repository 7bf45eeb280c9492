"""Staging a raw table: what is accepted, ignored and refused, and what is kept of each row."""

from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import pairwise

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from saleslake.raw import ROWS_PER_FILE
from saleslake_processor import keys
from saleslake_processor.contracts.entities import ENTITIES
from saleslake_processor.staging.refused import QUARANTINE
from saleslake_processor.staging.stage import log_schema
from tests.unit.staging.shop import FETCHED_AT, LINE, raw, source, staged

GOOD = {"id": "L1", "product": "P1", "quantity": "2"}


def lines(*rows, mapping=None, **fields):
    whole = {**LINE, **(mapping or {}), "fields": {**LINE["fields"], **fields}}
    return staged("order_line", whole, raw(rows))


def refusals(found):
    return found.refused.select("rule", "field", "value", "row_in_file").rows()


def test_an_accepted_row_says_whose_it_is_and_where_it_came_from():
    found = lines(GOOD)
    row = found.accepted.row(0, named=True)
    assert (found.seen, found.ignored, found.refused.height) == (1, 0, 0)
    assert found.accepted.schema == log_schema(ENTITIES["order_line"])
    assert (row["company"], row["source"], row["raw_table"]) == ("acme", "shop", "rows")
    assert (row["batch"], row["row"], row["address"]) == (
        "20260301T120000000000Z",
        ROWS_PER_FILE + 1,
        "exports/rows.csv",
    )
    assert (row["order_line_id"], row["product_id"], row["quantity"]) == ("L1", "P1", Decimal(2))
    assert (row["version_at"], row["deleted"]) == (FETCHED_AT, False)
    assert row["profile_hash"] == source({"order_line": LINE}).mapping_hash


def test_keys_are_of_company_entity_and_id():
    row = lines(GOOD, customer_id="customer").accepted.row(0, named=True)
    key = pl.select(keys.key("acme", "product", pl.lit("P1"))).item()
    assert row["product_key"] == key != row["order_line_key"]
    assert row["customer_key"] is None


def test_a_priced_row_carries_the_terms_of_its_source():
    terms = {"tax_rate": "0.2", "prices_include_tax": True, "money_places": 3, "reporting_currency": "EUR"}
    row = staged("order_line", LINE, raw([GOOD]), **terms, currency="CHF").accepted.row(0, named=True)
    assert {name: row[name] for name in terms} == terms | {"tax_rate": Decimal("0.2")}
    assert (row["source_currency"], row["currency"]) == ("CHF", None)


def test_the_reporting_currency_is_the_sources_own_where_none_is_said():
    row = staged("order_line", LINE, raw([GOOD]), currency="CHF").accepted.row(0, named=True)
    assert row["reporting_currency"] == "CHF"


@pytest.mark.parametrize("entity", ["order_line", "order", "return", "product"])
def test_a_row_may_bring_its_own_currency_as_an_iso_code(entity):
    fields = {**LINE["fields"], "order_id": "id"} if entity in ("order_line", "return") else {}
    mapping = {"key": "id", "fields": {**fields, "currency": "money"}}
    rows = raw([{**GOOD, "id": str(number), "money": code} for number, code in enumerate(CODES)])
    found = staged(entity, mapping, rows, currency="CHF")
    assert found.accepted["currency"].to_list() == ["USD", None]
    assert set(found.accepted["source_currency"]) == {"CHF"}
    assert set(found.refused["rule"]) == {"currency_is_iso_code"}
    assert found.refused.select("field", "value").rows() == [("currency", code) for code in CODES[2:]]


CODES = ["USD", None, "usd", "$", "EURO"]
RATE = {
    "key": ["day", "of", "into"],
    "fields": {"rate_date": "day", "from_currency": "of", "to_currency": "into", "rate": "rate"},
}


@pytest.mark.parametrize(
    ("said", "rule"),
    [
        ({}, None),
        ({"rate": "0.0000333333"}, None),
        ({"rate": "0"}, "rate_plausible"),
        ({"rate": "-1"}, "rate_plausible"),
        ({"rate": "10000000"}, "rate_plausible"),
        ({"rate": None}, "rate|nullability"),
        ({"rate": "1,05"}, "rate|unreadable"),
        ({"of": "chf"}, "from_currency_is_iso_code"),
        ({"into": "Euro"}, "to_currency_is_iso_code"),
        ({"day": None}, "rate_date|nullability"),
        ({"day": "9999-12-31"}, "rate_date_plausible"),
    ],
)
def test_a_rate_is_refused_for_what_it_says(said, rule):
    row = {"day": "2026-03-01", "of": "CHF", "into": "EUR", "rate": "1.05", **said}
    found = staged("exchange_rate", RATE, raw([row]))
    assert found.refused["rule"].to_list() == ([] if rule is None else [rule])
    if rule is None:
        assert found.accepted["rate"].item() == Decimal(row["rate"])


def test_an_entity_without_prices_carries_no_terms():
    found = staged("customer", {"key": "id"}, raw([GOOD]))
    assert found.accepted.height == 1
    assert "currency" not in found.accepted.columns


WHERE = [
    ({"type": "sale"}, ["sale"]),
    ({"type": ["sale", "gift"]}, ["sale", "gift"]),
    ({"type": {"is": "sale"}}, ["sale"]),
    ({"type": {"not": "sale"}}, ["gift", "Sale 2", None]),
    ({"type": {"not": ["sale", "gift"]}}, ["Sale 2", None]),
    ({"type": {"matches": "(?i)^sale"}}, ["sale", "Sale 2"]),
    ({"type": {"matches": "i"}}, ["gift"]),
    ({"type": {"empty": True}}, [None]),
    ({"type": {"empty": False}}, ["sale", "gift", "Sale 2"]),
    ({"type": {"empty": False}, "id": "1"}, ["gift"]),
    ({"type": "nothing such"}, []),
    ({"absent": {"empty": True}}, ["sale", "gift", "Sale 2", None]),
    ({"absent": {"not": "x"}}, ["sale", "gift", "Sale 2", None]),
    ({"absent": "x"}, []),
]


@pytest.mark.parametrize(("where", "kept"), WHERE, ids=[str(where) for where, _ in WHERE])
def test_where_takes_rows_and_counts_the_others(where, kept):
    rows = [{"id": str(n), "type": said} for n, said in enumerate([" sale ", "gift", "Sale 2", " "])]
    mapping = {"key": "id", "where": where, "fields": {"name": "type"}}
    found = staged("product", mapping, raw(rows))
    assert found.accepted["name"].to_list() == kept
    assert (found.seen, found.ignored) == (4, 4 - len(kept))


def test_unreadable_text_is_refused_with_field_value_and_row():
    found = lines(
        GOOD,
        GOOD | {"id": "L2", "quantity": " two "},
        GOOD | {"id": "L3", "price": "N/A"},
        unit_price="price",
    )
    assert found.accepted["order_line_id"].to_list() == ["L1"]
    assert refusals(found) == [
        ("quantity|unreadable", "quantity", "two", 2),
        ("unit_price|unreadable", "unit_price", "N/A", 3),
    ]
    assert found.refused.schema == QUARANTINE
    row = found.refused.row(0, named=True)
    assert row["raw"] == '{"id":"L2","product":"P1","quantity":" two ","price":null}'
    assert (row["entity"], row["raw_table"], row["row"]) == ("order_line", "rows", ROWS_PER_FILE + 2)
    assert (row["company"], row["source"], row["address"]) == ("acme", "shop", "exports/rows.csv")


def test_of_several_faults_of_a_row_one_is_told():
    found = lines({"id": "L1", "product": None, "quantity": "x", "day": "32/01/2026"}, order_date="day")
    assert [rule for rule, *_ in refusals(found)] == ["order_date|unreadable"]


RULES = [
    ({"quantity": "0"}, ("quantity_positive", "quantity", "0")),
    ({"quantity": "-1"}, ("quantity_positive", "quantity", "-1")),
    ({"quantity": None}, ("quantity|nullability", "quantity", None)),
    ({"product": " "}, ("product_id|nullability", "product_id", None)),
    ({"id": None}, ("order_line_id|nullability", "order_line_id", None)),
    ({"price": "-0.01"}, ("unit_price_not_negative", "unit_price", "-0.01")),
    ({"rate": "1.01"}, ("discount_rate_within_0_and_1", "discount_rate", "1.01")),
    ({"rate": "0.1", "off": "5"}, ("one_discount", None, None)),
    ({"status": "lost"}, ("status|check", "status", "lost")),
]


@pytest.mark.parametrize(("said", "told"), RULES, ids=[rule for _, (rule, *_) in RULES])
def test_what_breaks_a_rule_of_the_contract_is_refused(said, told):
    fields = {"unit_price": "price", "discount_rate": "rate", "discount_amount": "off", "status": "status"}
    found = lines(GOOD | {"id": "L0"}, GOOD | said, **fields)
    assert found.accepted["order_line_id"].to_list() == ["L0"]
    assert refusals(found) == [(*told, 2)]


def test_what_a_line_leaves_open_is_no_fault():
    row = {"price": "0", "rate": "0", "off": None, "status": None}
    fields = {"unit_price": "price", "discount_rate": "rate", "discount_amount": "off", "status": "status"}
    assert lines(GOOD | row, GOOD | dict.fromkeys(row), **fields).accepted.height == 2


def test_a_return_that_names_nothing_is_refused():
    mapping = {"key": "id", "fields": {"product_id": "product", "order_id": "order"}}
    rows = [
        {"id": "1", "product": "P1", "order": None},
        {"id": "2", "product": None, "order": "O1"},
        {"id": "3", "product": None, "order": None},
    ]
    found = staged("return", mapping, raw(rows))
    assert found.accepted["return_id"].to_list() == ["1", "2"]
    assert refusals(found) == [("says_what_came_back", None, None, 3)]


def test_a_column_that_a_batch_lacks_is_empty_in_it():
    found = lines(GOOD, customer_id="customer", place_id={"key": ["town", "code"]})
    assert found.accepted.select("customer_id", "customer_key", "place_id").row(0) == (None, None, None)
    without = {"id": "L1", "product": "P1"}
    assert refusals(lines(without)) == [("quantity|nullability", "quantity", None, 1)]


def test_one_of_two_names_of_a_column_is_enough():
    found = lines(GOOD | {"other": "7"}, quantity=["amount", "other"])
    assert found.accepted["quantity"].to_list() == [7]


def test_a_line_that_stands_alone_is_its_own_order():
    assert lines(GOOD).accepted.select("order_id", "order_date").row(0) == ("L1", None)
    row = lines(GOOD | {"order": "O1"}, order_id="order").accepted
    assert row["order_id"].item() == "O1"
    assert row["order_key"].item() == pl.select(keys.key("acme", "order", pl.lit("O1"))).item()


def test_a_line_whose_mapped_order_is_empty_is_refused():
    assert refusals(lines(GOOD | {"order": None}, order_id="order")) == [
        ("order_id|nullability", "order_id", None, 1)
    ]


def test_the_business_date_is_that_of_the_instant_in_the_shop():
    found = lines(GOOD | {"at": "2026-07-14T22:30:00Z"}, ordered_at="at")
    assert found.accepted["order_date"].item() == date(2026, 7, 15)
    assert found.accepted["ordered_at"].item() == datetime(2026, 7, 14, 22, 30, tzinfo=UTC)


def test_rows_that_say_they_are_gone_need_nothing_but_their_id_and_version():
    mapping = {"deleted": {"state": "gone"}, "version_from": "at"}
    rows = [
        {"id": "1", "product": None, "quantity": "x", "state": "gone", "at": "2026-01-01"},
        {"id": None, "product": None, "quantity": None, "state": "gone", "at": "2026-01-01"},
        {"id": "3", "product": "P1", "quantity": "1", "state": "gone", "at": "soon"},
        {"id": "4", "product": "P1", "quantity": "1", "state": "there", "at": "2026-01-01"},
    ]
    found = lines(*rows, mapping=mapping)
    assert sorted(found.accepted.select("order_line_id", "deleted").rows()) == [("1", True), ("4", False)]
    assert [(field, value, row) for _, field, value, row in refusals(found)] == [
        ("order_line_id", None, 2),
        ("version_from", "soon", 3),
    ]


VERSIONS = [
    ("at", {"at": "2026-07-01T10:00:00"}, datetime(2026, 7, 1, 8, tzinfo=UTC)),
    (
        {"from": "at"},
        {"at": "2026-07-01T10:00:00.5+02:00"},
        datetime(2026, 7, 1, 8, 0, 0, 500000, tzinfo=UTC),
    ),
    ({"from": "at", "date": "%d/%m/%Y"}, {"at": "01/07/2026"}, datetime(2026, 6, 30, 22, tzinfo=UTC)),
    ({"file": r"(\d{4}-\d\d-\d\d)\.csv"}, {}, datetime(2026, 1, 31, 23, tzinfo=UTC)),
    ({"file": r"_(\d{4}-\d\d)-\d\d\.csv", "date": "%Y-%m"}, {}, datetime(2026, 1, 31, 23, tzinfo=UTC)),
    ("fetch", {}, FETCHED_AT),
]


@pytest.mark.parametrize(("version", "said", "instant"), VERSIONS)
def test_versions(version, said, instant):
    rows = raw([GOOD | said], "exports/sales_2026-02-01.csv")
    found = staged("order_line", {**LINE, "version_from": version}, rows)
    assert found.accepted["version_at"].to_list() == [instant]


@pytest.mark.parametrize("said", ["yesterday", None])
def test_a_row_whose_version_cannot_be_told_is_refused(said):
    found = lines(GOOD | {"at": said}, mapping={"version_from": "at"})
    assert refusals(found) == [("version_from|unreadable", "version_from", said, 1)]


def test_equal_rows_of_a_file_are_rows_of_their_own():
    mapping = {"key": {"columns": ["day", "product"], "occurrence": True}, "fields": LINE["fields"]}
    rows = [GOOD | {"day": day} for day in ("1", "1 ", "2", "1")]
    first, other = raw(rows), raw(rows[:1], "exports/other.csv", 2)
    found = staged("order_line", mapping, pl.concat([first, other]))
    assert found.accepted["order_line_id"].to_list() == ["1|P1#1", "1|P1#2", "2|P1#1", "1|P1#3", "1|P1#1"]


def test_rows_that_where_leaves_out_are_not_counted_as_occurrences():
    mapping = {
        "key": {"columns": "product", "occurrence": True},
        "where": {"type": "sale"},
        "fields": LINE["fields"],
    }
    rows = [GOOD | {"type": said} for said in ("total", "sale")]
    assert staged("order_line", mapping, raw(rows)).accepted["order_line_id"].to_list() == ["P1#1"]


def test_occurrences_without_an_id_are_refused():
    mapping = {"key": {"columns": "nothing", "occurrence": True}, "fields": LINE["fields"]}
    assert refusals(staged("order_line", mapping, raw([GOOD]))) == [
        ("nothing|no_such_column", "order_line_id", None, 1)
    ]


def test_a_reference_whose_key_cannot_be_read_is_refused():
    order = {"key": {"columns": "order", "number": {"serial": True}}}
    found = lines(GOOD | {"order": "2019-07-13"}, GOOD | {"order": "?"}, order_id=order)
    assert found.accepted["order_id"].to_list() == ["43659"]
    assert refusals(found) == [("order_id|unreadable", "order_id", "?", 2)]


def test_no_rows_are_no_trouble():
    found = staged("order_line", LINE, raw([GOOD]).clear())
    assert (found.seen, found.ignored, found.accepted.height, found.refused.height) == (0, 0, 0, 0)


cell = st.none() | st.sampled_from(
    ["", " ", "1", "-1", "0", "x", "P1", "gone", "2026-01-01", "31/12/2026", "9" * 40]
)
row = st.fixed_dictionaries(dict.fromkeys(("id", "product", "quantity", "day", "state", "kind", "at"), cell))


@given(st.lists(row, min_size=1, max_size=12))
def test_every_row_is_accepted_ignored_or_refused_once(rows):
    mapping = {
        "where": {"kind": {"not": "x"}},
        "deleted": {"state": "gone"},
        "version_from": "at",
    }
    found = lines(*rows, mapping=mapping, order_date="day")
    assert found.seen == len(rows) == found.ignored + found.accepted.height + found.refused.height
    places = sorted([*found.accepted["row"], *found.refused["row"]])
    assert all(one < other for one, other in pairwise(places))
    assert found.accepted["version_at"].null_count() == found.accepted["order_line_key"].null_count() == 0


def test_a_column_of_the_key_that_no_file_has_refuses_every_row():
    found = lines(GOOD, {**GOOD, "id": "L2"}, mapping={"key": ["id", "lign"]})
    assert refusals(found) == [("lign|no_such_column", "order_line_id", None, row) for row in (1, 2)]
    assert found.refused["key"].to_list() == [None, None]
