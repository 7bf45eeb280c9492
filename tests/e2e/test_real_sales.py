"""Real public sales of six companies in one lake, against totals computed without this software."""

import threading
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import polars as pl
import pytest

from tests.e2e.shell import ROOT, Shell

pytestmark = pytest.mark.slow

SOURCES = (
    *("adventureworks", "adventureworks_oltp", "northwind", "simplon"),
    *("superstore", "superstore_2022"),
)


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory, shared_data: Path) -> Shell:
    """AdventureWorks from its folder, alone in its lake."""
    folder = tmp_path_factory.mktemp("alone")
    shell = Shell(folder / "lake", ROOT / "sources", {"SALESLAKE_DATA": str(shared_data)})
    shell.well("run", "adventureworks")
    return shell


@pytest.fixture(scope="module")
def together(tmp_path_factory: pytest.TempPathFactory, shared_data: Path) -> Shell:
    """All companies in one lake."""
    folder = tmp_path_factory.mktemp("together")
    shell = Shell(folder / "lake", ROOT / "sources", {"SALESLAKE_DATA": str(shared_data)})
    shell.well("run", *SOURCES)
    return shell


@pytest.fixture
def site(shared_data: Path) -> Iterator[str]:
    """What `python -m http.server` serves of the data's folder."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=shared_data)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def _info(shell: Shell, company: str) -> dict[str, object]:
    [info] = shell.gold("refresh_info").filter(company=company).to_dicts()
    return info


def _measures(shell: Shell, company: str) -> dict[str, Decimal]:
    daily = shell.gold("sales_daily").filter(company=company)
    [sums] = daily.select(pl.col(pl.Decimal).sum()).to_dicts()
    return {name: value.quantize(Decimal("0.01")) for name, value in sums.items()}


@pytest.mark.parametrize("lake", ["alone", "together"])
def test_adventureworks(lake: str, request: pytest.FixtureRequest):
    shell = request.getfixturevalue(lake)
    info, measures = _info(shell, "adventureworks"), _measures(shell, "adventureworks")
    assert (info["lines"], info["orders"]) == (56_046, 25_164)
    assert measures["sales_amount"] == Decimal("24914586.82")
    assert measures["units"] == 84_174
    sales = shell.gold("fact_sales").filter(company="adventureworks")
    assert sales["customer_key"].n_unique() == 17_416
    assert sales["sales_cost_amount"].sum().quantize(Decimal("0.01")) == Decimal("14456871.39")
    # Returns say neither order nor customer.
    returns = shell.gold("fact_returns").filter(company="adventureworks", customer_key=0)
    assert returns["quantity"].sum() == 1_828
    assert returns["refunded_amount"].sum().quantize(Decimal("0.01")) == Decimal("765277.84")
    assert measures["net_amount"] == Decimal("24149308.98")


def test_a_site_and_a_folder_give_the_same_bytes(alone: Shell, site: str, tmp_path: Path):
    shell = Shell(tmp_path / "lake", ROOT / "sources", {"SALESLAKE_DATA": site})
    shell.well("run", "adventureworks")
    assert len(alone.hashes()) > 40
    assert shell.hashes() == alone.hashes()


def test_superstore(together: Shell):
    info, measures = _info(together, "superstore"), _measures(together, "superstore")
    assert (info["lines"], info["orders"]) == (9_994, 5_009)
    assert measures["sales_amount"] == Decimal("2297200.86")
    assert measures["returned_amount"] == Decimal("180504.28")
    assert measures["net_amount"] == Decimal("2116696.58")
    assert measures["margin_amount"] == Decimal("263164.66")
    sales = together.gold("fact_sales").filter(company="superstore")
    before = sales.select(pl.col("sales_amount").sum() - pl.col("sales_cost_amount").sum()).item()
    assert before.quantize(Decimal("0.01")) == Decimal("286397.02")
    assert sales.filter(pl.col("returned_quantity") > 0)["order_key"].n_unique() == 296
    assert together.gold("fact_returns").filter(company="superstore")["return_key"].n_unique() == 296
    codes = together.gold("dim_place").filter(company="superstore")["postal_code"].drop_nulls()
    assert codes.len() > 600
    assert codes.str.len_chars().unique().to_list() == [5]


def test_the_newer_superstore_is_a_company_of_its_own(together: Shell):
    info, measures = _info(together, "superstore_2022"), _measures(together, "superstore_2022")
    assert (info["lines"], info["orders"], info["customers"]) == (10_194, 5_111, 804)
    assert (info["first_date"], info["last_date"]) == (date(2019, 1, 3), date(2022, 12, 30))
    assert measures["sales_amount"] == Decimal("2326534.35")
    assert measures["units"] == 38_654
    # This edition has no list of returns.
    assert measures["returned_amount"] == 0
    assert measures["margin_amount"] == Decimal("292296.81")
    sales = together.gold("fact_sales").filter(company="superstore_2022")
    places = together.gold("dim_place").filter(company="superstore_2022")
    abroad = sales.join(places, on="place_key").filter(country="Canada")
    assert abroad.height == 200
    codes = abroad["postal_code"].unique()
    assert "M7A" in codes
    assert codes.str.contains("^[A-Z][0-9][A-Z]$").all()


def test_simplon(together: Shell):
    assert _measures(together, "simplon")["net_amount"] == Decimal("5268.78")
    assert _measures(together, "simplon")["units"] == 122
    towns = together.gold("sales_by_store").filter(company="simplon").group_by("store")
    assert dict(towns.agg(pl.col("net_amount").sum()).iter_rows()) == {
        "Lyon": Decimal("1059.79"),
        "Marseille": Decimal("1009.73"),
        "Bordeaux": Decimal("829.81"),
        "Paris": Decimal("799.80"),
        "Nantes": Decimal("739.83"),
        "Strasbourg": Decimal("579.89"),
        "Lille": Decimal("249.93"),
    }


def test_adventureworks_database(together: Shell):
    info = _info(together, "adventureworks_oltp")
    assert (info["lines"], info["orders"]) == (121_317, 31_465)
    assert info["sales_amount"] == Decimal("109846381.4039")
    daily = together.gold("sales_daily").filter(company="adventureworks_oltp")
    assert daily["total_amount"].sum() == Decimal("123216786.1159")
    assert daily["units"].sum() == 274_914
    sales = together.gold("fact_sales").filter(company="adventureworks_oltp")
    assert sales["customer_key"].n_unique() == 19_119
    assert sales.filter(pl.col("salesperson_key") != 0)["salesperson_key"].n_unique() == 17


def test_northwind(together: Shell):
    info = _info(together, "northwind")
    assert (info["lines"], info["orders"]) == (518, 196)
    assert (info["first_date"], info["last_date"]) == (date(1996, 7, 4), date(1997, 2, 12))
    measures = _measures(together, "northwind")
    assert measures["net_amount"] == Decimal("386424.23")
    assert measures["units"] == 12_743
    sales = together.gold("fact_sales").filter(company="northwind")
    assert (sales["customer_key"].n_unique(), sales["salesperson_key"].n_unique()) == (74, 9)

    def best(table: str, key: str, name: str) -> tuple[str, Decimal]:
        by_name = sales.join(together.gold(table), on=key).group_by(name).agg(pl.col("net_amount").sum())
        found: tuple[str, Decimal] = by_name.sort("net_amount").row(-1)
        return found

    assert best("dim_salesperson", "salesperson_key", "name") == ("Margaret Peacock", Decimal("105696.50"))
    assert best("dim_customer", "customer_key", "name") == ("Ernst Handel", Decimal("35631.21"))
    assert best("dim_place", "place_key", "country") == ("USA", Decimal("69611.75"))
    regions = together.gold("sales_by_region").filter(company="northwind", region="USA")
    assert regions["net_amount"].sum() == Decimal("69611.75")
    # Where codes have five digits, the zeros are back; elsewhere four digits are whole.
    places = together.gold("dim_place").filter(company="northwind")
    codes = places.filter(pl.col("city").is_in(["Leipzig", "Salzburg"])).sort("city")["postal_code"]
    assert codes.to_list() == ["04179", "5020"]


def test_the_loyalty_list_of_northwind(together: Shell):
    customers = together.gold("customer_analysis").filter(company="northwind")
    [best] = customers.filter(loyalty_rank=1).to_dicts()
    assert (best["customer"], best["net_amount"]) == ("Ernst Handel", Decimal("35631.21"))
    assert (best["segment"], best["orders"], best["recency_days"]) == ("Champions", 10, 2)
    assert customers["segment"].value_counts().filter(segment="none")["count"].to_list() == [17]
    assert customers["orders"].sum() == 196


def test_why_of_a_customer_without_an_order(together: Shell):
    told = together.well("why", "customer_analysis", "company=northwind", "customer_id=22", "net_amount")
    assert "order line" not in told.split("\nmembers:")[1]
    assert told.rstrip().endswith("gold says 0.00; made anew it is 0.00: equal")


def test_superstore_knows_its_customers_year_by_year(together: Shell):
    years = together.gold("rfm_history").filter(company="superstore")
    net = together.gold("fact_sales").filter(company="superstore")
    by_year = net.group_by(pl.col("order_date").dt.year().cast(pl.Int64)).agg(pl.col("net_amount").sum())
    told = years.group_by("year").agg(pl.col("net_amount").sum())
    assert dict(told.iter_rows()) == dict(by_year.iter_rows())
    counted = years.group_by("year").agg(pl.col("orders").sum(), customers=pl.len().cast(pl.Int64))
    assert counted.sort("year").rows() == [
        (2016, 969, 595),
        (2017, 1038, 731),
        (2018, 1315, 782),
        (2019, 1687, 793),
    ]
    flows = together.gold("segment_migration").filter(company="superstore")
    came = flows.filter(from_segment="none").group_by("year").agg(pl.col("customers").sum()).sort("year")
    assert came["customers"].to_list() == [595, 136, 51, 11]


def test_companies_in_one_lake_keep_apart(together: Shell):
    as_of = together.gold("refresh_info").select("company", "as_of").sort("company")
    assert as_of.rows() == [
        ("adventureworks", date(2017, 7, 1)),
        ("adventureworks_oltp", date(2014, 7, 1)),
        ("northwind", date(1997, 2, 13)),
        ("simplon", date(2023, 6, 26)),
        ("superstore", date(2019, 12, 31)),
        ("superstore_2022", date(2022, 12, 31)),
    ]
    for table, key in (("fact_sales", "order_line_key"), *DIMENSIONS.values()):
        assert together.gold(table)[key].is_unique().all(), table
    # What each member is says whose it is: no line of one company points to a member of another.
    sales = together.gold("fact_sales")
    for key, (table, _) in DIMENSIONS.items():
        of = together.gold(table).select(key, owner="company")
        strangers = sales.filter(pl.col(key) != 0).join(of, on=key, how="left")
        assert strangers.filter(pl.col("owner").ne_missing(pl.col("company"))).is_empty(), table


DIMENSIONS = {
    "product_key": ("dim_product", "product_key"),
    "store_key": ("dim_store", "store_key"),
    "place_key": ("dim_place", "place_key"),
    "customer_key": ("dim_customer", "customer_key"),
    "salesperson_key": ("dim_salesperson", "salesperson_key"),
}

MARTS = {
    "sales_daily": ("date", "store_key"),
    "sales_by_product": ("month", "product_key"),
    "sales_by_store": ("month", "store_key"),
}

OF_CUSTOMERS = ("customer_analysis", "rfm_history", "segment_migration", "cohort_retention")


def _net(shell: Shell) -> pl.DataFrame:
    """Net of each line, and less what was given back for sales that are not known, on its own day."""
    keys = ["company", *DIMENSIONS]
    sold = shell.gold("fact_sales").select(*keys, date="order_date", net="net_amount")
    back = shell.gold("fact_returns").filter(~pl.col("sale_known"))
    given = back.select(*keys, date="return_date", net=-pl.col("refunded_amount"))
    return pl.concat([sold, given]).with_columns(month=pl.col("date").dt.truncate("1mo"))


@pytest.mark.parametrize("mart", MARTS)
def test_a_mart_is_the_sum_of_the_facts_cell_by_cell(together: Shell, mart: str):
    grain = ["company", *MARTS[mart]]
    facts = _net(together).group_by(grain).agg(pl.col("net").sum())
    cells = together.gold(mart).group_by(grain).agg(pl.col("net_amount").sum())
    assert facts.height > 30
    both = facts.join(cells, on=grain, how="full", coalesce=True)
    assert both.filter(pl.col("net").ne_missing(pl.col("net_amount"))).rows() == []


def test_totals_by_every_key_are_equal(together: Shell):
    net = _net(together)
    expected = dict(net.group_by("company").agg(pl.col("net").sum()).iter_rows())
    assert sorted(expected) == sorted(SOURCES)
    info = together.gold("refresh_info").select("company", "net_amount")
    assert dict(info.iter_rows()) == expected
    for mart in (*MARTS, "sales_by_region", *OF_CUSTOMERS):
        sums = together.gold(mart).group_by("company").agg(pl.col("net_amount").sum())
        assert dict(sums.iter_rows()) == expected, mart
    for key, (table, _) in DIMENSIONS.items():
        # Every key is there once, the unknown member's too: a join neither loses nor doubles a line.
        joined = net.join(together.gold(table).select(key), on=key)
        sums = joined.group_by("company").agg(pl.col("net").sum())
        assert dict(sums.iter_rows()) == expected, table
