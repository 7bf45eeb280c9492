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
        ("name!=Tea", [1, 2, 3]),
        ("name!=", [0, 3]),
        ("name~TE", [0]),
        ("name~=", [3]),
        ("name>Tea", [3]),
        ("day!=2026-03-31", [1, 2, 3]),
        ("day!=", [0, 1]),
        ("day>2026-03-31", [1]),
        ("day>=2026-03-31", [0, 1]),
        ("day<2026-04-01", [0]),
        ("amount>0", [0]),
        ("amount>-0.0001", [0, 3]),
        ("amount<=0", [1, 3]),
        ("amount!=0", [0, 1, 2]),
        ("lines>9", [1]),
        ("lines<=1", [0, 3]),
        ("inferred!=no", [0, 2]),
        ("share>0.3333", []),
        ("share>=0.3333", [0]),
        ("share<.3", [3]),
    ],
)
def test_a_value_is_compared_as_what_the_column_is(condition, rows):
    assert found(condition) == rows


def found(condition: str) -> list[int]:
    """Numbers of the rows in which it holds."""
    [parts] = split([condition])
    return ROWS.with_row_index("at").filter(holds(parts, ROWS.schema[parts.column]))["at"].to_list()


@pytest.mark.parametrize("column", ROWS.columns)
def test_a_sign_and_its_opposite_are_of_all_rows(column):
    assert sorted(found(f"{column}=") + found(f"{column}!=")) == [0, 1, 2, 3]
    value = {"day": "2026-04-01", "inferred": "yes"}.get(column, "1")
    assert sorted(found(f"{column}={value}") + found(f"{column}!={value}")) == [0, 1, 2, 3]


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
        ("day>soon", "date"),
        ("amount<=1e15", "decimal"),
    ],
)
def test_what_the_column_cannot_hold_is_wrong_use_by_column_type_and_value(condition, kind):
    [parts] = split([condition])
    with pytest.raises(WrongUseError) as told:
        holds(parts, ROWS.schema[parts.column])
    asked = f"{parts.column} {parts.sign} {parts.value!r}"
    assert str(told.value).startswith(f"{asked}: the column is a {kind}; expected ")


def test_only_text_is_looked_into():
    with pytest.raises(WrongUseError, match="the column is a decimal; ~ looks into text"):
        found("amount~3")


@pytest.mark.parametrize("condition", ["day", "", "day<", "name~", "=Tea", "day!2026"])
def test_a_condition_has_a_column_and_a_value(condition):
    with pytest.raises(WrongUseError, match="expected COLUMN=VALUE"):
        split(["name=Tea", condition])
