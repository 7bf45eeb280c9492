"""Opportunities and bookings as facts, each row by itself."""

from datetime import date
from decimal import Decimal

import pytest

from saleslake_processor import keys
from tests.property.memory_lake import COMPANY, MemoryLake
from tests.unit.processor.derived import DAY, LATER, Row, event, line, taken
from tests.unit.processor.gold import built, given, ledger, table

SOON = date(2026, 3, 17)


def opportunity(identifier: str = "u", **fields):
    return event("opportunity", identifier, **{"status": "signed", **fields})


def booking(identifier: str = "w", **fields):
    return event("booking", identifier, **{"month": DAY, "booked_amount": "10", **fields})


def the(name: str, *events) -> Row:
    [row] = table(name, *events)
    return row


@pytest.mark.parametrize(
    ("said", "days"),
    [
        ({"attribution_date": DAY, "engage_date": SOON, "close_date": LATER}, 3),
        ({"attribution_date": DAY, "close_date": LATER}, 6),
        ({"attribution_date": DAY, "engage_date": DAY, "close_date": DAY}, 0),
        ({"attribution_date": DAY, "engage_date": SOON}, None),
        ({"close_date": LATER}, None),
        ({"attribution_date": LATER, "close_date": DAY}, None),
        ({"attribution_date": DAY, "close_date": LATER, "status": "negotiation"}, None),
    ],
)
def test_a_cycle_is_from_the_first_contact_to_the_close(said, days):
    assert the("fact_opportunities", opportunity(**said))["cycle_days"] == days


def test_what_nobody_says_is_the_unknown_member():
    row = the("fact_opportunities", opportunity())
    assert [row[f"{name}_key"] for name in ("account", "salesperson", "product")] == [keys.UNKNOWN] * 3
    assert (row["opportunity_amount"], row["currency"]) == (None, "EUR")
    assert the("fact_bookings", booking())["account_key"] == keys.UNKNOWN


def test_keys_lead_to_the_members():
    said = {"account_id": "k", "salesperson_id": "m", "product_id": "p"}
    tables = built(given(taken(opportunity(**said), event("account", "k", name="Acme"))))
    [row] = tables["fact_opportunities"].to_dicts()
    for name, identifier in (("account", "k"), ("salesperson", "m"), ("product", "p")):
        [member] = tables[f"dim_{name}"].filter(**{f"{name}_key": row[f"{name}_key"]}).to_dicts()
        assert member[f"{name}_id"] == identifier
        assert member["is_inferred"] == (name != "account")


def test_a_booking_is_of_the_first_day_of_its_month():
    row = the("fact_bookings", booking(month=date(2026, 3, 31), booked_amount="-5.005"))
    assert (row["month"], row["booked_amount"]) == (date(2026, 3, 1), Decimal("-5.01"))


def test_amounts_are_without_tax():
    terms: Row = {"tax_rate": "0.2", "prices_include_tax": True}
    assert the("fact_opportunities", opportunity(opportunity_amount="100", **terms))[
        "opportunity_amount"
    ] == Decimal("83.33")
    assert the("fact_bookings", booking(booked_amount="120", **terms))["booked_amount"] == 100


def test_the_last_version_wins_and_what_is_deleted_is_gone():
    lake = MemoryLake()
    lake.take([opportunity(opportunity_amount="7") | {"version": 5}, opportunity("gone")], "a")
    lake.take([opportunity(status="lost"), opportunity("gone") | {"version": 1, "deleted": True}], "b")
    [row] = built(given(lake))["fact_opportunities"].to_dicts()
    assert (row["opportunity_id"], row["status"], row["opportunity_amount"]) == ("u", "signed", 7)


def test_a_company_without_sales_is_told_by_what_its_team_works_on():
    events = [
        opportunity("a", opportunity_amount="7", close_date=LATER),
        opportunity("b", status="lost", opportunity_amount="100"),
        opportunity("c"),
        booking("d"),
        booking("e", booked_amount="-3"),
    ]
    row = the("refresh_info", *events)
    assert (row["company"], row["as_of"], row["first_date"], row["last_date"]) == (COMPANY, None, None, None)
    assert (row["lines"], row["orders"], row["sales_amount"], row["net_amount"]) == (0, 0, 0, 0)
    told = ("opportunities", "signed_amount", "bookings", "booked_amount")
    assert [row[name] for name in told] == [3, 7, 2, 7]


def test_opportunities_do_not_move_the_day_of_the_sales():
    tables = built(given(taken(line("a"), opportunity(close_date=LATER), booking()), ledger=ledger({})))
    [row] = tables["refresh_info"].to_dicts()
    assert (row["last_date"], row["as_of"]) == (DAY, DAY.replace(day=15))
    assert (row["lines"], row["sales_amount"], row["opportunities"], row["bookings"]) == (1, 10, 1, 1)
    assert tables["sales_daily"].height == 1
