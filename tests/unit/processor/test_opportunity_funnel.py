"""Where opportunities stand, by month, team and status, and how old the open ones are."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from tests.unit.processor.derived import DAY, Row, event, line, taken
from tests.unit.processor.gold import built, given, table

AGES = ("age_0_30", "age_31_60", "age_61_90", "age_91_180", "age_over_180", "age_unknown")


def opportunity(identifier: str, status: str, **fields):
    return event("opportunity", identifier, **{"status": status, "attribution_date": DAY, **fields})


def by_status(*events) -> dict[str, Row]:
    return {row["status"]: row for row in table("opportunity_funnel", *events)}


def test_shares_are_of_the_month_and_team():
    events = [
        event("salesperson", "m", team_id="x"),
        event("salesperson", "n", team_id="y"),
        *(opportunity(name, "never_touched", salesperson_id="m", account_id="k") for name in "ab"),
        opportunity("c", "signed", salesperson_id="m", opportunity_amount="30"),
        opportunity("d", "lost", salesperson_id="m", opportunity_amount="10"),
        opportunity("e", "lost", salesperson_id="m", opportunity_amount="20"),
        opportunity("f", "lost", salesperson_id="n"),
        opportunity("g", "lost", attribution_date=None),
    ]
    rows = table("opportunity_funnel", *events)
    got = {(row["attributed_in"], row["team"], row["status"]): row["opportunities"] for row in rows}
    assert got == {
        ("2026-03", "x", "never_touched"): 2,
        ("2026-03", "x", "signed"): 1,
        ("2026-03", "x", "lost"): 2,
        ("2026-03", "y", "lost"): 1,
        ("unknown", "unknown", "lost"): 1,
    }
    of_x = [row for row in rows if row["team"] == "x"]
    assert {row["status"]: row["status_share_rate"] for row in of_x} == {
        "never_touched": 0.4,
        "signed": 0.2,
        "lost": 0.4,
    }
    assert [row["win_rate"] for row in of_x] == [pytest.approx(1 / 3)] * 3
    assert {row["amount_win_rate"] for row in of_x} == {0.5}
    assert {row["status"]: row["accounts"] for row in of_x} == {"never_touched": 1, "signed": 0, "lost": 0}
    [undated] = [row for row in rows if row["attributed_in"] == "unknown"]
    assert (undated["month"], undated["win_rate"], undated["amount_win_rate"]) == (None, 0.0, None)


def test_nothing_is_won_or_lost_while_all_is_open():
    assert by_status(opportunity("a", "negotiation"))["negotiation"]["win_rate"] is None


def test_a_cycle_is_told_by_mean_and_median():
    closes = [
        opportunity(str(days), "signed", close_date=DAY + timedelta(days)) for days in (1, 2, 3, 4, 5, 12)
    ]
    row = by_status(*closes, opportunity("no", "signed"))["signed"]
    assert (row["cycle_days_mean"], row["cycle_days_median"]) == (Decimal("4.5000"), Decimal("3.5000"))


def test_a_mean_is_rounded_half_away_from_zero_to_four_places():
    closes = [
        opportunity(name, "lost", close_date=DAY + timedelta(days))
        for name, days in zip("abc", (0, 1, 1), strict=True)
    ]
    assert by_status(*closes)["lost"]["cycle_days_mean"] == Decimal("0.6667")


def test_open_ones_age_since_their_attribution():
    # The shop's as_of is the day after its one sale.
    as_of = DAY + timedelta(1)
    days = (1, 30, 31, 60, 61, 90, 91, 180, 181)
    events = [
        opportunity(
            str(each), "negotiation", attribution_date=as_of - timedelta(each), salesperson_id=str(each)
        )
        for each in days
    ]
    teams = [event("salesperson", str(each), team_id=str(each)) for each in days]
    rows = {row["team"]: row for row in table("opportunity_funnel", *teams, *events, line("s"))}
    twice = [name for name in AGES[:4] for _ in range(2)]
    assert [[name for name in AGES if rows[str(each)][name]] for each in days] == [
        [name] for name in (*twice, "age_over_180")
    ]
    assert {row["as_of"] for row in rows.values()} == {as_of}


def test_what_is_given_after_the_last_sale_is_young():
    row = by_status(opportunity("a", "never_touched", attribution_date=date(2026, 9, 1)), line("s"))
    assert row["never_touched"]["age_0_30"] == 1


def test_closed_ones_have_no_age_and_undated_ones_an_unknown_one():
    rows = by_status(opportunity("a", "signed"), opportunity("b", "negotiation", attribution_date=None))
    assert sum(rows["signed"][name] for name in AGES) == 0
    assert rows["negotiation"]["age_unknown"] == 1


def test_without_sales_the_last_day_that_opportunities_tell_is_the_last():
    later = DAY + timedelta(40)
    events = [
        opportunity("a", "lost", close_date=later),
        # When it is hoped to close is no day that anything happened on.
        opportunity("b", "negotiation", close_date=date(2027, 1, 1)),
    ]
    row = by_status(*events)["negotiation"]
    assert (row["as_of"], row["age_31_60"]) == (later + timedelta(1), 1)


def test_every_opportunity_is_in_one_row():
    statuses = ("never_touched", "negotiation", "signed", "lost")
    events = [
        opportunity(str(number), statuses[number % 4], attribution_date=date(2026, number % 3 + 1, 5))
        for number in range(20)
    ]
    tables = built(given(taken(*events)))
    assert tables["opportunity_funnel"]["opportunities"].sum() == tables["fact_opportunities"].height == 20
