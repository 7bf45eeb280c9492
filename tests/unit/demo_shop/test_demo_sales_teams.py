"""The sales teams' system: what becomes of opportunities, and the three files of the teams."""

from collections import Counter
from datetime import date, datetime, timedelta

import pytest

from demo_shop.crm import files
from demo_shop.crm.plan import Plan
from demo_shop.crm.records import Account, Booking, Opportunity
from demo_shop.exports import EXPORTED_AT
from demo_shop.paris import instant, iso, local_day
from demo_shop.staff import Staff

SEED, DAY = 20, date(2025, 3, 12)
NOW = instant(DAY, EXPORTED_AT)
KINDS = ("accounts", "opportunities", "bookings")
STATES = {"never touched", "under negotiation", "signed", "lost"}


@pytest.fixture(scope="module")
def plan():
    return Plan(SEED, DAY + timedelta(days=30), Staff(SEED))


@pytest.fixture(scope="module")
def shown(plan):
    return {kind: [each.fields(NOW) for each in plan.created(kind, NOW)] for kind in KINDS}


@pytest.fixture(scope="module")
def tables(plan):
    exported = files.snapshots(plan, Staff(SEED), DAY)
    return {path: content.decode().splitlines() for path, content in exported.items()}


def test_what_has_happened_does_not_depend_on_how_far_the_plan_reaches(plan, shown):
    short = Plan(SEED, DAY, Staff(SEED))
    assert {kind: [each.fields(NOW) for each in short.created(kind, NOW)] for kind in KINDS} == shown
    assert len(plan.created("opportunities", 1 << 40)) > len(short.created("opportunities", 1 << 40))
    other = Plan(SEED + 1, DAY, Staff(SEED + 1))
    assert [each.fields(NOW) for each in other.created("accounts", NOW)] != shown["accounts"]


def test_opportunities_pass_through_their_states(plan):
    for each in plan.created("opportunities", NOW):
        assert isinstance(each, Opportunity)
        reached = [moment for moment in (each.attributed_at, each.touched_at, each.closed_at) if moment]
        assert [each.created_at, *reached] == sorted([each.created_at, *reached])
        begun = each.fields(each.created_at)
        assert (begun["status"], begun["salesperson_id"], begun["updated_at"]) == (
            "never touched",
            None,
            iso(each.created_at),
        )
        if each.touched_at:
            assert each.status(each.touched_at - 1) == "never touched"
            assert each.status(each.touched_at) == "under negotiation"
        if each.closed_at:
            assert each.touched_at
            assert each.status(each.closed_at - 1) == "under negotiation"
            assert each.status(each.closed_at) == each.outcome in ("signed", "lost")
        end = max([each.created_at, *reached])
        assert each.updated_at(end + 1) == end == each.updated_at(1 << 40)


def test_dates_say_what_the_state_says(shown):
    for each in shown["opportunities"]:
        assert (each["closed_date"] is not None) == (each["status"] in ("signed", "lost"))
        assert (each["touched_date"] is None) == (each["status"] == "never touched")
        assert (each["attribution_date"] is None) == (each["salesperson_id"] is None)
        assert datetime.fromisoformat(each["updated_at"]) >= datetime.fromisoformat(each["created_at"])


def test_all_states_occur_and_some_are_never_touched(plan, shown):
    counts = Counter(each["status"] for each in shown["opportunities"])
    assert counts.keys() == STATES
    assert all(count > 30 for count in counts.values())
    long_ago = [each for each in plan.created("opportunities", NOW) if each.created_at < NOW - 60 * 86400]
    untouched = sum(each.status(NOW) == "never touched" for each in long_ago)
    assert 0.13 < untouched / len(long_ago) < 0.23


def test_what_is_signed_becomes_an_amount_of_its_own(shown):
    amounts: dict[str, set[str]] = {state: set() for state in STATES}
    for each in shown["opportunities"]:
        amounts[each["status"]].add(each["amount"])
    assert all(amount.endswith("0.00") for amount in amounts["under negotiation"])
    assert not all(amount.endswith("0.00") for amount in amounts["signed"])


def test_references_are_whole(shown):
    accounts = {each["id"] for each in shown["accounts"]}
    people = {each.salesperson_id for each in Staff(SEED).at(DAY)}
    assert {each["account_id"] for each in shown["opportunities"]} == accounts
    assert {each["salesperson_id"] for each in shown["opportunities"]} - {None} <= people
    clients = {each["id"] for each in shown["accounts"] if each["client_since"]}
    signed = {each["account_id"] for each in shown["opportunities"] if each["status"] == "signed"}
    assert {each["account_id"] for each in shown["bookings"]} <= clients == signed


def test_ids_are_unique_and_records_lie_in_order_of_creation(plan):
    for kind in KINDS:
        found = plan.created(kind, NOW)
        places = [(each.created_at, each.record_id) for each in found]
        assert places == sorted(set(places))
        assert len({each.record_id for each in found}) == len(found) > 300


def test_bookings_are_of_the_months_that_have_ended_and_some_are_corrected(plan, shown):
    assert max(each["month"] for each in shown["bookings"]) == "2025-02"
    assert max(Counter((each["account_id"], each["month"]) for each in shown["bookings"]).values()) == 1
    bookings = [each for each in plan.created("bookings", NOW) if isinstance(each, Booking)]
    corrected = [each for each in bookings if each.cents(each.created_at) != each.cents(NOW)]
    assert 0.01 < len(corrected) / len(bookings) < 0.08
    assert all(each.updated_at(NOW) > each.created_at for each in corrected)


def test_some_accounts_change(plan):
    accounts = [each for each in plan.created("accounts", NOW) if isinstance(each, Account)]
    changed = [each for each in accounts if each.employees[-1] != each.employees[0]]
    assert changed
    since, count = changed[0].employees[-1]
    assert changed[0].fields(since - 1)["employees"] == changed[0].employees[0].value
    assert changed[0].fields(since)["employees"] == count
    assert changed[0].updated_at(since) == since


def test_the_files_say_what_the_records_say(tables, shown):
    head, *rows = tables["team/opportunities.csv"]
    assert head == "id;status;accountId;employeeId;attributionDate"
    assert rows == [
        ";".join(
            (
                each["id"],
                each["status"],
                each["account_id"],
                each["salesperson_id"],
                french(each["attribution_date"]),
            )
        )
        for each in shown["opportunities"]
        if each["attribution_date"]
    ]
    head, *rows = tables["team/accounts_with_bookings.csv"]
    assert head == "month;accountId;grossBookings"
    assert rows == [
        f"{french(each['month'] + '-01')};{each['account_id']};{each['gross_bookings'].replace('.', ',')}"
        for each in shown["bookings"]
    ]


def french(day):
    year, month, number = day.split("-")
    return f"{number}/{month}/{year}"


def test_some_lines_of_the_people_end_in_stray_separators(tables):
    head, *rows = tables["team/users.csv"]
    assert head == "id;firstName;lastName;startDate;localization;birthDate"
    people = Staff(SEED).at(DAY)
    assert [row.rstrip(";") for row in rows] == [
        f"{each.salesperson_id};{each.first_name};{each.last_name};{each.start_date:%d/%m/%Y};{each.team};"
        f"{each.birth_date:%d/%m/%Y}"
        for each in people
    ]
    assert Counter(len(row) - len(row.rstrip(";")) for row in rows) == {0: len(people) - 7, 1: 5, 2: 2}


def test_nothing_happens_at_night_or_on_days_off(plan):
    for each in plan.created("opportunities", NOW):
        for moment in (each.created_at, each.attributed_at, each.touched_at, each.closed_at):
            if moment:
                assert local_day(moment).weekday() < 5
                assert 9 <= int(iso(moment)[11:13]) < 20
