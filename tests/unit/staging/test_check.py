"""Profiles against contracts: what is mapped must exist, be there if required, and be read as what it is."""

from pathlib import Path

import pytest

from saleslake_processor.staging.check import faults
from tests.unit.staging.shop import LINE, source


def told(entities):
    return [
        str(fault).removeprefix("sources/shop.toml: ") for fault in faults(source(entities), Path("sources"))
    ]


def with_field(**field):
    return {"order_line": {**LINE, "fields": {**LINE["fields"], **field}}}


def test_a_valid_profile_has_no_fault():
    assert told({"order_line": LINE, "product": {"key": "id"}}) == []


def test_an_unknown_entity_is_told_with_those_that_there_are():
    assert told({"sale": {"key": "id"}})[0].startswith(
        "entities.sale: no such entity; there are: product, category"
    )


def test_an_unknown_field_is_told_with_those_that_there_are():
    [line] = told({"category": {"key": "id", "fields": {"title": "Title"}}})
    assert line == "entities.category.fields.title: no such field; category has: name, parent_id"


def test_the_id_is_no_field():
    assert told({"category": {"key": "id", "fields": {"category_id": "id"}}}) == [
        "entities.category.fields.category_id: the id is what 'key' gives; no field of its own"
    ]


def test_required_fields_are_missed():
    assert told({"order_line": {"key": "id", "fields": {"quantity": "quantity"}}}) == [
        "entities.order_line.fields.product_id: this field is required"
    ]


def test_of_several_mappings_the_place_is_told():
    assert told({"category": [{"key": "id"}, {"key": "id", "fields": {"x": "y"}}]}) == [
        "entities.category[1].fields.x: no such field; category has: name, parent_id"
    ]


@pytest.mark.parametrize(
    ("field", "line"),
    [
        (
            {"quantity": {"from": "q", "date": "%Y-%m-%d"}},
            "quantity.date: no such verb here: the field is a number",
        ),
        (
            {"quantity": {"from": "q", "text": {"pad": 3}}},
            "quantity.text: no such verb here: the field is a number",
        ),
        (
            {"order_date": {"from": "d", "number": {}}},
            "order_date.number: no such verb here: the field is a day",
        ),
        (
            {"ordered_at": {"from": "d", "text": {}}},
            "ordered_at.text: no such verb here: the field is an instant",
        ),
        (
            {"promotion": {"from": "p", "date": "%Y-%m-%d"}},
            "promotion.date: no such verb here: the field is a text",
        ),
    ],
)
def test_a_verb_that_cannot_read_the_field_is_told(field, line):
    assert told(with_field(**field)) == [f"entities.order_line.fields.{line}"]


@pytest.mark.parametrize(
    ("mapping", "start"),
    [
        (
            {"where": {"type": {"matches": "(?=x)"}}},
            "where.type.matches = '(?=x)': expected what Polars can read: ",
        ),
        (
            {"refuse": {"odd": {"type": {"matches": "(?=x)"}}}},
            "refuse.odd.type.matches = '(?=x)': expected what Polars can read: ",
        ),
        (
            {"deleted": {"type": {"matches": "(?!x)"}}},
            "deleted.type.matches = '(?!x)': expected what Polars can",
        ),
        (
            {"version_from": {"file": "(x)(?=y)"}},
            "version_from.file = '(x)(?=y)': expected what Polars can read: ",
        ),
        (
            {"version_from": {"from": "at", "date": "%Y-%m-%d %H"}},
            "version_from.date = '%Y-%m-%d %H': expected what",
        ),
    ],
)
def test_patterns_that_only_python_takes_are_told(mapping, start):
    [line] = told({"order_line": {**LINE, **mapping}})
    assert line.startswith(f"entities.order_line.{start}")
