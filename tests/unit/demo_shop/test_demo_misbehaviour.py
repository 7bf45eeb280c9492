"""The rules of misbehaviour: which hold for an address, how often, and what is no rule."""

import json

import pytest

from demo_shop.live.misbehaviour import Misbehaviour


@pytest.fixture
def misbehaviour():
    return Misbehaviour()


def add(misbehaviour, *rules):
    misbehaviour.add(json.dumps(rules))


def kinds(misbehaviour, address, times):
    found = [misbehaviour.due(address) for _ in range(times)]
    return [rule.kind if rule else None for rule in found]


def test_told_nothing_it_does_nothing_wrong(misbehaviour):
    assert kinds(misbehaviour, "/exports/", 3) == [None] * 3
    assert misbehaviour.told() == []


def test_a_rule_holds_as_often_as_it_says(misbehaviour):
    add(misbehaviour, {"path": "/exports/*", "kind": "500", "times": 2}, {"path": "/api/*", "kind": "stall"})
    assert kinds(misbehaviour, "/exports/sales/sales_2025-01-01.csv", 3) == ["500", "500", None]
    assert kinds(misbehaviour, "/api/accounts?page=2", 2) == ["stall", None]
    assert kinds(misbehaviour, "/catalogue/", 1) == [None]
    assert [rule["done"] for rule in misbehaviour.told()] == [2, 1]


def test_the_first_rule_that_is_left_holds(misbehaviour):
    add(misbehaviour, {"path": "*", "kind": "429"}, {"path": "/api/*", "kind": "cut", "times": None})
    add(misbehaviour, {"path": "/api/*", "kind": "slow"})
    assert kinds(misbehaviour, "/api/bookings", 4) == ["429", "cut", "cut", "cut"]


def test_a_pattern_may_name_the_query(misbehaviour):
    add(misbehaviour, {"path": "/api/accounts?*page=3*", "kind": "500", "times": None})
    assert kinds(misbehaviour, "/api/accounts?per_page=5&page=3", 1) == ["500"]
    assert kinds(misbehaviour, "/api/accounts?per_page=5&page=4", 1) == [None]


def test_the_end_forgets_the_rules_and_lets_go_of_who_waits(misbehaviour):
    add(misbehaviour, {"path": "*", "kind": "stall", "times": None, "seconds": 3600})
    rule = misbehaviour.due("/exports/")
    misbehaviour.end()
    # an hour, if it did not know
    rule.pause(rule.seconds)
    assert misbehaviour.told() == []
    assert kinds(misbehaviour, "/exports/", 1) == [None]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "[1]",
        '[{"path": "*"}]',
        '[{"kind": "500"}]',
        '[{"path": "*", "kind": "404"}]',
        '[{"path": "*", "kind": "500", "often": 3}]',
        '[{"path": "*", "kind": "500", "done": 3}]',
        '[{"path": "*", "kind": "500", "times": "2"}]',
        '[{"path": "*", "kind": "500", "times": true}]',
        '[{"path": "*", "kind": "500", "times": -1}]',
        '[{"path": "*", "kind": "slow", "seconds": 1e9}]',
        '[{"path": "*", "kind": "429", "retry_after": 0.5}]',
        '[{"path": "*", "kind": "stall"}, {"path": "*", "kind": "500", "seconds": "long"}]',
    ],
)
def test_what_is_no_rule_is_refused_with_all_that_came_with_it(misbehaviour, text):
    with pytest.raises(ValueError, match=r"rule|Expecting"):
        misbehaviour.add(text)
    assert misbehaviour.told() == []
