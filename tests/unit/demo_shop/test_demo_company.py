"""The company: its teams, regions, prices and reference files."""

from collections import Counter
from datetime import date
from decimal import Decimal

import pytest

from demo_shop.campaigns import campaigns
from demo_shop.orders import OrderBook
from demo_shop.reference import reference
from demo_shop.regions import REGIONS, department
from demo_shop.seasons import FIRST_DAY
from demo_shop.staff import Staff
from tests.unit.demo_shop.reading import day_of, rows_of, sale_flaws, when


@pytest.fixture(scope="module")
def tables(folder):
    return {path.stem: rows_of(path) for path in (folder / "reference").iterdir()}


@pytest.fixture(scope="module")
def first_versions(sales):
    """Rows as they were made: valid, exported on the day of the order."""
    return [
        row
        for day, row in sales
        if not sale_flaws(row) and when(row).date() == day_of(row["order_date"]) == day
    ]


def test_the_teams_have_7_39_and_14_people():
    people = Staff(20).at(date(2026, 10, 31))
    assert Counter(each.team for each in people) == {"Paris": 7, "Montpellier": 39, "Region": 14}
    assert len({(each.first_name, each.last_name) for each in people}) == 60
    assert all((each.start_date - each.birth_date).days >= 22 * 365 for each in people)


def test_nobody_sells_before_the_first_day_at_work(tables, sales):
    joined = {row["salesperson_id"]: day_of(row["start_date"]) for row in tables["salespeople"]}
    sold = [(day, row["salesperson_id"]) for day, row in sales if row["salesperson_id"]]
    assert {seller for _, seller in sold} >= {key for key, day in joined.items() if day < date(2025, 6, 1)}
    assert all(joined[seller] <= day for day, seller in sold)


def test_all_regions_sell_in_shops_and_online(tables, first_versions):
    region = {row["shop_id"]: row["region"] for row in tables["shops"]}
    assert len(REGIONS) == 13
    assert {region[row["shop_id"]] for row in first_versions if row["shop_id"] != "WEB"} == set(REGIONS)
    assert {row["ship_region"] for row in first_versions if row["shop_id"] == "WEB"} == set(REGIONS)


def test_only_online_sales_are_shipped(sales):
    for _, row in sales:
        shipped = [bool(row[column]) for column in ("ship_city", "ship_postal_code", "ship_region")]
        assert shipped == [row["shop_id"] == "WEB"] * 3


def test_sales_follow_the_price_list(first_versions):
    book = OrderBook(20, date(2025, 6, 30))
    for row in first_versions:
        price = book.prices.of(row["product_id"], day_of(row["order_date"]))
        assert row["unit_price"] == f"{price.cents // 100},{price.cents % 100:02d}"
    prices: dict[str, set[str]] = {}
    for row in first_versions:
        prices.setdefault(row["product_id"], set()).add(row["unit_price"])
    assert sum(len(known) > 1 for known in prices.values()) > 10


def test_the_product_file_shows_the_prices_of_the_last_day(tables, first_versions):
    listed = {row["product_id"]: row["list_price"] for row in tables["products"]}
    sold = {
        row["product_id"]: row["unit_price"] for row in first_versions if row["order_date"] == "30/06/2025"
    }
    assert len(sold) > 20
    assert sold.items() <= listed.items()


def test_promotions_give_the_discount_of_their_weeks(tables, first_versions):
    known = {each.code: each for each in campaigns(2025)}
    parent = {row["category_id"]: row["parent_id"] for row in tables["categories"]}
    category = {row["product_id"]: parent[row["category_id"]] for row in tables["products"]}
    promoted = [row for row in first_versions if row["promotion"]]
    assert {row["promotion"] for row in promoted} == {
        "SOLDES-HIVER-2025",
        "PRINTEMPS-2025",
        "SOLDES-ETE-2025",
    }
    for row in promoted:
        campaign = known[row["promotion"]]
        assert campaign.first <= day_of(row["order_date"]) <= campaign.last
        assert category[row["product_id"]] in campaign.categories
        assert Decimal(row["discount_rate"].replace(",", ".")) * 1000 == campaign.discount
    negotiated = {row["discount_rate"] for row in first_versions if not row["promotion"]}
    assert negotiated == {"0,000", "0,025", "0,050", "0,075", "0,100", "0,125"}


def test_references_are_whole(tables, sales):
    products = {row["product_id"] for row in tables["products"]}
    shops = {row["shop_id"] for row in tables["shops"]}
    categories = {row["category_id"] for row in tables["categories"]}
    assert {row["product_id"] for _, row in sales} - {""} <= products
    assert {row["shop_id"] for _, row in sales} == shops
    assert {row["category_id"] for row in tables["products"]} < categories
    assert {row["parent_id"] for row in tables["categories"]} - {""} < categories
    assert [row["unit_cost"] for row in tables["products"]].count("") == 1


def test_postal_codes_and_departments_are_text(tables):
    assert {len(row["postal_code"]) for row in tables["customers"]} == {5}
    assert any(row["postal_code"].startswith("0") for row in tables["customers"])
    assert [department(code) for code in ("06000", "20000", "20200", "34000")] == ["06", "2A", "2B", "34"]


def test_emails_belong_to_nobody(tables):
    emails = [row["email"] for row in tables["customers"]]
    assert all(email.isascii() and email.endswith(("@example.com", "@example.fr")) for email in emails)
    assert len(set(emails)) == len(emails)


def test_snapshots_show_the_company_of_their_day():
    def shown(day):
        return {
            name: content.decode().splitlines()[1:]
            for name, (_, content) in reference(OrderBook(20, day), FIRST_DAY, day).items()
        }

    first, last = shown(FIRST_DAY), shown(date(2026, 10, 31))
    counts = {name: (len(first[name]), len(rows)) for name, rows in last.items()}
    customers = counts.pop("reference/customers.csv")
    assert counts == {
        "reference/categories.csv": (16, 16),
        "reference/products.csv": (42, 48),
        "reference/salespeople.csv": (51, 60),
        "reference/shops.csv": (21, 23),
    }
    assert 2500 < customers[0] < 2700
    assert 6000 < customers[1] < 9000
    assert sum(row.split(";")[6] == "non" for row in last["reference/products.csv"]) == 2
    assert "C42;Support;C40" in first["reference/categories.csv"]
    assert "C42;Assistance;C40" in last["reference/categories.csv"]
