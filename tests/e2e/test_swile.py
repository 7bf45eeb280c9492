"""A sales team's three files in somebody's own folder, against plain Python over the very files."""

import csv
from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from demo_shop import everything
from tests.e2e.plain_team import Chance, by_person, won_by
from tests.e2e.shell import ROOT, Shell

pytestmark = pytest.mark.slow

SINCE, UNTIL, SEED = date(2026, 3, 1), date(2026, 3, 20), 21
FILES = ("users.csv", "opportunities.csv", "accounts_with_bookings.csv")
STATUS = {"never touched": "never_touched", "under negotiation": "negotiation"}


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """The demo shop's export of the three files, by themselves in a folder beside the lake."""
    folder = tmp_path_factory.mktemp("swile")
    everything.write(folder / "shop", SEED, UNTIL, SINCE)
    (folder / "own").mkdir()
    for name in FILES:
        (folder / "shop" / "team" / name).rename(folder / "own" / name)
    shell = Shell(folder / "lake", ROOT / "sources", {"SALESLAKE_SWILE": str(folder / "own")})
    shell.well("run", "swile")
    return shell


def rows(team: Shell, name: str) -> list[dict[str, str]]:
    with (team.lake.parent / "own" / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter=";"))


def day(text: str) -> date:
    return datetime.strptime(text, "%d/%m/%Y").date()  # noqa: DTZ007 - a day has no zone


def chances(team: Shell) -> list[Chance]:
    return [
        Chance(
            id=row["id"],
            person=row["employeeId"],
            account=row["accountId"],
            status=STATUS.get(row["status"], row["status"]),
            attributed=day(row["attributionDate"]),
        )
        for row in rows(team, "opportunities.csv")
    ]


def bookings(team: Shell) -> list[tuple[date, str, Decimal]]:
    return [
        (day(row["month"]), row["accountId"], Decimal(row["grossBookings"].replace(",", ".")))
        for row in rows(team, "accounts_with_bookings.csv")
    ]


def test_people_are_what_the_files_say(team: Shell):
    told, people = chances(team), {row["id"]: row for row in rows(team, "users.csv")}
    as_of = max(each.attributed for each in told if each.attributed) + timedelta(1)
    winners = won_by(told)
    booked: defaultdict[str, Decimal] = defaultdict(Decimal)
    for _, account, amount in bookings(team):
        booked[winners.get(account, "")] += amount
    work = by_person(told, {})
    ids = dict(team.gold("dim_salesperson").select("salesperson_key", "salesperson_id").iter_rows())
    found = {ids[row["salesperson_key"]]: row for row in team.gold("team_profile").to_dicts()}
    assert set(found) - {""} == set(people)
    assert {row["as_of"] for row in found.values()} == {as_of}
    sizes = Counter(row["localization"] for row in people.values())
    for identifier, row in found.items():
        known = {name: row[name] for name in work.get(identifier, {})}
        assert known == work.get(identifier, {}), identifier
        assert row["booked_amount"] == booked[identifier], identifier
        assert row["won_accounts"] == sum(winner == identifier for winner in winners.values())
        if identifier:
            start = day(people[identifier]["startDate"])
            assert row["start_date"] == start
            assert row["tenure_days"] == (as_of - start).days
            assert (row["team"], row["team_size"]) == (
                people[identifier]["localization"],
                sizes[people[identifier]["localization"]],
            )
    assert max(row["signed"] for row in found.values()) > 5
    # None of the three files says how many people work for an account.
    assert {row["sized_accounts"] for row in found.values()} == {0}


def test_the_first_booking_stands_in_for_the_cycle(team: Shell):
    months = defaultdict(list)
    for month, account, amount in bookings(team):
        if amount > 0:
            months[account].append(month)
    days = defaultdict(list)
    for each in chances(team):
        assert each.attributed
        later = [month for month in months[each.account] if month >= each.attributed.replace(day=1)]
        if each.status == "signed" and later:
            end = (min(later) + timedelta(31)).replace(day=1) - timedelta(1)
            days[each.person].append((end - each.attributed).days)
    ids = dict(team.gold("dim_salesperson").select("salesperson_key", "salesperson_id").iter_rows())
    for row in team.gold("team_profile").to_dicts():
        own = days[ids[row["salesperson_key"]]]
        assert (row["booking_days_mean"] is None) == (not own)
        assert not own or float(row["booking_days_mean"]) == pytest.approx(sum(own) / len(own), abs=1e-4)
    assert len(days) > 10


def test_the_funnel_has_every_opportunity_by_month_team_and_status(team: Shell):
    teams = {row["id"]: row["localization"] for row in rows(team, "users.csv")}
    told = Counter(
        (f"{each.attributed:%Y-%m}", teams.get(each.person, "unknown"), each.status) for each in chances(team)
    )
    found = team.gold("opportunity_funnel").to_dicts()
    assert {
        (row["attributed_in"], row["team"], row["status"]): row["opportunities"] for row in found
    } == dict(told)
    never = [row for row in found if row["status"] == "never_touched"]
    assert never
    for row in never:
        whole = sum(number for (month, of, _), number in told.items() if (month, of) == _at(row))
        assert row["status_share_rate"] == pytest.approx(row["opportunities"] / whole)


def _at(row: dict[str, object]) -> tuple[object, object]:
    return row["attributed_in"], row["team"]


def test_teams_add_up_to_what_the_files_say(team: Shell):
    found = team.gold("team_performance")
    assert found["booked_amount"].sum() == sum(amount for _, _, amount in bookings(team))
    assert found["opportunities"].sum() == len(chances(team))
    firsts = defaultdict(set)
    for row in rows(team, "users.csv"):
        firsts[row["localization"]].add(day(row["startDate"]))
    since = {row["team"]: row["since"] for row in found.to_dicts() if row["team"] != "unknown"}
    assert since == {name: min(days) for name, days in firsts.items()}
