"""The catalogue in pages: whoever follows the links meets the products that are on sale, at their prices."""

from datetime import date, timedelta
from html.parser import HTMLParser

import pytest

from demo_shop.catalogue import PRODUCTS
from demo_shop.live import storefront
from demo_shop.orders import OrderBook
from demo_shop.reference import reference
from demo_shop.seasons import FIRST_DAY

SEED, DAY = 20, date(2026, 3, 20)


@pytest.fixture(scope="module")
def book():
    return OrderBook(SEED, DAY)


class Page(HTMLParser):
    """What a page says by its classes: products as dictionaries, and the addresses of links by class."""

    def __init__(self, text):
        super().__init__()
        self.products, self.links, self._within = [], {}, []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        known = dict(attrs)
        name = known.get("class", "")
        if name == "product":
            self.products.append({"product_id": known["data-product-id"]})
        if tag == "a":
            self.links.setdefault(name, []).append(known["href"])
        if self.products and tag == "a" and name == "category":
            self.products[-1]["category_id"] = known["data-category-id"]
        if self.products and tag == "data":
            self.products[-1] |= {"list_price": known["value"], "currency": known["data-currency"]}
        if tag != "meta":
            self._within.append(name)

    def handle_endtag(self, tag):
        self._within.pop()

    def handle_data(self, data):
        for name in ("name", "sku", "brand", "price"):
            if name in self._within and self.products:
                self.products[-1][name] = data


def read(book, address, query="", day=DAY):
    page = storefront.page(book.prices, day, address, query)
    return Page(page.body.decode()) if page else None


def walk(book, address, day=DAY):
    """All products of a list, and how many pages it has."""
    found, pages, query = [], 0, ""
    while True:
        page = read(book, address, query, day)
        found += page.products
        pages += 1
        following = page.links.get("next")
        if not following:
            return found, pages
        assert following[0].startswith(f"{address}?")
        query = following[0].partition("?")[2]


def exported(book, day):
    """The products on sale in the reference file of a day."""
    head, *rows = reference(book, FIRST_DAY, day)["reference/products.csv"][1].decode().splitlines()
    named = [dict(zip(head.split(";"), row.split(";"), strict=True)) for row in rows]
    return {row["product_id"]: row for row in named if row["active"] == "oui"}


@pytest.mark.parametrize("day", [date(2023, 12, 1), date(2025, 7, 1), DAY])
def test_the_pages_are_the_products(book, day):
    found, pages = walk(book, "/catalogue/", day)
    expected = exported(book, day)
    assert [each["product_id"] for each in found] == list(expected)
    assert pages == 4
    for each in found:
        row = expected[each["product_id"]]
        assert (each["name"], each["category_id"]) == (row["name"], row["category_id"])
        assert (each["list_price"].replace(".", ","), each["currency"]) == (row["list_price"], "EUR")
        digits = each["price"].replace("\u202f", "").removesuffix("\u00a0€")
        assert digits == row["list_price"]


def test_a_product_has_a_page_that_says_the_same(book):
    listed, _ = walk(book, "/catalogue/")
    for each in listed:
        page = read(book, f"/catalogue/products/{each['product_id']}/")
        assert page.products == [each]
        assert page.links["category"][0].startswith("/catalogue/categories/")
    assert len({each["sku"] for each in listed}) == len(listed)
    assert {each["brand"] for each in listed} == {"Mistral", "Tramontane", "Garrigue", "Cigale"}


def test_lists_lead_to_the_pages_of_their_products(book):
    page = read(book, "/catalogue/")
    assert page.links[""] == [f"/catalogue/products/{each['product_id']}/" for each in page.products]
    assert "prev" not in page.links
    assert read(book, "/catalogue/", "page=2").links["prev"] == ["/catalogue/?page=1"]


def test_categories_divide_the_catalogue(book):
    addresses = read(book, "/catalogue/").links["category"][:16]
    lists = {address.split("/")[3]: walk(book, address)[0] for address in addresses}
    assert len(lists) == 16
    everything = {each["product_id"] for each in walk(book, "/catalogue/")[0]}
    for is_top in (True, False):
        chosen = [found for key, found in lists.items() if key.endswith("0") == is_top]
        ids = [each["product_id"] for found in chosen for each in found]
        assert len(ids) == len(everything)
        assert set(ids) == everything
    assert walk(book, "/catalogue/categories/C30/")[1] == 2


def test_a_price_changes_on_its_day(book):
    day = next(day for day in book.prices.changes() if day > date(2025, 2, 1))
    before, after = (
        {each["product_id"]: each["price"] for each in walk(book, "/catalogue/", one)[0]}
        for one in (day - timedelta(days=1), day)
    )
    assert before.keys() == after.keys()
    assert before != after


def test_what_is_not_on_sale_is_not_there(book):
    coming = next(each for each in PRODUCTS if each.name == "Suite Création Totale")
    gone = next(each for each in PRODUCTS if each.name == "Suite Bureau Édition 2022")
    for product, day in ((coming, date(2026, 3, 8)), (gone, date(2025, 7, 1))):
        assert read(book, f"/catalogue/products/{product.product_id}/", day=day) is None
    assert read(book, f"/catalogue/products/{coming.product_id}/", day=date(2026, 3, 9))
    assert read(book, f"/catalogue/products/{gone.product_id}/", day=date(2025, 6, 30))


@pytest.mark.parametrize(
    ("address", "query"),
    [
        ("/catalogue/", "page=5"),
        ("/catalogue/", "page=0"),
        ("/catalogue/", "page=one"),
        ("/catalogue/categories/C99/", ""),
        ("/catalogue/categories/", ""),
        ("/catalogue/products/", ""),
        ("/catalogue/products/SUI-99/", ""),
        ("/catalogue/offers/", ""),
    ],
)
def test_there_are_no_other_pages(book, address, query):
    assert read(book, address, query) is None
