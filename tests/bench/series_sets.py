"""Histories that forecasts are measured on: public sales data and the demo shop, by day or week."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from demo_shop.exports import write
from saleslake_processor.forecast.history import PERIOD, SERIES, VALUE, Freq

HORIZONS: dict[Freq, int] = {"1d": 28, "1w": 8}
_UNTIL = date(2026, 10, 31)
_DAY_NULL = date(1899, 12, 30)
"""Of Excel's numbers, which a column of ids of the one set is kept as."""


@dataclass(frozen=True)
class SeriesSet:
    """Which rows (`day`, `amount`, and what the series are told apart by) become which series."""

    name: str
    freq: Freq
    by: tuple[str, ...]
    read: Callable[[Path, Path], pl.DataFrame]
    """Of the folder of the public data, and of one for what is made."""

    def history(self, data: Path, made: Path, most: int) -> pl.DataFrame:
        """`series_key`, `period`, `value` and the columns of `by`; of more than `most` series the largest."""
        rows = self.read(data, made).drop_nulls(["day", *self.by])
        period = pl.col("day") if self.freq == "1d" else pl.col("day").dt.truncate("1w")
        sums = (
            rows.with_columns(pl.concat_str(self.by, separator=" | ").alias(SERIES), period.alias(PERIOD))
            .group_by(SERIES, *self.by, PERIOD)
            .agg(pl.col("amount").sum().alias(VALUE))
        )
        if self.freq == "1w":
            # Weeks that are not whole are no weeks.
            first, last = rows["day"].min(), rows["day"].max()
            whole = (pl.col(PERIOD) >= first) & (pl.col(PERIOD).dt.offset_by("6d") <= last)
            sums = sums.filter(whole)
        largest = (
            sums.group_by(SERIES).agg(pl.col(VALUE).sum()).sort(VALUE, SERIES, descending=True).head(most)
        )
        return sums.join(largest.select(SERIES), on=SERIES, how="semi").sort(SERIES, PERIOD)


def _online_retail(data: Path, _: Path) -> pl.DataFrame:
    rows = pl.read_parquet(data / "online_retail" / "online_retail.parquet")
    return rows.filter(
        pl.col("Quantity") > 0, pl.col("UnitPrice") > 0, pl.col("StockCode").str.contains(r"^\d{5}")
    ).select(
        day=pl.col("InvoiceDate").str.slice(0, 10).str.to_date(), item="StockCode", amount=pl.col("Quantity")
    )


def _adventureworks(data: Path, _: Path) -> pl.DataFrame:
    folder = data / "adventureworks_oltp"

    def sheet(name: str) -> pl.DataFrame:
        return pl.read_excel(folder / f"{name}.xlsx")

    categories = sheet("ProductCategory").select("ProductCategoryID", category="Name")
    subcategories = sheet("ProductSubcategory").select(
        pl.col("ProductSubcategoryID").cast(pl.String), "ProductCategoryID", subcategory="Name"
    )
    products = sheet("Product").select("ProductID", pl.col("ProductSubcategoryID").cast(pl.String))
    territories = sheet("SalesTerritory").select("TerritoryID", territory="Name")
    orders = sheet("SalesOrderHeader").select(
        (pl.col("SalesOrderID") - _DAY_NULL).dt.total_days().alias("SalesOrderID"),
        "TerritoryID",
        day="OrderDate",
    )
    return (
        sheet("SalesOrderDetail")
        .join(orders, on="SalesOrderID")
        .join(products, on="ProductID")
        .join(subcategories, on="ProductSubcategoryID")
        .join(categories, on="ProductCategoryID")
        .join(territories, on="TerritoryID")
        # Its last month has a few accessories alone: the data ends there, and not the demand.
        .filter(pl.col("day") < date(2014, 6, 1))
        .select("day", "territory", "category", "subcategory", amount="LineTotal")
    )


def _superstore(data: Path, _: Path) -> pl.DataFrame:
    rows = pl.read_csv(data / "superstore" / "Sample - Superstore.csv", encoding="utf8-lossy")
    return rows.select(
        day=pl.col("Order Date").str.to_date("%m/%d/%Y"),
        region="Region",
        subcategory="Sub-Category",
        amount="Sales",
    )


def _demo_shop(_: Path, made: Path) -> pl.DataFrame:
    write(made, 20, _UNTIL)
    rows = pl.read_csv(made / "sales" / "*.csv", separator=";", infer_schema=False)
    products = pl.read_csv(made / "reference" / "products.csv", separator=";", infer_schema=False)
    number = {
        name: pl.col(name).str.replace(",", ".").cast(pl.Float64, strict=False)
        for name in ("quantity", "unit_price")
    }
    return (
        rows.sort("updated_at")
        .unique(["order_id", "line"], keep="last", maintain_order=True)
        .filter(pl.col("status") != "cancelled")
        .join(products.unique("product_id").select("product_id", category="category_id"), on="product_id")
        .select(
            day=pl.col("order_date").str.to_date("%d/%m/%Y", strict=False),
            store="shop_id",
            category="category",
            amount=number["quantity"] * number["unit_price"],
        )
        .filter(pl.col("amount") > 0, pl.col("day").is_not_null())
    )


SETS = (
    SeriesSet("online_retail items, daily units", "1d", ("item",), _online_retail),
    SeriesSet("online_retail items, weekly units", "1w", ("item",), _online_retail),
    SeriesSet(
        "adventureworks_oltp territory x category, daily", "1d", ("territory", "category"), _adventureworks
    ),
    SeriesSet(
        "adventureworks_oltp territory x subcategory, weekly",
        "1w",
        ("territory", "subcategory"),
        _adventureworks,
    ),
    SeriesSet("superstore region x sub-category, weekly", "1w", ("region", "subcategory"), _superstore),
    SeriesSet("demo shop store x category, daily", "1d", ("store", "category"), _demo_shop),
)
