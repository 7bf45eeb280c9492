"""Columns that are values of one column become rows, which the key must tell apart."""

from saleslake.profiles import Unpivot
from saleslake.raw import ROWS_PER_FILE
from saleslake_processor.staging.stage import unpivoted
from tests.unit.staging.shop import raw, staged

MONTHS = Unpivot(keep=("person", "team"), name="month", value="amount")
ANN, BOB = {"who": "Ann", "2026-01": "1", "2026-02": "2"}, {"who": "Bob", "2026-01": "3", "2026-02": "3"}
LINES = {"key": "who", "fields": {"product_id": "who", "quantity": "n"}}


def test_columns_that_are_values_become_rows():
    turned = unpivoted(raw([{"person": "Ann", "team": "A", "2026-01": "1", "2026-02": None}]), MONTHS)
    assert turned.select("person", "team", "month", "amount").rows() == [
        ("Ann", "A", "2026-01", "1"),
        ("Ann", "A", "2026-02", None),
    ]
    assert turned["_row"].to_list() == [ROWS_PER_FILE + 1] * 2


def test_a_column_to_keep_that_a_batch_lacks_is_empty_in_it():
    turned = unpivoted(raw([{"person": "Ann", "2026-01": "1"}]), MONTHS)
    assert turned.select("person", "team", "month", "amount").rows() == [("Ann", None, "2026-01", "1")]


def turned(entity, mapping, *people):
    """What becomes of people's months, which stand across the page."""
    unpivot = {"keep": ["who"], "name": "month", "value": "n"}
    tables = {"rows": {"files": "rows.csv", "unpivot": unpivot}}
    return staged(entity, mapping, unpivoted(raw(people), Unpivot.model_validate(unpivot)), tables=tables)


def refusals(found):
    return found.refused.select("rule", "value", "row_in_file").rows()


def test_turned_rows_that_the_key_does_not_tell_apart_are_refused():
    found = turned("order_line", LINES, ANN, BOB, {"who": None, "2026-01": "1", "2026-02": "2"})
    assert found.accepted["order_line_id"].to_list() == ["Bob", "Bob"]
    assert refusals(found) == [
        ("key_tells_turned_rows_apart", "Ann", 1),
        ("key_tells_turned_rows_apart", "Ann", 1),
        ("order_line_id|nullability", None, 3),
        ("order_line_id|nullability", None, 3),
    ]
    assert '"month":"2026-01","n":"1"' in found.refused["raw"].str.join().item()


def test_turned_rows_with_a_key_or_a_version_of_their_own_are_taken():
    apart = LINES | {"key": ["who", "month"]}
    assert turned("order_line", apart, ANN).accepted.height == 2
    numbered = LINES | {"key": {"columns": "who", "occurrence": True}}
    assert turned("order_line", numbered, ANN).accepted.height == 2
    dated = LINES | {"version_from": {"from": "month", "date": "%Y-%m"}}
    assert turned("order_line", dated, ANN).accepted.height == 2
    person = {"key": "who", "fields": {"name": "who"}}
    assert turned("salesperson", person, ANN).accepted["name"].to_list() == ["Ann", "Ann"]


def test_of_turned_rows_that_say_they_are_gone_only_the_id_counts():
    gone = LINES | {"deleted": {"n": ["1", "2"]}}
    assert turned("order_line", gone, ANN).accepted["deleted"].to_list() == [True, True]
    half = LINES | {"deleted": {"n": "1"}}
    assert turned("order_line", half, ANN).refused.height == 2


def test_a_turned_row_with_a_fault_of_its_own_keeps_that():
    found = turned("order_line", LINES, ANN | {"2026-02": "many"})
    assert sorted(refusals(found)) == [
        ("key_tells_turned_rows_apart", "Ann", 1),
        ("quantity|unreadable", "many", 1),
    ]
