"""Rows that a profile knows to be wrong, and signs that it knows to be turned."""

from decimal import Decimal

import polars as pl
import pytest

from saleslake_processor.contracts.entities import ENTITIES
from saleslake_processor.staging.stage import stage
from tests.unit.staging.shop import LINE, raw, source, staged

GOOD = {"id": "L1", "product": "P1", "quantity": "2"}
REFUSE = {
    "line_of_fillers": {"id": ["x", "column"]},
    "till_of_the_school": {"till": {"empty": False}},
    "test_of_the_till": {"product": {"matches": "^TEST"}, "shop": "9"},
    "no_such_product": {"product": "P0"},
}


def refusing(*rows, **verbs):
    mapping = {**LINE, "refuse": REFUSE, **verbs}
    plain = {"shop": None, "till": None, "state": None}
    return staged("order_line", mapping, raw(plain | row for row in rows))


def refusals(found):
    return found.refused.select("rule", "field", "value", "row_in_file").rows()


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"id": " column ", "quantity": "column"}, ("line_of_fillers", "order_line_id", "column")),
        ({"till": "3", "quantity": "three"}, ("till_of_the_school", None, None)),
        ({"till": "3", "product": "P0"}, ("till_of_the_school", None, None)),
        ({"product": "TEST 1", "shop": "9"}, ("test_of_the_till", "product_id", "TEST 1")),
        ({"product": " P0 ", "quantity": "-1"}, ("no_such_product", "product_id", "P0")),
        ({"id": "x", "product": "P0"}, ("line_of_fillers", "order_line_id", "x")),
        ({"product": "TEST 1", "shop": "8"}, None),
        ({"product": "TEST 1", "quantity": "-1"}, ("quantity_positive", "quantity", "-1")),
        ({"shop": "9"}, None),
    ],
)
def test_a_profile_refuses_under_a_name_what_it_knows_to_be_wrong(said, told):
    found = refusing(GOOD | {"id": "L0"}, GOOD | said)
    assert refusals(found) == ([] if told is None else [(*told, 2)])
    assert (found.seen, found.ignored, found.accepted.height) == (2, 0, 2 - (told is not None))


def test_what_is_ignored_is_not_refused():
    found = refusing(GOOD, GOOD | {"product": "P0"}, where={"product": {"not": "P0"}})
    assert (found.ignored, found.accepted.height, refusals(found)) == (1, 1, [])


def test_a_row_that_says_deleted_is_refused_all_the_same():
    found = refusing(GOOD | {"product": "P0", "state": "void"}, deleted={"state": "void"})
    assert refusals(found) == [("no_such_product", "product_id", "P0", 1)]


def test_a_released_row_is_taken_without_what_it_was_refused_for():
    rules = {"shop_is_no_number": {"shop": {"matches": "\\D"}}, **REFUSE}
    fields = {**LINE["fields"], "store_id": "shop", "promotion": "state"}
    profile = source({"order_line": {**LINE, "refuse": rules, "fields": fields}})
    rows = raw(
        [
            GOOD | {"id": "L1", "shop": "9S", "state": "sale"},
            GOOD | {"id": "L2", "product": "P0", "shop": "9", "state": "sale"},
            GOOD | {"id": "L3", "shop": "9S", "state": "sale"},
        ]
    )
    first_and_second = rows.head(2).select(
        action=pl.lit("release"), entity=pl.lit("order_line"), raw_table=pl.lit("rows"), row="_row"
    )
    [mapping] = profile.entities["order_line"]
    found = stage(rows, profile, ENTITIES["order_line"], mapping, "b", first_and_second)
    # A line cannot be without a product.
    assert refusals(found) == [
        ("no_such_product", "product_id", "P0", 2),
        ("shop_is_no_number", "store_id", "9S", 3),
    ]
    taken = found.accepted.select("order_line_id", "product_id", "store_id", "store_key", "promotion")
    assert taken.rows() == [("L1", "P1", None, None, "sale")]


@pytest.mark.parametrize(
    ("units", "price", "rule"),
    [
        ("-2", "0", None),
        ("-2", "1.5", None),
        ("-2", "-1.5", "unit_price_plausible"),
        ("-2", "999999999999", "unit_price_plausible"),
        ("2", "1.5", "quantity_positive"),
    ],
)
def test_a_credit_note_tells_below_zero_what_came_back_at_a_price(units, price, rule):
    fields = {
        "product_id": "product",
        "quantity": {"from": "quantity", "number": {"negate": True}},
        "unit_price": "price",
    }
    found = staged(
        "return", {"key": "id", "fields": fields}, raw([GOOD | {"quantity": units, "price": price}])
    )
    assert found.refused["rule"].to_list() == ([] if rule is None else [rule])
    if rule is None:
        assert found.accepted.select("quantity", "unit_price").row(0) == (Decimal(2), Decimal(price))
