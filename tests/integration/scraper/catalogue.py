"""A shop's catalogue as HTML: lists in pages, categories beside them, a page a product; and what it holds."""

from dataclasses import dataclass, field

from tests.integration.scraper.site import Site

DETAILS = """
[tables.products]
start = "catalogue/"
follow = ["li.next a", ".categories a::attr(href)"]
detail = ".product h3 a"
columns = { id = "main::attr(data-id)", name = "h1", price = ".price", category = ".kind", note = ".note" }
"""
CARDS = """
[tables.products]
start = "catalogue/"
follow = "li.next a"
row = ".product"
columns = { id = "::attr(data-id)", name = "h3 a::text", price = ".price" }
"""


@dataclass
class Product:
    name: str
    price: str
    category: str
    note: str | None = "kept cool"


@dataclass
class Catalogue:
    """Products by id, shown in the order in which they stand here."""

    products: dict[str, Product] = field(default_factory=dict)
    per_page: int = 4
    banner: str = "Welcome"

    def publish(self, site: Site) -> None:
        """Put all its pages in the place of those that were there."""
        site.files.clear()
        self._list(site, "/catalogue/", list(self.products))
        for category in sorted({product.category for product in self.products.values()}):
            ids = [each for each, product in self.products.items() if product.category == category]
            self._list(site, f"/category/{category}/", ids)
        for each, product in self.products.items():
            note = f'<p class="note">{product.note}</p>' if product.note else ""
            site.files[f"/product/{each}.html"] = self._page(
                f'<main data-id="{each}"><h1>{product.name}</h1>'
                f'<p class="price">\n  <b>{product.price}</b> €</p>'
                f'<span class="kind">{product.category}</span>{note}</main>'
            )

    def expected(self) -> list[tuple[str | None, ...]]:
        """The rows that a crawl of the detail pages owes, by id."""
        return sorted(
            (each, product.name, f"{product.price} €", product.category, product.note)
            for each, product in self.products.items()
        )

    def _list(self, site: Site, folder: str, ids: list[str]) -> None:
        pages = [ids[at : at + self.per_page] for at in range(0, len(ids), self.per_page)] or [[]]
        for number, shown in enumerate(pages, 1):
            cards = "".join(
                f'<article class="product" data-id="{each}">'
                f'<h3><a href="/product/{each}.html#top">{self.products[each].name}</a></h3>'
                f'<p class="price">{self.products[each].price}</p></article>'
                for each in shown
            )
            ahead = f'<ul><li class="next"><a href="{folder}page-{number + 1}.html">next</a></li></ul>'
            side = "".join(
                f'<a href="/category/{name}/">{name}</a>'
                for name in sorted({product.category for product in self.products.values()})
            )
            site.files[folder if number == 1 else f"{folder}page-{number}.html"] = self._page(
                f'<div class="categories">{side}</div>{cards}{ahead if number < len(pages) else ""}'
            )

    def _page(self, body: str) -> bytes:
        return f"<!doctype html><html><body><header>{self.banner}</header>{body}</body></html>".encode()


def catalogue(count: int = 10) -> Catalogue:
    """So many products, named `P1` and on."""
    return Catalogue(
        {
            f"P{number}": Product(f"Product {number} é", f"{number},50", "abc"[number % 3])
            for number in range(1, count + 1)
        }
    )
