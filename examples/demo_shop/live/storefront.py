"""The catalogue as pages of HTML: what is on sale on a day, in lists and one by one."""

from collections.abc import Sequence
from datetime import date
from html import escape
from urllib.parse import parse_qs

from demo_shop.catalogue import PRODUCTS, Category, Product, categories
from demo_shop.prices import PriceList
from demo_shop.server import Page
from demo_shop.text import french

CATALOGUE = "/catalogue/"
PER_PAGE = 12
_BRANDS = {"C10": "Mistral", "C20": "Tramontane", "C30": "Garrigue", "C40": "Cigale"}


def page(prices: PriceList, day: date, address: str, query: str) -> Page | None:
    """The page of an address on a day; None when there is none."""
    tree = {each.category_id: each for each in categories(day)}
    products = [each for each in PRODUCTS if each.launched_on <= day <= each.last_day]
    where, _, name = address.removeprefix(CATALOGUE).rstrip("/").partition("/")
    if where == "products":
        [*found] = (each for each in products if each.product_id == name)
        return _html(found[0].name, _detail(found[0], tree, prices, day)) if found else None
    title = "Catalogue"
    if where == "categories" and name in tree:
        title = tree[name].name
        products = [each for each in products if name in (each.category_id, each.top_category)]
    elif where:
        return None
    number = parse_qs(query).get("page", ["1"])[0]
    pages = max(1, -(-len(products) // PER_PAGE))
    if number not in map(str, range(1, pages + 1)):
        return None
    begin = (int(number) - 1) * PER_PAGE
    items = "".join(_item(each, tree, prices, day) for each in products[begin : begin + PER_PAGE])
    body = f'<h1>{escape(title)}</h1>\n<ol class="products" start="{begin + 1}">\n{items}</ol>\n'
    return _html(title, _menu(list(tree.values())) + body + _pager(address, int(number), pages))


def sku(product: Product) -> str:
    """The stock keeping unit that the catalogue shows of a product."""
    return f"{_brand(product)[:3].upper()}-{product.category_id}-{product.product_id[-2:]}"


def price_text(cents: int) -> str:
    """A price as people in France read it, such as 1 299,00 € with blanks that do not break."""
    euros = f"{cents // 100:,}".replace(",", "\u202f")
    return f"{euros},{cents % 100:02d}\u00a0€"


def _brand(product: Product) -> str:
    return _BRANDS[product.top_category]


def _item(product: Product, tree: dict[str, Category], prices: PriceList, day: date) -> str:
    address = f"{CATALOGUE}products/{product.product_id}/"
    return (
        f'<li class="product" data-product-id="{product.product_id}">\n'
        f'<h2 class="name"><a href="{address}">{escape(product.name)}</a></h2>\n'
        f'<p><span class="sku">{sku(product)}</span> <span class="brand">{_brand(product)}</span> '
        f"{_category(tree[product.category_id])} {_price(product, prices, day)}</p>\n</li>\n"
    )


def _detail(product: Product, tree: dict[str, Category], prices: PriceList, day: date) -> str:
    leaf = tree[product.category_id]
    launched = product.launched_on
    facts = {
        "Référence": ("sku", sku(product)),
        "Marque": ("brand", _brand(product)),
        "Rayon": ("categories", f"{_category(tree[leaf.parent_id])} / {_category(leaf)}"),
        "Prix TTC": ("offer", _price(product, prices, day)),
        "Lancement": ("launched", f'<time datetime="{launched}">{french(launched)}</time>'),
    }
    listed = "".join(
        f'<dt>{term}</dt><dd class="{name}">{text}</dd>\n' for term, (name, text) in facts.items()
    )
    return (
        f'<article class="product" data-product-id="{product.product_id}">\n'
        f'<h1 class="name">{escape(product.name)}</h1>\n<dl>\n{listed}</dl>\n</article>\n'
        f'<p><a class="back" href="{CATALOGUE}">Catalogue</a></p>\n'
    )


def _category(category: Category) -> str:
    address = f"{CATALOGUE}categories/{category.category_id}/"
    known = f'data-category-id="{category.category_id}"'
    return f'<a class="category" {known} href="{address}">{escape(category.name)}</a>'


def _price(product: Product, prices: PriceList, day: date) -> str:
    cents = prices.of(product.product_id, day).cents
    amount = f"{cents // 100}.{cents % 100:02d}"
    return f'<data class="price" value="{amount}" data-currency="EUR">{price_text(cents)}</data>'


def _menu(tree: Sequence[Category]) -> str:
    items = "".join(f"<li>{_category(each)}</li>\n" for each in tree)
    return f'<nav class="categories">\n<ul>\n{items}</ul>\n</nav>\n'


def _pager(address: str, number: int, pages: int) -> str:
    def link(rel: str, text: str, to: int) -> str:
        return f'<a class="{rel}" rel="{rel}" href="{address}?page={to}">{text}</a>\n'

    before = link("prev", "Précédent", number - 1) if number > 1 else ""
    after = link("next", "Suivant", number + 1) if number < pages else ""
    return f'<nav class="pages">\n{before}<span class="page">{number} / {pages}</span>\n{after}</nav>\n'


def _html(title: str, body: str) -> Page:
    head = f'<head><meta charset="utf-8"><title>{escape(title)}</title></head>\n'
    text = f'<!doctype html>\n<html lang="fr">\n{head}<body>\n<main>\n{body}</main>\n</body>\n</html>\n'
    return Page(text.encode(), "text/html; charset=utf-8")
