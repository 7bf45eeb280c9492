"""A real public CRM, against totals computed without this software."""

import csv
import json
from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from tests.e2e.plain_team import Chance, by_person, won_by
from tests.e2e.shell import ROOT, Shell

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def crm(tmp_path_factory: pytest.TempPathFactory, shared_data: Path) -> Shell:
    lake = tmp_path_factory.mktemp("crm") / "lake"
    shell = Shell(lake, ROOT / "sources", {"SALESLAKE_DATA": str(shared_data)})
    shell.well("run", "crm")
    return shell


def test_opportunities_by_status(crm: Shell):
    facts = crm.gold("fact_opportunities")
    assert facts["opportunity_id"].n_unique() == facts.height == 8_800
    of = facts.group_by("status").agg(pl.len(), pl.col("opportunity_amount").sum()).sort("status")
    assert of.rows() == [
        ("lost", 2_473, Decimal(0)),
        ("negotiation", 1_589, Decimal(0)),
        ("never_touched", 500, Decimal(0)),
        ("signed", 4_238, Decimal(10_005_534)),
    ]
    days = facts.select(pl.col("engage_date").min(), pl.col("close_date").max()).row(0)
    assert days == (date(2016, 10, 20), date(2017, 12, 31))
    assert facts.filter(pl.col("account_key") == 0).height == 1_425
    [info] = crm.gold("refresh_info").to_dicts()
    assert (info["opportunities"], info["signed_amount"]) == (8_800, Decimal(10_005_534))


def test_every_opportunity_is_of_a_product_a_person_and_an_account_that_are_known(crm: Shell):
    facts = crm.gold("fact_opportunities")
    for name, members in (("product", 7), ("salesperson", 30), ("account", 85)):
        key = f"{name}_key"
        known = crm.gold(f"dim_{name}").filter(~pl.col("is_inferred"))
        assert facts.join(known, on=key, how="anti").is_empty(), name
        assert facts.filter(pl.col(key) != 0)[key].n_unique() == members, name
    # The pipeline writes it without the blank.
    products = facts.join(crm.gold("dim_product"), on="product_key")
    assert products.filter(name="GTX Pro").height == 1_480
    segments = crm.gold("dim_account")["segment"]
    assert (segments == "technology").sum() == 12
    assert "technolgy" not in segments


def day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


STATUS = {"Prospecting": "never_touched", "Engaging": "negotiation", "Won": "signed", "Lost": "lost"}


@pytest.fixture(scope="module")
def told(shared_data: Path) -> list[Chance]:
    with (shared_data / "crm_sales_opportunities" / "sales_pipeline.csv").open(encoding="utf-8") as file:
        return [
            Chance(
                id=row["opportunity_id"],
                person=row["sales_agent"],
                account=row["account"],
                status=STATUS[row["deal_stage"]],
                attributed=day(row["engage_date"]),
                closed=day(row["close_date"]),
                amount=Decimal(row["close_value"] or 0),
            )
            for row in csv.DictReader(file)
        ]


def test_people_are_what_plain_python_makes_of_the_file(crm: Shell, told: list[Chance], shared_data: Path):
    with (shared_data / "crm_sales_opportunities" / "accounts.csv").open(encoding="utf-8") as file:
        sizes = {row["account"]: int(row["employees"]) for row in csv.DictReader(file)}
    work, winners = by_person(told, sizes), won_by(told)
    people = {row["salesperson"]: row for row in crm.gold("team_profile").to_dicts()}
    # Five of the 35 agents have no opportunity.
    assert (len(people), len(work)) == (35, 30)
    for name, row in people.items():
        for column, value in work.get(name, {"opportunities": 0, "win_rate": None}).items():
            assert row[column] == value, f"{name}: {column}"
        assert row["won_accounts"] == sum(winner == name for winner in winners.values())
    assert sum(row["signed"] for row in people.values()) == 4_238
    assert sum(row["signed_amount"] for row in people.values()) == 10_005_534
    ranked = sorted(work, key=lambda name: work[name]["win_rate"])
    assert (ranked[0], ranked[-1]) == ("Lajuana Vencill", "Hayden Neloms")


def test_why_reads_the_opportunities_of_the_person_alone(crm: Shell, told: list[Chance]):
    asked = ("why", "team_profile", "Hayden Neloms", "win_rate")
    found = json.loads(crm.well("--quiet", *asked, "--json"))
    own = {each.id for each in told if each.person == "Hayden Neloms"}
    assert {each["id"] for each in found["versions"] if each["entity"] == "opportunity"} == own
    assert [each["name"] for each in found["components"]] == ["signed", "lost"]
    assert found["proof"]["equal"]
    shown = crm.well(*asked)
    assert f"  {len(own) - 5} more of opportunity; --all shows them" in shown
    assert sum(line.startswith("  opportunity ") for line in shown.splitlines()) == 5


def test_open_ones_are_as_old_as_plain_python_says(crm: Shell, told: list[Chance]):
    as_of = date(2018, 1, 1)
    bands = {"age_0_30": 30, "age_31_60": 60, "age_61_90": 90, "age_91_180": 180}
    ages: Counter[str] = Counter()
    for each in told:
        if not each.over:
            days = (as_of - each.attributed).days if each.attributed else None
            band = [name for name, most in bands.items() if days is not None and days <= most]
            ages["age_unknown" if days is None else [*band, "age_over_180"][0]] += 1
    funnel = crm.gold("opportunity_funnel")
    assert set(funnel["as_of"]) == {as_of}
    assert {name: funnel[name].sum() for name in (*bands, "age_over_180", "age_unknown")} == dict(ages)
    assert sum(ages.values()) == 1_589 + 500
