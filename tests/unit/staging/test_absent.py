"""Columns that a profile maps and that are not there."""

import pytest

from saleslake_processor.staging.absent import absent
from tests.unit.staging.shop import LINE, source

THERE = {"rows": {"id", "product", "quantity", "discount_rate", "_row", "_address"}}


def told(mapping, columns=THERE["rows"], **said):
    profile = source({"order_line": {**LINE, **mapping}}, **said)
    return [str(each) for each in absent(profile, {"rows": columns})]


def with_field(**field):
    return {"fields": {**LINE["fields"], **field}}


def test_a_profile_whose_columns_are_all_there_is_not_told():
    assert told(with_field(discount_rate="discount_rate", status={"const": "open"})) == []


def test_a_mistyped_column_is_told_with_the_one_that_may_be_meant():
    assert told(with_field(discount_rate="discountrate")) == [
        "shop: entities.order_line.fields.discount_rate: the table rows never had a column 'discountrate';"
        " did you mean 'discount_rate'?"
    ]


def test_a_column_that_is_like_no_other_is_told_alone():
    [line] = told(with_field(promotion="campaign"))
    assert line.endswith("never had a column 'campaign'")


def test_columns_of_ours_are_not_meant():
    [line] = told(with_field(promotion="_rows"))
    assert "did you mean" not in line


def test_of_several_columns_one_will_do():
    assert told(with_field(promotion=["campaign", "quantity"])) == []
    [line] = told(with_field(promotion=["campaign", "offer"]))
    assert line.endswith("never had a column 'campaign' or 'offer'")


@pytest.mark.parametrize(
    ("mapping", "key"),
    [
        ({"key": ["id", "nowhere"]}, "key"),
        ({"where": {"nowhere": "sale"}}, "where.nowhere"),
        ({"deleted": {"nowhere": "yes"}}, "deleted.nowhere"),
        ({"refuse": {"odd": {"nowhere": "yes"}}}, "refuse.odd.nowhere"),
        ({"version_from": "nowhere"}, "version_from"),
        (with_field(store_id={"key": ["product", "nowhere"]}), "fields.store_id"),
    ],
)
def test_every_key_that_names_a_column_is_asked(mapping, key):
    [line] = told(mapping)
    assert line.startswith(f"shop: entities.order_line.{key}: the table rows never had a column 'nowhere'")


def test_columns_that_are_turned_are_those_of_the_turned_rows():
    how = {"keep": ["id", "product"], "name": "of_month", "value": "quantity"}
    tables = {"rows": {"files": "rows.csv", "unpivot": how}}
    assert told(with_field(order_date="of_month"), {"id", "product", "2026-01"}, tables=tables) == []
    [line] = told(with_field(order_date="month"), {"id", "product", "2026-01"}, tables=tables)
    assert "did you mean 'of_month'?" in line


def test_of_several_mappings_it_is_told_which():
    profile = source({"order_line": [LINE, {**LINE, "key": "no"}]})
    assert [each.key for each in absent(profile, THERE)] == ["entities.order_line[1].key"]


def test_tables_that_did_not_come_are_not_asked():
    assert absent(source({"order_line": {**LINE, "key": "no"}}), {}) == []
