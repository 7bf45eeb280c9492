"""The order that a command line asks for."""

import polars as pl
import pytest

from saleslake_flows.ordering import columns_of, ordered

ROWS = pl.LazyFrame({"a": [1, None, 2, 1], "b": ["x", "y", None, "z"], "at": [0, 1, 2, 3]})


@pytest.mark.parametrize(
    ("sorts", "rows"),
    [
        ([], [0, 1, 2, 3]),
        (["a"], [0, 3, 2, 1]),
        (["-a"], [2, 0, 3, 1]),
        (["a", "-b"], [3, 0, 2, 1]),
        (["-b"], [3, 1, 0, 2]),
    ],
)
def test_empty_cells_are_last_and_equal_rows_stay_as_they_were(sorts, rows):
    assert ordered(ROWS, sorts).collect()["at"].to_list() == rows


def test_a_sign_is_no_part_of_the_name():
    assert columns_of(["a", "-b"]) == ["a", "b"]
