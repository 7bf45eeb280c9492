"""Scores by fifths, and the segment of every combination of them, as the document has it."""

import re
from datetime import date, timedelta
from itertools import product

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from saleslake_processor.contracts.customers import NAMED, NO_ORDER, UNKNOWN
from saleslake_processor.marts.segments import scored, segment
from tests.conftest import ROOT

FIRST = date(2026, 1, 1)
SCORES = ["r_score", "f_score", "m_score"]


def customers(*values: tuple[int | None, int, int], company: str = "acme") -> pl.DataFrame:
    """A customer for each day of the last order, number of orders and net; keys from 1."""
    return pl.DataFrame(
        {
            "company": company,
            "customer_key": range(1, len(values) + 1),
            "last_order_date": [None if day is None else FIRST + timedelta(days=day) for day, _, _ in values],
            "orders": [orders for _, orders, _ in values],
            "net": [net for _, _, net in values],
        },
        schema_overrides={"last_order_date": pl.Date, "net": pl.Decimal(18, 4)},
    )


def told(rows: pl.DataFrame) -> pl.DataFrame:
    return scored(rows.lazy(), ["company"], "orders", "net").collect()


def alike(*values: int) -> list[int]:
    """The scores of customers who have these values in all three."""
    rows = told(customers(*((value, value, value) for value in values)))
    assert rows["r_score"].equals(rows["f_score"], check_names=False)
    assert rows["r_score"].equals(rows["m_score"], check_names=False)
    return rows["r_score"].to_list()


@pytest.mark.parametrize(
    ("values", "scores"),
    [
        ([7], [3]),
        ([1, 2], [2, 4]),
        ([1, 2, 3, 4, 5], [1, 2, 3, 4, 5]),
        ([50, 40, 30, 20, 10], [5, 4, 3, 2, 1]),
        ([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]),
        ([1, 1, 1, 1, 1], [3, 3, 3, 3, 3]),
        ([1, 1, 1, 1, 1, 1, 2, 2, 2, 9], [2, 2, 2, 2, 2, 2, 4, 4, 4, 5]),
    ],
)
def test_a_score_is_the_fifth_of_the_middle_of_equal_ones(values: list[int], scores: list[int]):
    assert alike(*values) == scores


def test_who_ordered_nothing_or_is_not_known_has_no_scores_and_moves_nobody_s():
    rows = customers((1, 1, 1), (2, 2, 2), (None, 0, -5), (3, 900, 900)).with_columns(
        customer_key=pl.Series([1, 2, 3, 0])
    )
    got = told(
        rows.with_columns(last_order_date=pl.when(pl.col("customer_key") != 0).then("last_order_date"))
    )
    assert got["r_score"].to_list() == [2, 4, None, None]
    assert got["m_score"].to_list() == [2, 4, None, None]
    assert got["segment"].to_list()[2:] == [NO_ORDER, UNKNOWN]


def test_companies_are_scored_apart():
    rows = pl.concat([customers((1, 1, 1)), customers((9, 9, 9), company="other")])
    assert told(rows)["f_score"].to_list() == [3, 3]


def documented() -> dict[tuple[int, int], str]:
    """Segment by the score of recency and the sum of the others, of the table in the document."""
    text = (ROOT / "docs" / "figures.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d) \| (\d+)(?:\.\.(\d+))? \| ([A-Z][a-z ]+) \|", text, re.MULTILINE)
    cells = [
        ((int(recency), others), name)
        for recency, least, most, name in rows
        for others in range(int(least), int(most or least) + 1)
    ]
    assert len(cells) == len(dict(cells)), "the document says something twice"
    return dict(cells)


def test_every_combination_of_scores_has_the_segment_of_the_document():
    combinations = pl.DataFrame(
        list(product(range(1, 6), repeat=3)), schema=dict.fromkeys(SCORES, pl.Int64), orient="row"
    )
    assert combinations.height == 125
    got = combinations.with_columns(customer_key=pl.lit(1)).select(*SCORES, segment=segment()).rows()
    cells = documented()
    assert got == [(r, f, m, cells[r, f + m]) for r, f, m in combinations.rows()]
    assert {row[3] for row in got} == set(NAMED)
    assert len(NAMED) == 11


VALUES = st.lists(
    st.tuples(st.none() | st.integers(0, 9), st.integers(1, 9), st.integers(-3, 9)), min_size=1, max_size=30
)


@given(VALUES, st.randoms(use_true_random=False))
def test_scores_are_those_of_plain_counting_whatever_the_order_of_rows(values, random):
    rows = customers(*values)
    numbers = list(range(rows.height))
    random.shuffle(numbers)
    got = told(rows[numbers]).sort("customer_key")
    assert got.equals(told(rows).sort("customer_key"))
    counting = [value for value in values if value[0] is not None]
    for place, score in enumerate(SCORES):
        of_all = [value[place] for value in counting]
        for value, found in zip(values, got[score], strict=True):
            if value[0] is None:
                assert found is None
                continue
            below = sum(other < value[place] for other in of_all)
            equal = of_all.count(value[place])
            assert found == int(5 * (below + equal / 2) / len(of_all)) + 1
