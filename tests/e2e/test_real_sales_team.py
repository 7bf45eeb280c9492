"""A real public CRM, against totals computed without this software."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

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
