"""Who the salespeople are, what they signed and how soon, and what their teams came to."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

import pytest

from tests.unit.processor.derived import Row, come_back, event, line
from tests.unit.processor.gold import table

JANUARY = date(2026, 1, 10)


def opportunity(identifier: str, status: str = "signed", **fields):
    plain = {"status": status, "attribution_date": JANUARY, "salesperson_id": "m", "account_id": identifier}
    return event("opportunity", identifier, **{**plain, **fields})


def person(identifier: str = "m", **fields):
    return event("salesperson", identifier, **{"team_id": "x", **fields})


def profile(*events, of: str = "m") -> Row:
    [row] = [row for row in table("team_profile", *events) if row["salesperson"] == of]
    return row


def sold_on(day: date):
    """A sale, after which the company's as_of is the next day."""
    return line("s", order_date=day)


def of_days(name: str, days: Iterable[date | None], *told: str) -> dict[date | None, tuple[object, ...]]:
    """What is told of people whose start or birth was on these days, on 1 March 2026."""
    people = {str(day): day for day in days}
    events = [person(identifier, **{name: day}) for identifier, day in people.items()]
    rows = table("team_profile", *events, sold_on(date(2026, 2, 28)))
    return {
        people[row["salesperson"]]: tuple(row[each] for each in told)
        for row in rows
        if row["salesperson"] in people
    }


def test_tenure_is_until_as_of():
    tenures = {
        date(2026, 2, 1): (28, 1),
        date(2026, 2, 2): (27, 0),
        date(2026, 1, 31): (29, 1),
        date(2024, 3, 1): (730, 24),
        date(2026, 3, 1): (0, 0),
        date(2026, 3, 2): (None, None),
        None: (None, None),
    }
    assert of_days("start_date", tenures, "tenure_days", "tenure_months") == tenures


def test_ages_are_told_in_bands():
    bands = {
        date(2001, 3, 2): "under 25",
        date(2001, 3, 1): "25-34",
        date(1991, 3, 2): "25-34",
        date(1991, 3, 1): "35-44",
        date(1981, 3, 1): "45-54",
        date(1971, 3, 2): "45-54",
        date(1971, 3, 1): "55 and over",
        date(2030, 1, 1): None,
        None: None,
    }
    assert of_days("birth_date", bands, "age_band") == {day: (band,) for day, band in bands.items()}


def test_opportunities_are_counted_by_what_became_of_them():
    row = profile(
        person(),
        person("n"),
        person("o", team_id="y"),
        opportunity("a", "never_touched"),
        opportunity("b", "negotiation"),
        opportunity("c", opportunity_amount="5", close_date=date(2026, 1, 20)),
        opportunity("d", "lost", opportunity_amount="9", close_date=date(2026, 1, 15)),
        opportunity("e", "lost"),
    )
    told = ("opportunities", "never_touched", "touched_opportunities", "signed", "lost", "team_size")
    assert [row[name] for name in told] == [5, 1, 4, 1, 2, 2]
    assert (row["never_touched_rate"], row["win_rate"]) == (0.2, pytest.approx(1 / 3))
    assert (row["signed_amount"], row["cycle_days_mean"]) == (5, Decimal("7.5"))


def test_who_has_nothing_is_there_and_nobody_only_where_something_is_nobody_s():
    rows = table("team_profile", person(), opportunity("a", salesperson_id="n"))
    assert {row["salesperson"]: row["opportunities"] for row in rows} == {"m": 0, "n": 1}
    assert {row["win_rate"] for row in rows if row["salesperson"] == "m"} == {None}
    rows = table("team_profile", person(), opportunity("a", salesperson_id=None))
    assert {row["salesperson"]: row["opportunities"] for row in rows} == {"m": 0, "unknown": 1}


def booking(account: str, month: date, amount: str):
    said = {"account_id": account, "month": month, "booked_amount": amount}
    return event("booking", f"{account}{month}", **said)


def test_an_account_is_of_who_signed_it_first():
    events = [
        opportunity("later", account_id="k", close_date=date(2026, 2, 2)),
        opportunity("first", account_id="k", salesperson_id="n", close_date=date(2026, 2, 1)),
        opportunity("lost", "lost", account_id="k", salesperson_id="o", close_date=date(2026, 1, 12)),
        booking("k", date(2026, 2, 1), "100"),
        booking("k", date(2026, 3, 1), "-30"),
        booking("never signed", date(2026, 3, 1), "7"),
    ]
    rows = {row["salesperson"]: row for row in table("team_profile", *events)}
    told = ("signed_accounts", "won_accounts", "booked_amount")
    got = {name: tuple(row[each] for each in told) for name, row in rows.items()}
    assert got == {"m": (1, 0, 0), "n": (1, 1, 70), "o": (0, 0, 0), "unknown": (0, 0, 7)}


def test_accounts_are_as_large_as_their_employees_where_the_source_tells_them():
    accounts = [
        event("account", name, employees=Decimal(size))
        for name, size in zip("abc", (10, 20, 90), strict=True)
    ]
    row = profile(*accounts, *(opportunity(name) for name in "abcd"))
    assert (row["signed_accounts"], row["sized_accounts"]) == (4, 3)
    assert (row["account_employees_mean"], row["account_employees_median"]) == (40, 20)
    row = profile(opportunity("d"))
    assert (row["signed_accounts"], row["sized_accounts"], row["account_employees_mean"]) == (1, 0, None)


def test_the_first_booking_tells_a_cycle_where_no_close_does():
    row = profile(
        opportunity("a"),
        booking("a", date(2025, 12, 1), "5"),
        booking("a", date(2026, 1, 1), "0"),
        booking("a", date(2026, 2, 1), "5"),
        booking("a", date(2026, 3, 1), "5"),
        opportunity("b"),
    )
    # From 10 January to 28 February; `b` has not booked.
    assert row["booking_days_mean"] == 49


RAMP = [
    # The first date that the company's opportunities tell is of the year before.
    opportunity("old", "lost", salesperson_id="z", attribution_date=date(2025, 12, 1)),
    person("m", start_date=date(2026, 1, 5)),
    person("n"),
]


def signed_on(*days: date, by: str = "m"):
    return [
        opportunity(f"{by}{number}", salesperson_id=by, close_date=day) for number, day in enumerate(days)
    ]


def ramp(*events, of: str = "m") -> tuple[object, ...]:
    row = profile(*events, of=of)
    names = ("first_signed_on", "ramp_up_days", "ramp_up_months", "ramp_up_basis", "team_signed_median")
    return tuple(row[name] for name in names)


def test_ramp_up_is_until_the_first_signature_and_until_as_many_as_the_team():
    of_others = [date(2026, month, day) for month in (1, 2, 3, 4) for day in (3, 4)]
    own = [date(2026, 2, 9), date(2026, 3, 2), date(2026, 3, 20)]
    events = [*RAMP, *signed_on(*of_others, by="n"), *signed_on(*own)]
    # Of n's months December to April 0, 2, 2, 2, 2 and m's January to April 0, 1, 2, 0 the median is 2.
    assert ramp(*events) == (own[0], 35, 2, "close", 2)


def test_ramp_up_needs_one_signature_where_the_team_mostly_has_none():
    events = [*RAMP, *signed_on(date(2026, 4, 9))]
    assert ramp(*events) == (date(2026, 4, 9), 94, 3, "close", 0)


def test_without_a_close_ramp_up_is_told_by_attributions():
    events = [*RAMP, opportunity("a", attribution_date=date(2026, 2, 1))]
    assert ramp(*events) == (date(2026, 2, 1), 27, 1, "attribution", 0)


def test_of_who_began_before_the_opportunities_no_ramp_up_is_known():
    veteran = person("m", start_date=date(2019, 1, 5))
    events = [RAMP[0], veteran, *signed_on(date(2026, 1, 9))]
    assert ramp(*events)[:4] == (date(2026, 1, 9), None, None, None)


def test_who_has_signed_nothing_has_not_ramped_up():
    assert ramp(*RAMP)[:4] == (None, None, None, None)


def test_sales_are_of_all_months():
    events = [
        line("a", salesperson_id="m", order_id="a", order_date=date(2026, 1, 5)),
        line("b", salesperson_id="n", order_id="b", order_date=date(2026, 1, 5), unit_price="30"),
        line("c", salesperson_id="m", order_id="c", order_date=date(2026, 2, 5), unit_price="50"),
        line("d", salesperson_id="n", order_id="d", order_date=date(2026, 2, 6)),
        line("e", order_id="e", unit_price="80"),
    ]
    rows = {row["salesperson"]: row for row in table("team_profile", *events)}
    got = {name: (row["net_amount"], row["rank"], row["active_days"]) for name, row in rows.items()}
    assert got == {"m": (60, 1, 2), "n": (40, 2, 2), "unknown": (80, None, 1)}
    # 10 and 50 beside means of 20 and 30.
    assert rows["m"]["results_index"] == pytest.approx((0.5 + 50 / 30) / 2)
    assert sum(row["share_rate"] for row in rows.values()) == pytest.approx(1)


def test_a_team_is_told_by_month():
    events = [
        person("m", start_date=date(2025, 1, 5)),
        person("n", start_date=date(2026, 2, 28)),
        opportunity("a", engage_date=date(2026, 2, 1), close_date=date(2026, 3, 1), opportunity_amount="8"),
        opportunity("b", "lost", salesperson_id="n", close_date=date(2026, 3, 9)),
        opportunity("c", "never_touched", attribution_date=None),
        booking("a", date(2026, 3, 1), "100"),
        booking("other", date(2026, 3, 1), "3"),
        line("s", salesperson_id="n", order_date=date(2026, 3, 2)),
        come_back("r", order_line_id="s", return_amount="4"),
    ]
    rows = {(row["team"], row["month"].month): row for row in table("team_performance", *events)}
    told = ("people", "opportunities", "touched_opportunities", "signed", "lost", "win_rate")
    assert {at: tuple(row[name] for name in told) for at, row in rows.items()} == {
        ("x", 1): (1, 2, 0, 0, 0, None),
        ("x", 2): (2, 0, 1, 0, 0, None),
        ("x", 3): (2, 0, 0, 1, 1, 0.5),
        ("unknown", 3): (0, 0, 0, 0, 0, None),
    }
    amounts = ("signed_amount", "booked_amount", "net_amount")
    assert [rows["x", 3][name] for name in amounts] == [8, 100, 6]
    assert rows["unknown", 3]["booked_amount"] == 3
    assert {row["since"] for (team, _), row in rows.items() if team == "x"} == {date(2025, 1, 5)}
