"""What a crawl counted beside what the last ones did."""

from collections import deque

import pytest

from saleslake.raw import AddressReport
from saleslake_scraper.counting import Seen, Written, seen
from saleslake_scraper.history import History
from saleslake_scraper.monitors import alarms


def report(address, status="fetched", **rows):
    return AddressReport(address=address, number=1, status=status, rows=rows)


def reasons(found, past):
    return [alarm.reason for alarm in alarms(found, past)]


@pytest.mark.parametrize(
    ("now", "before", "expected"),
    [
        (0, [10], ["no rows, where there were 10"]),
        (4, [10], ["4 rows, where there were 10"]),
        (5, [10], []),
        (100, [10], []),
        (4, [10, 4, 4], []),
        (4, [4, 4, 10, 10, 10], ["4 rows, where there were 10"]),
        (0, [], []),
        (0, [0, 0, 7], []),
    ],
)
def test_a_table_that_loses_rows_is_named(now, before, expected):
    past = History(standing={"sales": deque(before)} if before else {})
    assert reasons(Seen(standing={"sales": now}), past) == expected


@pytest.mark.parametrize(
    ("now", "before", "named"),
    [
        ({"price": 0.09}, [0.5], True),
        ({"price": 0.1}, [0.5], False),
        ({"price": 0.0}, [0.49], False),
        ({}, [1.0], True),
        ({"price": 0.0}, [1.0, 0.0, 0.0], False),
        ({"price": 0.0, "new": 1.0}, [1.0, 1.0, 0.0], True),
    ],
)
def test_a_column_that_empties_is_named(now, before, named):
    past = History(filled={"sales": deque({"price": share} for share in before)})
    assert bool(reasons(Seen(filled={"sales": now}), past)) is named


def test_columns_of_a_table_that_was_not_judged_are_left_alone():
    assert reasons(Seen(), History(filled={"sales": deque([{"price": 1.0}])})) == []


def test_rows_that_were_not_written_again_stand_as_they_were():
    past = History(
        reports={"a": report("a", sales=6), "b": report("b", sales=3), "z#1": report("z#1", sales=1)},
        filled={"sales": deque([{"price": 0.5, "old": 1.0}])},
    )
    reports = [
        report("a", sales=2),
        report("b", "unchanged"),
        report("z", "unchanged"),
        report("c", "failed"),
    ]
    written = {"sales": Written(2, {"price": 2, "new": 1})}
    found = seen(["sales", "stock"], set(), reports, written, past)
    assert found.standing == {"sales": 6, "stock": 0}
    # Four of the six rows were not written: half of them have a price.
    assert found.filled == {"sales": {"price": 0.6667, "old": 0.6667, "new": 0.1667}}


def test_what_failed_still_stands():
    past = History(reports={"a": report("a", sales=6)})
    assert seen(["sales"], set(), [report("a", "failed")], {}, past).standing == {"sales": 6}


def test_of_what_is_new_only_the_fields_are_judged_and_only_of_many_rows():
    few, many = Written(19, {"price": 0}), Written(20, {"price": 5})
    assert seen(["sales"], {"sales"}, [report("a", sales=19)], {"sales": few}, History()) == Seen()
    found = seen(["sales"], {"sales"}, [report("a", sales=20)], {"sales": many}, History())
    assert found == Seen(filled={"sales": {"price": 0.25}})
