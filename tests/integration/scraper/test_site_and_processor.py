"""What the processor makes of a catalogue: one product a page, and deletions of what is no longer listed."""

import pytest

from saleslake.profiles import load
from saleslake_processor import log_view
from saleslake_processor.contracts.entities import ENTITIES
from saleslake_processor.process import take_in
from saleslake_processor.versions import current
from tests.integration.scraper.catalogue import CARDS, DETAILS, Product, catalogue

pytestmark = pytest.mark.slow

PRODUCT = """snapshot = "table"
[entities.product]
from = "products"
key = "id"
fields.name = "name"
fields.list_price = { from = "price", number = { decimal = ",", currency = "€" } }
"""


def products(place):
    """Id and price of the products that there are, after taking in what was fetched."""
    take_in(place.lake, [load(place.root / "sources", "shop")])
    entity = ENTITIES["product"]
    rows = current(log_view.scan(place.lake, "product"), entity).collect()
    return {
        key: f"{price:.2f}".replace(".", ",") for key, price in rows.select(entity.id, "list_price").rows()
    }


@pytest.mark.parametrize("table", [DETAILS, CARDS])
def test_products_are_those_of_the_site_whatever_pages_they_stand_on(place, site, table):
    shop = catalogue(9)
    place.profile(site.root, table + PRODUCT, kind="site")

    def told():
        shop.publish(site)
        crawl = place.crawl()
        assert crawl.code == 0, crawl.log
        assert products(place) == {each: product.price for each, product in shop.products.items()}

    told()
    # One comes first, so that all move to other places; one changes, and two go.
    shop.products = {"P0": Product("New", "7,25", "a"), **shop.products}
    shop.products["P9"].price = "99,00"
    del shop.products["P2"], shop.products["P7"]
    told()
    # One moves from the last page to the first one, and nothing else is new.
    shop.products = {"P9": shop.products.pop("P9"), **shop.products}
    told()
    shop.products["P1"].price = "1,00"
    told()
