"""The reference files: full snapshots under stable names, exported again on days when they change."""

from collections.abc import Callable, Iterable
from datetime import date, timedelta

from demo_shop import shops
from demo_shop.catalogue import PRODUCTS, categories, category_changes
from demo_shop.orders import OrderBook
from demo_shop.paris import instant, iso
from demo_shop.prices import unit_cost
from demo_shop.regions import department
from demo_shop.text import french, money, table

CATEGORY_COLUMNS = ("category_id", "name", "parent_id")
PRODUCT_COLUMNS = (
    "product_id",
    "name",
    "category_id",
    "list_price",
    "unit_cost",
    "launched_on",
    "active",
    "updated_at",
)
SHOP_COLUMNS = ("shop_id", "name", "city", "postal_code", "department", "region", "country", "opened_on")
STAFF_COLUMNS = ("salesperson_id", "first_name", "last_name", "team", "start_date", "birth_date")
CUSTOMER_COLUMNS = (
    "customer_id",
    "name",
    "segment",
    "email",
    "city",
    "postal_code",
    "region",
    "country",
    "created_on",
    "updated_at",
)
_NIGHT = 5 * 3600


def _categories(_book: OrderBook, day: date) -> bytes:
    return table(CATEGORY_COLUMNS, categories(day))


def _products(book: OrderBook, day: date) -> bytes:
    rows = []
    for product in PRODUCTS:
        if product.launched_on > day:
            continue
        price = book.prices.of(product.product_id, day)
        cost = unit_cost(product, price)
        ended = day > product.last_day
        changed_on = product.last_day + timedelta(days=1) if ended else max(price.since, product.launched_on)
        rows.append(
            (
                *product[:3],
                money(price.cents),
                "" if cost is None else money(cost),
                french(product.launched_on),
                "non" if ended else "oui",
                iso(instant(changed_on, _NIGHT)),
            )
        )
    return table(PRODUCT_COLUMNS, rows)


def _shops(_book: OrderBook, day: date) -> bytes:
    rows = [(shops.WEB, shops.WEB_NAME, "", "", "", "", "France", french(shops.WEB_OPENED_ON))]
    for shop in shops.SHOPS:
        if shop.opened_on <= day:
            city = shop.city
            place = (city.name, city.postal_code, department(city.postal_code), city.region, "France")
            rows.append((shop.shop_id, shop.name, *place, french(shop.opened_on)))
    return table(SHOP_COLUMNS, rows)


def _staff(book: OrderBook, day: date) -> bytes:
    return table(
        STAFF_COLUMNS,
        ((*each[:4], french(each.start_date), french(each.birth_date)) for each in book.staff.at(day)),
    )


def _customers(book: OrderBook, day: date) -> bytes:
    rows = []
    for each in book.customers.listed(day):
        city = each.home(day)
        who = (each.customer_id, each.name, each.segment, each.email)
        where = (city.name, city.postal_code, city.region, "France")
        rows.append((*who, *where, french(each.created_on), iso(each.updated_at(day))))
    return table(CUSTOMER_COLUMNS, rows)


def _product_changes(book: OrderBook) -> Iterable[date]:
    launches = [product.launched_on for product in PRODUCTS]
    # the last day of sale of most is the end of time
    ends = [product.last_day + timedelta(days=1) for product in PRODUCTS if product.last_day < date.max]
    return [*book.prices.changes(), *launches, *ends]


_Text = Callable[[OrderBook, date], bytes]
_Changes = Callable[[OrderBook], Iterable[date]]
_FILES: dict[str, tuple[_Text, _Changes]] = {
    "categories": (_categories, lambda book: category_changes()),
    "customers": (_customers, lambda book: book.customers.changes),
    "products": (_products, _product_changes),
    "salespeople": (_staff, lambda book: book.staff.changes()),
    "shops": (_shops, lambda book: [shop.opened_on for shop in shops.SHOPS]),
}


def reference(book: OrderBook, since: date, until: date) -> dict[str, tuple[date, bytes]]:
    """Each reference file's path with the day of its last export until a day, and its bytes."""
    files = {}
    for name, (text, changes) in _FILES.items():
        exported_on = max((day for day in changes(book) if day <= until), default=since)
        files[f"reference/{name}.csv"] = (max(exported_on, since), text(book, until))
    return files
