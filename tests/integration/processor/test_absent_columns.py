"""Columns that a profile maps and no batch ever had are told, and stop nothing."""

from saleslake.lake import Lake
from saleslake_processor.process import take_in
from tests.integration.processor.shop import ENTITIES, later, line, source, write


def mistyped():
    fields = {**ENTITIES["order_line"]["fields"], "discount_rate": "price off"}
    return source(entities={"order_line": {**ENTITIES["order_line"], "fields": fields}})


def told(lake: Lake) -> list[str]:
    return [each.key for each in take_in(lake, [mistyped()]).absent]


def test_a_column_that_no_batch_had_is_told_with_each_batch(tmp_path):
    lake = Lake(tmp_path)
    write(lake, {"lines": [line("1-1")]})
    assert told(lake) == ["entities.order_line.fields.discount_rate"]
    assert told(lake) == [], "nothing came"
    write(lake, {"lines": [line("1-2")]}, at=later(1))
    assert told(lake) == ["entities.order_line.fields.discount_rate"]


def test_a_column_that_an_earlier_batch_had_is_not_told(tmp_path):
    lake = Lake(tmp_path)
    write(lake, {"lines": [{**line("1-1"), "price off": "0.1"}]})
    assert told(lake) == []
    write(lake, {"lines": [line("1-2")]}, at=later(1))
    assert told(lake) == []


def test_a_column_of_one_of_several_batches_is_there(tmp_path):
    lake = Lake(tmp_path)
    write(lake, {"lines": [line("1-1")]})
    write(lake, {"lines": [{**line("1-2"), "price off": "0.1"}]}, at=later(1))
    assert told(lake) == []
