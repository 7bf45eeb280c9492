"""A corner shop of five sales lines, whose totals are reckoned by hand."""

from pathlib import Path

PROFILE = """
company = "corner"
kind = "files"
address = "{address}"
currency = "EUR"

[manners]
retries = 0

[tables.sales]
files = "sales-*.csv"

[tables.products]
files = "products.csv"

[entities.order_line]
from = "sales"
key = ["order", "line"]

[entities.order_line.fields]
order_id = "order"
order_date = "day"
product_id = "product"
store_id = "shop"
quantity = "quantity"
unit_price = "price"
discount_rate = "discount"

[entities.product]
from = "products"
key = "id"
fields.name = "name"
fields.category_id = "category"
fields.unit_cost = "cost"

[entities.category]
from = "products"
key = "category"
fields.name = "category"
"""

PRODUCTS = """id,name,category,cost
A,Apple pie,Food,2.00
B,Bread,Food,1.00
C,Cup,Things,
"""

SALES_HEADER = "order,line,day,product,shop,quantity,price,discount\n"

SALES = (
    SALES_HEADER
    + """1,1,2024-01-02,A,North,2,10.00,0.1
1,2,2024-01-02,B,North,3,2.50,0
2,1,2024-01-31,C,South,1,4.00,0
3,1,2024-02-01,A,South,some,10.00,0
3,2,2024-02-01,B,South,4,2.50,0
"""
)
"""20.00 - 2.00, 7.50, 4.00, refused (the fifth row of the file's lines is the fourth of the data), 10.00."""

CORRECTION = SALES_HEADER + "1,1,2024-01-02,A,North,1,10.00,0.1\n"
"""One piece of pie less: 10.00 - 1.00."""


def write(folder: Path) -> None:
    """The shop's exports."""
    folder.mkdir(parents=True)
    (folder / "products.csv").write_text(PRODUCTS)
    (folder / "sales-1.csv").write_text(SALES)


def profile(sources: Path, name: str, address: str | Path, text: str = PROFILE) -> None:
    """A profile of it in a folder of profiles, there at once: a service that looks sees no half of it."""
    sources.mkdir(parents=True, exist_ok=True)
    aside = sources / f"{name}.part"
    aside.write_text(text.replace("{address}", str(address)))
    aside.replace(sources / f"{name}.toml")
