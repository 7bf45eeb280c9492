"""Conditions of a command line: compared as what the column is, wrong use where nothing of it is meant."""

from datetime import date
from decimal import Decimal

import polars as pl
import pytest

from saleslake_flows.exits import WrongUseError
from saleslake_flows.where import holds, split

ROWS = pl.DataFrame(
    {
        "name": ["Tea", "", None, "a=b"],
        "day": [date(2026, 3, 31), date(2026, 4, 1), None, None],
        "amount": [Decimal("39.5"), Decimal("-0.0001"), None, Decimal(0)],
        "lines": [1, 12, None, 0],
        "inferred": [True, False, None, False],
        "share": [1 / 3, 0.1 + 0.2, None, 0.0],
    },
    schema_overrides={"amount": pl.Decimal(18, 4)},
)


@pytest.mark.parametrize(
    ("condition", "rows"),
    [
        ("name=Tea", [0]),
        ("name=tea", []),
        ("name=", [1, 2]),
        ("name=a=b", [3]),
        ("day=2026-03-31", [0]),
        ("day=", [2, 3]),
        ("amount=39.5", [0]),
        ("amount=39.5000", [0]),
        ("amount=39.50000", [0]),
        ("amount=-.0001", [1]),
        ("amount=0", [3]),
        ("lines=12", [1]),
        ("lines=012", [1]),
        ("inferred=yes", [0]),
        ("inferred=False", [1, 3]),
        ("inferred=", [2]),
        ("share=0.3333", [0]),
        ("share=.3", [1]),
    ],
)
def test_a_value_is_compared_as_what_the_column_is(condition, rows):
    [(name, value)] = split([condition])
    found = ROWS.with_row_index("at").filter(holds(name, ROWS.schema[name], value))
    assert found["at"].to_list() == rows


@pytest.mark.parametrize(
    ("condition", "kind"),
    [
        ("day=soon", "date"),
        ("day=2026-02-30", "date"),
        ("day=31/03/2026", "date"),
        ("amount=39,5", "decimal"),
        ("amount=0.00001", "decimal"),
        ("amount=1e15", "decimal"),
        ("amount=1e999999", "decimal"),
        ("amount=NaN", "decimal"),
        ("amount=Infinity", "decimal"),
        ("lines=1.0", "whole number"),
        ("lines=9223372036854775808", "whole number"),
        ("inferred=1", "boolean"),
        ("share=a third", "float"),
    ],
)
def test_what_the_column_cannot_hold_is_wrong_use_by_column_type_and_value(condition, kind):
    [(name, value)] = split([condition])
    with pytest.raises(WrongUseError) as told:
        holds(name, ROWS.schema[name], value)
    assert str(told.value).startswith(f"{name} = {value!r}: the column is a {kind}; expected ")


@pytest.mark.parametrize("condition", ["day", "", "day<2026"])
def test_a_condition_has_a_column_and_a_value(condition):
    with pytest.raises(WrongUseError, match="expected COLUMN=VALUE"):
        split(["name=Tea", condition])
