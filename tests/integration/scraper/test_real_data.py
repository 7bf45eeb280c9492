"""Real public exports, with the dirt that they have."""

import polars as pl
import pytest

pytestmark = pytest.mark.slow

# Known totals are those of the data's own README, computed without this software.
SUPERSTORE = """
[tables.orders_csv]
files = "Sample - Superstore.csv"
[tables.orders_xls]
files = "*(2016-2019).xls"
sheet = "Orders"
[tables.returns]
files = "*(2016-2019).xls"
sheet = "Returns"
[tables.people]
files = "*(2016-2019).xls"
sheet = "People"
"""
OLTP = """
[tables.headers]
files = "SalesOrderHeader.xlsx"
[tables.short]
files = "SalesOrderHeader_4cols.xlsx"
"""


def test_superstore_is_the_same_in_csv_and_in_old_excel(place, shared_data):
    place.profile(str(shared_data / "superstore"), SUPERSTORE)
    crawl = place.crawl()
    assert crawl.code == 0, crawl.log
    assert crawl.report["rows"] == {"orders_csv": 9994, "orders_xls": 9994, "returns": 800, "people": 4}
    columns = ["Row ID", "Order ID", "Quantity", "Customer Name", "Product ID", "Discount"]
    csv, xls = (place.rows(table).select(columns) for table in ("orders_csv", "orders_xls"))
    assert csv.sort("Row ID").equals(xls.sort("Row ID"))
    sales = place.rows("orders_xls").select(pl.col("Sales").cast(pl.Decimal(18, 4)).sum()).item()
    assert round(sales, 2).__str__() == "2297200.86"
    assert place.rows("orders_xls")["Order Date"].str.contains(r"^\d{4}-\d\d-\d\d$").all()


def test_a_key_that_is_formatted_as_a_date_comes_as_it_is_shown(place, shared_data):
    place.profile(str(shared_data / "adventureworks_oltp"), OLTP)
    crawl = place.crawl()
    assert crawl.code == 0, crawl.log
    headers, short = place.rows("headers"), place.rows("short")
    assert headers.height == short.height == 31_465
    assert headers["SalesOrderID"][0] == "2019-07-13"
    assert short["SalesOrderID"][0] == "43659"
    keys = headers["SalesOrderID"].str.to_date() - pl.date(1899, 12, 30)
    assert (
        pl.select(keys).to_series().dt.total_days().cast(pl.String).to_list()
        == short["SalesOrderID"].to_list()
    )
    due = headers.select(pl.col("TotalDue").cast(pl.Decimal(18, 4)).sum()).item()
    assert round(due, 2).__str__() == "123216786.12"
    assert headers["PurchaseOrderNumber"].str.count_matches("^NULL$").sum() == 27_659


def test_text_without_header_and_quotes(place, shared_data):
    said = 'separator = "\\t"\nquote = ""\ncolumns = ["id", "product", "rowguid", "modified"]\n'
    place.profile(str(shared_data / "adventureworks_oltp"), said, files="SpecialOfferProduct.csv")
    crawl = place.crawl()
    assert crawl.code == 0, crawl.log
    rows = place.rows()
    assert (rows.height, rows["product"].null_count(), rows["modified"].null_count()) == (538, 0, 0)


@pytest.mark.parametrize(
    ("folder", "table", "files", "rows"),
    [
        ("simplon_pme", "ventes", "*ventes.csv", 30),
        ("online_retail", "lines", "online_retail.csv.gz", 541_909),
        ("online_retail", "lines", "online_retail.parquet", 541_909),
        ("crm_sales_opportunities", "pipeline", "sales_pipeline.csv", 8_800),
        ("northwind_w3schools", "employees", "Employees.csv", 10),
    ],
)
def test_every_row_of_a_real_export_arrives(place, shared_data, folder, table, files, rows):
    place.profile(str(shared_data / folder), f'[tables.{table}]\nfiles = "{files}"\n')
    crawl = place.crawl()
    assert crawl.code == 0, crawl.log
    assert crawl.report["rows"] == {table: rows}


def test_the_same_invoices_in_csv_and_in_parquet(place, shared_data):
    tables = '[tables.a]\nfiles = "online_retail.csv.gz"\n[tables.b]\nfiles = "online_retail.parquet"\n'
    place.profile(str(shared_data / "online_retail"), tables)
    crawl = place.crawl()
    assert crawl.code == 0, crawl.log
    columns = ["InvoiceNo", "StockCode", "Quantity", "UnitPrice", "CustomerID", "Country"]
    a, b = (place.rows(table).select(columns) for table in ("a", "b"))
    numbers = pl.col("UnitPrice").cast(pl.Float64)
    assert a.with_columns(numbers).equals(b.with_columns(numbers))
