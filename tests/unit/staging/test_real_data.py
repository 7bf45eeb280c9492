"""The profiles of this repository on the data that they are for: all rows, and the sums that are known."""

from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path

import polars as pl
import pytest

import demo_shop
from demo_shop import exports
from saleslake.profiles import Source, load, names
from saleslake.raw import ROWS_PER_FILE
from saleslake_processor.contracts.entities import ENTITIES
from saleslake_processor.staging.check import faults
from saleslake_processor.staging.stage import Staged, stage
from saleslake_scraper.listing.patterns import fed_tables
from saleslake_scraper.readers.read import read_file
from tests.conftest import ROOT

SOURCES = ROOT / "sources"
FETCHED_AT = pl.lit(datetime(2026, 3, 1, tzinfo=UTC), pl.Datetime("us", "UTC"))


@pytest.mark.parametrize("name", names(SOURCES))
def test_the_profile_is_valid(name):
    assert list(faults(load(SOURCES, name, {}), SOURCES)) == []


def read_tables(source: Source) -> dict[str, pl.DataFrame]:
    parts: dict[str, list[pl.DataFrame]] = {name: [] for name in source.tables}
    files = sorted(file for file in Path(source.address[0]).rglob("*") if file.is_file())
    for number, file in enumerate(files, 1):
        fed = fed_tables(source.tables, file.as_posix())
        for table, frame in read_file(file.name, file.read_bytes(), fed, 1 << 30).items() if fed else ():
            parts[table].append(
                frame.with_columns(
                    pl.col("_row") + number * ROWS_PER_FILE,
                    _address=pl.lit(str(file)),
                    _fetched_at=FETCHED_AT,
                    _content_hash=pl.lit("0"),
                )
            )
    return {table: pl.concat(frames, how="diagonal") for table, frames in parts.items() if frames}


Results = dict[str, list[Staged]]


def results_of(name: str, environment: dict[str, str]) -> Results:
    source = load(SOURCES, name, environment)
    raw = read_tables(source)
    return {
        entity: [
            stage(raw[mapping.from_], source, ENTITIES[entity], mapping, "20260301T000000000000Z")
            for mapping in mappings
            if mapping.from_ in raw
        ]
        for entity, mappings in source.entities.items()
    }


@pytest.fixture(scope="module")
def results(shared_data):
    return cache(lambda name: results_of(name, {"SALESLAKE_DATA": str(shared_data)}))


# source, entity, mapping: rows seen, ignored, things among the accepted ones
COUNTS = {
    "adventureworks": {
        "order_line": [(56046, 0, 56046)],
        "return": [(1809, 0, 1809)],
        "product": [(293, 0, 293)],
        "category": [(37, 0, 37), (4, 0, 4)],
        "customer": [(18148, 0, 18148)],
        "place": [(10, 0, 10)],
    },
    "superstore": {
        "order_line": [(9994, 0, 9994)],
        "return": [(800, 0, 296)],
        "product": [(9994, 0, 1862)],
        "category": [(9994, 0, 17), (9994, 0, 3)],
        "customer": [(9994, 0, 793)],
        "place": [(9994, 0, 632)],
        "salesperson": [(4, 0, 4)],
    },
    "superstore_2022": {
        "order_line": [(10194, 0, 10194)],
        "product": [(10194, 0, 1862)],
        "category": [(10194, 0, 17), (10194, 0, 3)],
        "customer": [(10194, 0, 804)],
        "place": [(10194, 0, 655)],
    },
    "simplon": {
        "order_line": [(30, 0, 30)],
        "product": [(5, 0, 5)],
        "store": [(7, 0, 7)],
        "place": [(7, 0, 7)],
    },
    "adventureworks_oltp": {
        "order": [(31465, 0, 31465)],
        "order_line": [(121317, 0, 121317)],
        "product": [(504, 0, 504)],
        "category": [(37, 0, 37), (4, 0, 4)],
        "customer": [(19820, 0, 19820)],
        "place": [(10, 0, 10)],
        "store": [(31465, 0, 2)],
        "salesperson": [(290, 273, 17)],
    },
    "northwind": {
        "order": [(196, 0, 196)],
        "order_line": [(518, 0, 518)],
        "product": [(77, 0, 77)],
        "category": [(8, 0, 8)],
        "customer": [(91, 0, 91)],
        "place": [(91, 70, 20), (91, 21, 67)],
        "salesperson": [(10, 0, 10)],
    },
    "crm": {
        "opportunity": [(8800, 0, 8800)],
        "account": [(85, 0, 85)],
        "place": [(85, 0, 15)],
        "product": [(7, 0, 7)],
        "category": [(7, 0, 3)],
        "salesperson": [(35, 0, 35)],
        "team": [(35, 0, 6)],
    },
}


@pytest.mark.parametrize("name", COUNTS)
def test_every_row_is_taken(results, name):
    found = results(name)
    for entity, staged in found.items():
        for one in staged:
            assert one.refused["rule"].to_list() == [], entity
            assert one.seen == one.ignored + one.accepted.height
    counts = {
        entity: [(one.seen, one.ignored, one.accepted[f"{entity}_id"].n_unique()) for one in staged]
        for entity, staged in found.items()
    }
    assert counts == COUNTS[name]


def of(results, name, entity, place=0):
    return results(name)[entity][place].accepted


REFERENCES = [
    ("adventureworks", ["product", "customer", "place"]),
    ("superstore", ["product", "customer", "place", "salesperson"]),
    ("superstore_2022", ["product", "customer", "place"]),
    ("simplon", ["product", "store"]),
    ("adventureworks_oltp", ["product", "order"]),
    ("northwind", ["product", "order"]),
]


@pytest.mark.parametrize(("name", "references"), REFERENCES)
def test_what_lines_refer_to_is_there(results, name, references):
    lines = of(results, name, "order_line")
    for entity in references:
        column = f"{entity}_key"
        missing = lines.join(of(results, name, entity), on=column, how="anti")
        assert (missing.height, lines[column].null_count()) == (0, 0), entity


def test_categories_hang_together(results):
    for name in ("adventureworks", "superstore", "adventureworks_oltp"):
        products = of(results, name, "product").filter(pl.col("category_id").is_not_null())
        lower, upper = of(results, name, "category", 0), of(results, name, "category", 1)
        assert products.join(lower, on="category_key", how="anti").height == 0
        assert lower.join(upper, left_on="parent_key", right_on="category_key", how="anti").height == 0


def test_adventureworks(results):
    lines, products = of(results, "adventureworks", "order_line"), of(results, "adventureworks", "product")
    priced = lines.join(products, on="product_key")
    at_list = (priced["quantity"].cast(pl.Decimal(38, 4)) * priced["list_price"]).sum()
    assert round(at_list, 2) == Decimal("24914586.82")
    assert (lines["quantity"].sum(), lines["order_id"].n_unique()) == (84174, 25164)
    assert of(results, "adventureworks", "return")["quantity"].sum() == 1828
    customers = of(results, "adventureworks", "customer")
    assert customers["gender"].value_counts().sort("gender").rows() == [(None, 130), ("F", 8892), ("M", 9126)]
    assert {"Jiménez", "Smith-Bates"} <= set(customers["last_name"])


def test_superstore(results):
    lines = of(results, "superstore", "order_line")
    sums = lines.select(pl.col("sales_amount", "profit_amount", "quantity").sum()).row(0)
    assert sums == (Decimal("2297200.8603"), Decimal("286397.0217"), 37873)
    returned = lines.join(of(results, "superstore", "return").unique("order_key"), on="order_key", how="semi")
    assert returned["sales_amount"].sum() == Decimal("180504.2779")
    products = of(results, "superstore", "product").sort("version_at", "row")
    chair = products.filter(pl.col("product_id") == "FUR-CH-10001146")["name"]
    assert (chair.n_unique(), chair[-1]) == (2, "Global Value Mid-Back Manager's Chair, Gray")
    codes = of(results, "superstore", "place")["postal_code"]
    assert (codes.null_count(), set(codes.drop_nulls().str.len_chars())) == (11, {5})


def test_simplon(results):
    lines, products = of(results, "simplon", "order_line"), of(results, "simplon", "product")
    priced = lines.join(products, on="product_key")
    assert (priced["quantity"].cast(pl.Decimal(38, 4)) * priced["list_price"]).sum() == Decimal("5268.78")


def test_adventureworks_from_its_database(results):
    lines, orders = (
        of(results, "adventureworks_oltp", "order_line"),
        of(results, "adventureworks_oltp", "order"),
    )
    amounts = ["subtotal_amount", "tax_amount", "freight_amount", "total_amount"]
    subtotal, tax, freight, total = orders.select(pl.col(amounts).sum()).row(0)
    assert (subtotal, total) == (Decimal("109846381.4039"), Decimal("123216786.1159"))
    assert subtotal + tax + freight == total
    by_order = lines.group_by("order_key").agg(pl.col("sales_amount").sum()).join(orders, on="order_key")
    assert by_order.height == orders.height
    off = (by_order["sales_amount"] - by_order["subtotal_amount"]).abs().max()
    assert off is not None
    assert off <= Decimal("0.00005")
    assert orders["status"].unique().to_list() == ["completed"]
    sellers = orders.filter(pl.col("salesperson_id").is_not_null())
    assert (sellers.height, sellers["salesperson_id"].n_unique()) == (31465 - 27659, 17)
    assert sellers.join(
        of(results, "adventureworks_oltp", "salesperson"), on="salesperson_key", how="anti"
    ).is_empty()


@pytest.mark.slow
def test_the_demo_shop(tmp_path):
    seed, since, until = 20, date(2025, 1, 1), date(2025, 3, 31)
    exports.write(tmp_path / "exports", seed, until, since)
    found = results_of("demo", {"SALESLAKE_DEMO_SHOP": str(tmp_path / "exports")})
    truth = demo_shop.truth(seed, until, since)
    [sales], [returns] = found["order_line"], found["return"]
    assert (sales.seen, returns.seen) == (truth["rows"]["sales"], truth["rows"]["returns"])
    assert sales.refused.height == truth["rows"]["refused_sales"] > 0
    assert returns.refused.height == truth["rows"]["refused_returns"]
    assert set(sales.refused["rule"]) == {
        "order_date|unreadable",
        "product_id|nullability",
        "quantity_positive",
        "unit_price|unreadable",
    }
    lines = sales.accepted.sort("version_at", "row").unique("order_line_id", keep="last", maintain_order=True)
    counted = lines.filter(pl.col("status") != "cancelled")
    assert lines.height - counted.height == truth["totals"]["cancelled_lines"]
    assert (counted.height, counted["quantity"].sum()) == (truth["totals"]["lines"], truth["totals"]["units"])
    others = {entity: [one.refused.height for one in staged] for entity, staged in found.items()}
    assert (
        sum(sum(refused) for entity, refused in others.items() if entity not in {"order_line", "return"}) == 0
    )
    places = pl.concat([one.accepted for one in found["place"]])
    # Whichever table brings a town last, nothing of it changes.
    assert (
        places.unique(["place_id", "city", "postal_code", "region", "country"])["place_id"].is_unique().all()
    )
