"""The daily files: sales and returns."""

from collections.abc import Iterable

from demo_shop.paris import iso
from demo_shop.rows import BAD_DATE, BAD_PRICE, BAD_QUANTITY, NO_PRODUCT, Return, Sale
from demo_shop.text import french, impossible, money, table

SALES_COLUMNS = (
    "order_id",
    "line",
    "order_date",
    "order_time",
    "shop_id",
    "customer_id",
    "salesperson_id",
    "product_id",
    "quantity",
    "unit_price",
    "discount_rate",
    "promotion",
    "status",
    "updated_at",
    "ship_city",
    "ship_postal_code",
    "ship_region",
)
RETURNS_COLUMNS = ("return_id", "order_id", "line", "return_date", "quantity", "reason", "updated_at")


def sales(rows: Iterable[Sale]) -> bytes:
    """A day's sales file: a row is a version of an order line."""
    return table(SALES_COLUMNS, map(_sale, rows))


def returns(rows: Iterable[Return]) -> bytes:
    """A day's returns file: a row is a version of a return."""
    return table(RETURNS_COLUMNS, map(_return, rows))


def _sale(row: Sale) -> tuple[object, ...]:
    hours, rest = divmod(row.second, 3600)
    return (
        row.order_id,
        row.line,
        impossible(row.order_date) if row.flaw == BAD_DATE else french(row.order_date),
        f"{hours:02d}:{rest // 60:02d}:{rest % 60:02d}",
        row.shop_id,
        row.customer_id,
        row.salesperson_id,
        "" if row.flaw == NO_PRODUCT else row.product_id,
        _bad_quantity(row.quantity) if row.flaw == BAD_QUANTITY else row.quantity,
        "N/A" if row.flaw == BAD_PRICE else money(row.unit_price),
        f"0,{row.discount:03d}",
        row.promotion,
        row.status,
        iso(row.updated_at),
        row.ship_to.name if row.ship_to else "",
        row.ship_to.postal_code if row.ship_to else "",
        row.ship_to.region if row.ship_to else "",
    )


def _bad_quantity(quantity: int) -> int:
    # nought for a single unit, else less than nought
    return 0 if quantity == 1 else -quantity


def _return(row: Return) -> tuple[object, ...]:
    return (
        row.return_id,
        row.order_id,
        row.line,
        impossible(row.return_date) if row.flaw == BAD_DATE else french(row.return_date),
        0 if row.flaw == BAD_QUANTITY else row.quantity,
        row.reason,
        iso(row.updated_at),
    )
