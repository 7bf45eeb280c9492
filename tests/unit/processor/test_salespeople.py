"""What salespeople sold in a month, and how that compares with others."""

from datetime import date
from decimal import Decimal
from random import Random

import pytest

from tests.unit.processor.derived import DAY, LATER, Row, come_back, event, line, taken
from tests.unit.processor.gold import built, given, table

APRIL = date(2026, 4, 2)


def sold(identifier: str, by: str | None, **fields):
    """A line on an order of its own."""
    return line(identifier, **{"order_id": identifier, "salesperson_id": by, **fields})


def by_name(*events, month: date = DAY) -> dict[str, Row]:
    rows = table("sales_by_salesperson", *events)
    return {row["salesperson"]: row for row in rows if row["month"] == month.replace(day=1)}


def in_team(person: str, team: str):
    return event("salesperson", person, team_id=team)


def test_people_are_ranked_by_net_and_nobody_is_not():
    rows = by_name(
        sold("1", "n", unit_price="7"), sold("2", "m", unit_price="7"), sold("3", "o"), sold("4", None)
    )
    assert {name: row["rank"] for name, row in rows.items()} == {"o": 1, "m": 2, "n": 3, "unknown": None}
    assert rows["unknown"]["share_rate"] == pytest.approx(10 / 34)


def test_nobody_s_sales_do_not_shift_the_indices():
    rows = by_name(sold("1", "m", unit_price="30"), sold("2", "n"), sold("3", None, unit_price="1000"))
    assert [rows[name]["results_index"] for name in ("m", "n", "unknown")] == [1.5, 0.5, None]
    assert rows["unknown"]["effort_index"] is None


def test_results_are_beside_those_of_the_team():
    rows = by_name(
        *(in_team(person, team) for person, team in (("a", "x"), ("b", "x"), ("c", "y"))),
        sold("1", "a", unit_price="30"),
        sold("2", "b", unit_price="10"),
        sold("3", "c", unit_price="20"),
        sold("4", "d", unit_price="60"),
    )
    # The team of `c` has nobody else, `d` has none: both are beside all four, whose mean is 30.
    got = {name: row["results_index"] for name, row in rows.items()}
    assert got == {"a": 1.5, "b": 0.5, "c": pytest.approx(2 / 3), "d": 2.0}
    assert {name: row["team"] for name, row in rows.items()} == {"a": "x", "b": "x", "c": "y", "d": "unknown"}


def test_who_is_alone_is_beside_nobody():
    row = by_name(sold("1", "m"), sold("2", None))["m"]
    assert (row["rank"], row["results_index"], row["effort_index"]) == (1, None, None)


def test_a_team_that_gave_back_more_than_it_sold_has_no_index():
    events = [
        sold("1", "m"),
        sold("2", "n"),
        come_back("r", order_line_id="1", return_amount="15"),
        come_back("s", order_line_id="2", return_amount="15"),
    ]
    assert {row["results_index"] for row in by_name(*events).values()} == {None}


def test_effort_is_the_mean_of_what_was_done_beside_its_mean():
    rows = by_name(
        sold("1", "m", customer_id="c"),
        sold("2", "m", customer_id="d", order_date=LATER),
        sold("3", "m", customer_id="d", order_date=LATER),
        sold("4", "n", customer_id="c", order_date=LATER),
        event("opportunity", "u", status="lost", salesperson_id="n", engage_date=DAY),
        event("opportunity", "v", status="lost", salesperson_id="n", engage_date=APRIL),
    )
    told = ("orders", "customers", "new_customers", "active_days", "touched_opportunities")
    assert [[rows[name][each] for each in told] for name in ("m", "n")] == [[3, 2, 2, 2, 0], [1, 1, 0, 1, 1]]
    assert rows["m"]["effort_index"] == pytest.approx((1.5 + 4 / 3 + 2 + 4 / 3 + 0) / 5)
    assert rows["n"]["effort_index"] == pytest.approx((0.5 + 2 / 3 + 0 + 2 / 3 + 2) / 5)


def test_what_nobody_did_is_no_part_of_the_effort():
    rows = by_name(sold("1", "m"), sold("2", "n"), sold("3", "n"))
    assert rows["n"]["effort_index"] == pytest.approx((4 / 3 + 1) / 2)


def test_a_customer_is_new_where_the_first_day_is():
    rows = [
        sold("1", "m", customer_id="c", order_date=DAY),
        sold("2", "n", customer_id="c", order_date=DAY),
        sold("3", "o", customer_id="c", order_date=LATER),
        sold("4", "o", customer_id="d", order_date=LATER),
        sold("5", "n", customer_id="d", order_date=DAY, status="cancelled"),
        sold("6", "m", customer_id="c", order_date=APRIL),
    ]
    assert {name: row["new_customers"] for name, row in by_name(*rows).items()} == {"m": 1, "n": 1, "o": 1}
    [april] = by_name(*rows, month=APRIL).values()
    assert (april["customers"], april["new_customers"]) == (1, 0)


def test_who_only_cancelled_has_no_row():
    assert set(by_name(sold("1", "m"), sold("2", "n", status="cancelled"))) == {"m"}


def test_all_of_the_net_is_somebody_s_or_nobody_s():
    events = [sold("1", "m"), sold("2", None), come_back("r", product_id="q", return_amount="2")]
    assert sum(row["net_amount"] for row in table("sales_by_salesperson", *events)) == Decimal(18)


def test_the_order_of_rows_does_not_matter():
    events = [
        sold(str(number), "mno"[number % 3], customer_id=str(number % 5), unit_price=str(number % 4 + 1))
        for number in range(30)
    ]
    tables = []
    for seed in (1, 2):
        Random(seed).shuffle(events)
        found = built(given(taken(*events)))
        tables.append({name: found[name] for name in ("sales_by_salesperson", "team_profile")})
    assert all(tables[0][name].equals(tables[1][name]) for name in tables[0])
