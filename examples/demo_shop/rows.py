"""One exported observation of an order line or of a return, before it becomes text."""

from datetime import date
from typing import NamedTuple

from demo_shop.regions import City

COMPLETED, CANCELLED = "completed", "cancelled"

# what makes a row one that must be refused
BAD_DATE, BAD_QUANTITY, BAD_PRICE, NO_PRODUCT = "date", "quantity", "price", "product"


class Sale(NamedTuple):
    """A version of an order line.

    `second` is the local second of the day; `unit_price` is in cents with VAT, `discount` in thousandths;
    `updated_at` is in seconds since 1970 UTC; `ship_to` is None in shops; `flaw` names the planted dirt.
    """

    order_id: str
    line: int
    order_date: date
    second: int
    shop_id: str
    customer_id: str
    salesperson_id: str
    product_id: str
    quantity: int
    unit_price: int
    discount: int
    promotion: str
    status: str
    updated_at: int
    ship_to: City | None
    region: str
    flaw: str = ""


class Return(NamedTuple):
    """A version of a return: `quantity` units of an order line that came back on `return_date`."""

    return_id: str
    order_id: str
    line: int
    return_date: date
    quantity: int
    reason: str
    updated_at: int
    flaw: str = ""
