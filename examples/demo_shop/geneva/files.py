"""The exports of Geneva and of the rates. They are written another way than the French ones: `,` separates,
the decimal sign is a point, thousands have an apostrophe, days are `dd.mm.yyyy`, instants are in UTC.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime

from demo_shop.geneva.customers import HOME, OPENED_ON, customer, known
from demo_shop.geneva.sales import SHOP_ID, GenevaSale
from demo_shop.text import table

SALES_COLUMNS = (
    "order_id",
    "line",
    "ordered_at",
    "shop_id",
    "customer_id",
    "product_id",
    "quantity",
    "unit_price",
    "currency",
    "discount_percent",
    "status",
    "updated_at",
)
CUSTOMER_COLUMNS = (
    "customer_id",
    "name",
    "segment",
    "email",
    "city",
    "postal_code",
    "canton",
    "country",
    "created_on",
    "updated_at",
)
SHOP_COLUMNS = ("shop_id", "name", "city", "postal_code", "canton", "country", "opened_on")


def sales(rows: Iterable[GenevaSale]) -> bytes:
    """A day's sales file: a row is a version of an order line."""
    return table(
        SALES_COLUMNS,
        (
            (
                row.order_id,
                row.line,
                _utc(row.ordered_at),
                SHOP_ID,
                row.customer_id,
                row.product_id,
                row.quantity,
                _francs(row.unit_price),
                "CHF",
                f"{row.discount // 10}.{row.discount % 10}",
                row.status,
                _utc(row.updated_at),
            )
            for row in rows
        ),
        separator=",",
    )


def snapshots(seed: int, until: date) -> dict[str, bytes]:
    """The customers and the shop, as they are exported on a day."""
    if until < OPENED_ON:
        return {}
    people = (customer(seed, number) for number in range(1, known(until) + 1))
    listed = (
        (*each[:4], *each.town, "Suisse", _swiss(each.created_on), _utc(each.updated_at)) for each in people
    )
    shop = (SHOP_ID, "Genève Rive", *HOME, "Suisse", _swiss(OPENED_ON))
    return {
        "geneva/customers.csv": table(CUSTOMER_COLUMNS, listed, separator=","),
        "geneva/shops.csv": table(SHOP_COLUMNS, [shop], separator=","),
    }


def _utc(seconds: int) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%SZ}"


def _swiss(day: date) -> str:
    return f"{day:%d.%m.%Y}"


def _francs(centimes: int) -> str:
    return f"{centimes // 100:,}".replace(",", "'") + f".{centimes % 100:02d}"
