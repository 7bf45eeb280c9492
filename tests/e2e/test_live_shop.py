"""The live demo shop's API, team files and catalogue, fetched twice, against the records that it shows."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from demo_shop.catalogue import PRODUCTS, categories
from demo_shop.crm.plan import Plan
from demo_shop.live import growth, storefront
from demo_shop.live.site import LiveServer
from demo_shop.paris import instant, local_day
from demo_shop.prices import PriceList
from demo_shop.server import answering
from demo_shop.staff import Staff
from tests.e2e.oracle.asked import held, opened
from tests.e2e.shell import ROOT, Shell

pytestmark = pytest.mark.slow

SEED, SINCE, TODAY = 20, date(2025, 3, 25), date(2025, 4, 1)
# A price changes in between, somebody joins, opportunities go on, and bookings of March are entered.
LATER = date(2025, 4, 18)
SOURCES = ("demo_crm", "swile", "demo_catalogue")
STATUS = {"never touched": "never_touched", "under negotiation": "negotiation"}

Row = dict[str, Any]


class Clock:
    """Stands still until it is set."""

    now = instant(TODAY, 8 * 3600)

    def __call__(self) -> int:
        return self.now


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Shell, Clock]]:
    """A lake and the clock of the shop whose site feeds it."""
    folder, clock = tmp_path_factory.mktemp("live"), Clock()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(growth, "_AHEAD_DAYS", 25)
        server = LiveServer(folder / "exports", clock, SEED, SINCE)
        with answering(server):
            server.begin()
            site = f"http://127.0.0.1:{server.server_port}"
            places = {"SHOP": "exports", "API": "api", "CATALOGUE": "catalogue"}
            environment = {f"SALESLAKE_DEMO_{name}": f"{site}/{at}/" for name, at in places.items()}
            environment["SALESLAKE_SWILE"] = environment["SALESLAKE_DEMO_SHOP"]
            yield Shell(folder / "lake", ROOT / "sources", environment), clock


def records(kind: str, now: int) -> list[Row]:
    """What the sales teams' system shows, from plain Python."""
    plan = Plan(SEED, local_day(now) + timedelta(days=1), Staff(SEED))
    return [dict(each.fields(now)) for each in plan.created(kind, now)]


def day(text: object) -> date | None:
    return date.fromisoformat(str(text)) if text else None


def opportunities(now: int) -> dict[str, Row]:
    return {
        each["id"]: {
            "account_id": each["account_id"],
            "salesperson_id": each["salesperson_id"] or "",
            "status": STATUS.get(each["status"], each["status"]),
            "attribution_date": day(each["attribution_date"]),
            "engage_date": day(each["touched_date"]),
            "close_date": day(each["closed_date"]),
            "cycle_days": each["closed_date"]
            and (date.fromisoformat(each["closed_date"]) - date.fromisoformat(each["touched_date"])).days,
            "opportunity_amount": Decimal(each["amount"]),
        }
        for each in records("opportunities", now)
    }


def found(shell: Shell, fact: str, company: str, *dimensions: str) -> pl.DataFrame:
    """A fact's rows of a company, with natural ids in the place of keys."""
    rows = shell.gold(fact).filter(company=company)
    for name in dimensions:
        ids = shell.gold(f"dim_{name}").select(f"{name}_key", f"{name}_id")
        rows = rows.join(ids, on=f"{name}_key")
    return rows


def by_id(rows: pl.DataFrame, key: str, *columns: str) -> dict[str, Row]:
    return {row.pop(key): row for row in rows.select(key, *columns).to_dicts()}


def check_team(shell: Shell, now: int) -> None:
    expected = opportunities(now)
    facts = found(shell, "fact_opportunities", "demo", "account", "salesperson")
    assert facts.height == len(expected) > 1000
    columns = next(iter(expected.values()))
    assert by_id(facts, "opportunity_id", *columns) == expected
    counts = dict(facts["status"].value_counts().iter_rows())
    assert counts == Counter(each["status"] for each in expected.values())
    assert len(counts) == 4

    months: dict[date, Decimal] = {}
    for each in records("bookings", now):
        month = date.fromisoformat(f"{each['month']}-01")
        months[month] = months.get(month, Decimal(0)) + Decimal(str(each["gross_bookings"]))
    for company in ("demo", "swile"):
        booked = found(shell, "fact_bookings", company, "account").group_by("month")
        sums = dict(booked.agg(pl.col("booked_amount").sum()).iter_rows())
        # The files were exported the evening before.
        assert sums == months, company

    signed = sum(each["opportunity_amount"] for each in expected.values() if each["status"] == "signed")
    info = shell.gold("refresh_info").filter(company="demo").row(0, named=True)
    assert (info["opportunities"], info["signed_amount"]) == (len(expected), signed)
    assert (info["booked_amount"], info["as_of"]) == (sum(months.values()), None)
    accounts = shell.gold("dim_account").filter((pl.col("company") == "demo") & ~pl.col("is_inferred"))
    assert by_id(accounts, "account_id", "name", "segment", "employees") == {
        each["id"]: {"name": each["name"], "segment": each["segment"], "employees": each["employees"]}
        for each in records("accounts", now)
    }


def check_files(shell: Shell, now: int) -> None:
    """The files are of the evening before; stray separators lose nobody."""
    evening = instant(local_day(now) - timedelta(days=1), 23 * 3600 + 45 * 60)
    facts = found(shell, "fact_opportunities", "swile", "account", "salesperson")
    columns = ("account_id", "salesperson_id", "status", "attribution_date")
    assert by_id(facts, "opportunity_id", *columns) == {
        identifier: {name: row[name] for name in columns}
        for identifier, row in opportunities(evening).items()
        if row["attribution_date"]
    }
    people = shell.gold("dim_salesperson").filter(company="swile", is_inferred=False)
    assert by_id(people, "salesperson_id", "name", "team", "birth_date") == {
        each.salesperson_id: {
            "name": f"{each.first_name} {each.last_name}",
            "team": each.team,
            "birth_date": each.birth_date,
        }
        for each in Staff(SEED).at(local_day(evening))
    }


def catalogue(now: int) -> dict[str, Row]:
    """What is on sale, from plain Python."""
    today = local_day(now)
    names = {each.category_id: each.name for each in categories(today)}
    prices = PriceList(SEED, today + timedelta(days=1))
    return {
        each.product_id: {
            "name": each.name,
            "sku": storefront.sku(each),
            "category": names[each.category_id],
            "list_price": Decimal(prices.of(each.product_id, today).cents) / 100,
        }
        for each in PRODUCTS
        if each.launched_on <= today <= each.last_day
    }


def check_catalogue(shell: Shell, now: int) -> None:
    products = shell.gold("dim_product").filter(company="demo_catalogue")
    assert by_id(products, "product_id", "name", "sku", "category", "list_price") == catalogue(now)


def check_marts(shell: Shell) -> None:
    """Contacts, closes and amounts are told by the API, and by no other source that is tried in this way."""
    with opened(shell) as connection:
        for table in ("opportunity_funnel", "team_profile", "team_performance"):
            assert held(shell, connection, table) > 0


def outcomes(shell: Shell, source: str) -> dict[str, dict[str, int]]:
    """What became of the rows of the last batch, by entity."""
    ledger = shell.gold("batch_ledger").filter(source=source)
    last = ledger.filter(pl.col("batch") == pl.col("batch").max())
    names = ("seen", "new", "updated", "unchanged", "quarantined", "missing")
    return {row["entity"]: {name: row[name] for name in names} for row in last.to_dicts()}


def test_gold_is_what_the_shop_shows_before_and_after_some_weeks(shop: tuple[Shell, Clock]):
    shell, clock = shop
    told = shell.well("run", *SOURCES)
    assert "sales team" in told
    assert "net sales" not in told
    check_team(shell, clock.now)
    check_files(shell, clock.now)
    check_catalogue(shell, clock.now)
    before, first = clock.now, outcomes(shell, "demo_catalogue")["product"]
    assert first["seen"] == first["new"] == len(catalogue(before))

    clock.now = instant(LATER, 8 * 3600)
    shell.well("run", *SOURCES)
    check_team(shell, clock.now)
    check_files(shell, clock.now)
    check_catalogue(shell, clock.now)
    check_marts(shell)
    was, now = catalogue(before), catalogue(clock.now)
    changed = [each for each in was.keys() & now.keys() if was[each] != now[each]]
    assert changed
    assert outcomes(shell, "demo_catalogue")["product"] == {
        "seen": len(now),
        "new": len(now.keys() - was.keys()),
        "updated": len(changed),
        "unchanged": len(was.keys() & now.keys()) - len(changed),
        "quarantined": 0,
        "missing": len(was.keys() - now.keys()),
    }
    # Asked for what changed, the API gives no record again that says the same.
    begun, ended = opportunities(before), opportunities(clock.now)
    written = outcomes(shell, "demo_crm")["opportunity"]
    assert written["new"] == len(ended.keys() - begun.keys())
    assert written["updated"] == sum(begun[each] != ended[each] for each in begun)
    assert written["seen"] == written["new"] + written["updated"]
    assert shell.well("verify").strip().endswith("equal")
