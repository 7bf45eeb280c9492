"""Two tables that should be equal: what differs is named by key, column and both values."""

import polars as pl

from saleslake_processor.compare import differences

LEFT = pl.DataFrame({"key": [1, 2, 3], "name": ["a", None, "c"], "amount": [10, 20, 30]})


def told(left: pl.DataFrame, right: pl.DataFrame, key: list[str] | None = None, most: int = 20) -> list[str]:
    return [str(each) for each in differences("t", left, right, ["key"] if key is None else key, most)]


def test_equal_tables_have_no_difference():
    assert told(LEFT, LEFT) == []


def test_the_order_of_rows_is_no_difference():
    assert told(LEFT, LEFT.reverse()) == []


def test_a_value_is_told_with_its_key_and_column():
    right = LEFT.with_columns(amount=pl.Series([10, 21, 30]))
    assert told(LEFT, right) == ["t [key=2] amount: 20 in the lake, 21 in the rebuild"]


def test_a_missing_value_differs_from_one_that_is_there():
    right = LEFT.with_columns(name=pl.Series(["a", "b", "c"]))
    assert told(LEFT, right) == ["t [key=2] name: None in the lake, b in the rebuild"]


def test_a_row_that_one_side_lacks_is_told():
    assert told(LEFT, LEFT[:2]) == ["t [key=3]: row is there in the lake, missing in the rebuild"]
    assert told(LEFT[1:], LEFT) == ["t [key=1]: row is missing in the lake, there in the rebuild"]


def test_a_row_that_is_there_twice_is_told():
    assert told(pl.concat([LEFT, LEFT[:1]]), LEFT) == ["t [] rows: 4 in the lake, 3 in the rebuild"]


def test_columns_of_another_type_are_told():
    [found] = differences("t", LEFT, LEFT.with_columns(pl.col("amount").cast(pl.Float64)), ["key"])
    assert found.column == "schema"


def test_a_missing_key_is_a_key():
    left = pl.DataFrame({"key": [None, 1], "amount": [1, 2]}, schema={"key": pl.Int64, "amount": pl.Int64})
    assert told(left, left) == []
    right = left.with_columns(amount=pl.Series([5, 2]))
    assert told(left, right) == ["t [key=None] amount: 1 in the lake, 5 in the rebuild"]


def test_without_a_key_whole_rows_are_compared():
    right = LEFT.with_columns(amount=pl.Series([10, 21, 30]))
    assert told(LEFT, right, key=[]) == [
        "t [key=2, name=None, amount=20]: row is there in the lake, missing in the rebuild",
        "t [key=2, name=None, amount=21]: row is missing in the lake, there in the rebuild",
    ]


def test_no_more_is_told_than_was_asked_for_and_the_first_keys_come_first():
    right = LEFT.with_columns(amount=pl.col("amount") + 1)
    assert told(LEFT.reverse(), right, most=2) == [
        "t [key=1] amount: 10 in the lake, 11 in the rebuild",
        "t [key=2] amount: 20 in the lake, 21 in the rebuild",
    ]


def test_nothing_equals_nothing():
    assert told(LEFT.clear(), LEFT.clear()) == []
