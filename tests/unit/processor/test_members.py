"""Dimensions: current members, inferred ones, and the unknown one."""

from decimal import Decimal

import pytest

from saleslake_processor import keys
from saleslake_processor.marts.graph import MARTS
from tests.unit.processor.derived import event, line
from tests.unit.processor.gold import member, table

DIMENSIONS = [mart.name for mart in MARTS if mart.name.startswith("dim_") and mart.name != "dim_date"]


@pytest.mark.parametrize("name", DIMENSIONS)
def test_every_dimension_has_the_unknown_member_even_when_there_is_nothing_else(name):
    [row] = table(name)
    entity = name.removeprefix("dim_")
    assert (row[f"{entity}_key"], row[f"{entity}_id"], row["company"]) == (keys.UNKNOWN, "", "")
    assert not row["is_inferred"]
    assert row.get("name", row.get("region")) == "unknown"


@pytest.mark.parametrize("entity", ["product", "customer", "store", "salesperson", "place"])
def test_what_a_sale_refers_to_is_inferred_until_it_comes(entity):
    sale = line("a", **{f"{entity}_id": "m"})
    inferred = member(f"dim_{entity}", "m", sale)
    assert inferred["is_inferred"]
    assert inferred.get("name", "m") == "m"
    known = member(f"dim_{entity}", "m", sale, event(entity, "m"))
    assert not known["is_inferred"]
    assert known[f"{entity}_key"] == inferred[f"{entity}_key"]


def test_a_member_that_was_deleted_is_inferred_where_sales_refer_to_it():
    gone = event("product", "p", name="P") | {"deleted": True, "version": 1}
    row = member("dim_product", "p", event("product", "p", name="P"), gone, line("a"))
    assert (row["name"], row["is_inferred"]) == ("p", True)


def test_a_member_that_was_deleted_and_never_sold_is_gone():
    gone = event("product", "q", name="Q") | {"deleted": True, "version": 1}
    assert [row["product_id"] for row in table("dim_product", event("product", "q"), gone)] == [""]


def test_where_a_store_or_a_customer_is_is_a_member_too():
    events = [event("store", "s", place_id="x"), event("customer", "c", place_id="y")]
    assert {row["place_id"] for row in table("dim_place", *events)} == {"", "x", "y"}


CATEGORIES = [
    event("category", "top", name="Drinks"),
    event("category", "leaf", name="Tea", parent_id="top"),
]


def test_a_product_has_the_name_of_its_topmost_category_and_of_its_own():
    row = member("dim_product", "p", *CATEGORIES, event("product", "p", category_id="leaf"))
    assert (row["category"], row["subcategory"]) == ("Drinks", "Tea")


def test_a_product_right_below_the_topmost_category_has_no_other():
    row = member("dim_product", "p", *CATEGORIES, event("product", "p", category_id="top"))
    assert (row["category"], row["subcategory"]) == ("Drinks", None)


def test_a_category_that_is_not_there_goes_by_its_id():
    row = member("dim_product", "p", CATEGORIES[1], event("product", "p", category_id="leaf"))
    assert (row["category"], row["subcategory"]) == ("top", "Tea")


def test_a_product_without_category_is_in_the_unknown_one():
    row = member("dim_product", "p", event("product", "p"))
    assert (row["category_key"], row["category"], row["subcategory"]) == (keys.UNKNOWN, "unknown", None)


def test_prices_are_rounded_half_away_from_zero():
    row = member("dim_product", "p", event("product", "p", list_price="1.00005", unit_cost="0.00004"))
    assert (row["list_price"], row["unit_cost"]) == (Decimal("1.0001"), 0)


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"name": "Ada Lovelace", "first_name": "A"}, "Ada Lovelace"),
        ({"first_name": "Ada", "last_name": "Lovelace"}, "Ada Lovelace"),
        ({"last_name": "Lovelace"}, "Lovelace"),
        ({}, "m"),
    ],
)
@pytest.mark.parametrize("entity", ["customer", "salesperson"])
def test_people_are_named_by_what_there_is(entity, fields, name):
    assert member(f"dim_{entity}", "m", event(entity, "m", **fields))["name"] == name


def test_a_store_without_name_is_called_after_its_town():
    town = event("place", "x", city="Lyon")
    assert member("dim_store", "s", event("store", "s", place_id="x"), town)["name"] == "Lyon"
    assert member("dim_store", "s", event("store", "s", place_id="x", name="S"), town)["name"] == "S"
    assert member("dim_store", "s", event("store", "s"))["name"] == "s"


def test_a_salesperson_has_the_name_of_the_team_or_its_id():
    person = event("salesperson", "m", team_id="t")
    assert member("dim_salesperson", "m", person)["team"] == "t"
    assert member("dim_salesperson", "m", person, event("team", "t", name="North"))["team"] == "North"


def test_a_place_without_region_is_in_the_unknown_one():
    assert member("dim_place", "x", event("place", "x", city="Lyon"))["region"] == "unknown"
