"""The same net sales by day, product, store, place, salesperson, customer, cohort and segment."""

from dataclasses import dataclass, field
from decimal import Decimal

import polars as pl
import pytest

from saleslake_processor.marts.graph import MARTS
from tests.conftest import REAL_DATA
from tests.e2e.conftest import REAL
from tests.e2e.shell import Shell

_TOLD = {mart.name: set(mart.columns) for mart in MARTS}


@dataclass(frozen=True)
class View:
    """Where net sales are told: rows of a table that say nothing twice, and by what they say it."""

    table: str
    by: tuple[str, ...]
    """Without these a row tells nothing."""
    month: pl.Expr | None = None
    """In which month the net of a row was sold; where no row says it, only the company's total is held."""
    amount: str = "net_amount"
    rows: pl.Expr = field(default_factory=lambda: pl.lit(True))


def figures(grain: str, month: pl.Expr | None = None, rows: pl.Expr | None = None) -> View:
    """Net sales of a grain of `kpis`."""
    of_grain = (pl.col("grain") == grain) & (pl.col("kpi") == "net_sales")
    return View("kpis", ("period",), month, "value", of_grain if rows is None else of_grain & rows)


_MONTH = pl.col("month")
_OF_PERIOD = pl.col("period").dt.truncate("1mo")
_LAST_OF_YEAR = pl.col("period") == pl.col("period").max().over(
    "company", "grain", "kpi", pl.col("period").dt.year()
)

VIEWS = {
    "day": View("sales_daily", ("date",), pl.col("date").dt.truncate("1mo")),
    "category": View("sales_daily", ("category_key",), pl.col("date").dt.truncate("1mo")),
    "product": View("sales_by_product", ("product_key",), _MONTH),
    "store": View("sales_by_store", ("store_key",), _MONTH),
    "place": View("sales_by_region", ("region_key",), _MONTH),
    "salesperson": View("sales_by_salesperson", ("salesperson_key",), _MONTH),
    "customer": View("customer_analysis", ("customer_key",)),
    "segment": View("customer_analysis", ("segment",)),
    # Accounts are no customers: what they book is no sale.
    "cohort": View(
        "cohort_retention",
        ("cohort_month",),
        pl.col("cohort_month").dt.offset_by(pl.format("{}mo", "age_months")),
        rows=pl.col("basis") != "account",
    ),
    "customer by year": View("rfm_history", ("year", "customer_key")),
    "segment by year": View("segment_migration", ("year", "to_segment")),
    "month and product": View("product_demand", ("product_key",), _MONTH),
    "discount": View("discount_impact", ("discount_band",), _MONTH),
    "person": View("team_profile", ("salesperson_key",)),
    "team": View("team_performance", ("team",), _MONTH),
    "day of kpis": figures("day", _OF_PERIOD),
    "week": figures("week"),
    "month": figures("month", _OF_PERIOD),
    "quarter": figures("quarter"),
    "fiscal quarter": figures("fiscal_quarter"),
    "year": figures("year_to_date", rows=_LAST_OF_YEAR),
}
THERE = [name for name, view in VIEWS.items() if view.table in _TOLD]

COMPANIES = ("demo", "demo_team", *REAL)


def facts(shell: Shell, company: str) -> pl.DataFrame:
    """Net by month of the lines, less the returns that stand alone."""
    sold = shell.gold("fact_sales").select("company", month="order_date", net="net_amount")
    alone = shell.gold("fact_returns").filter(~pl.col("sale_known"))
    back = alone.select("company", month="return_date", net=-pl.col("refunded_amount"))
    rows = pl.concat([sold, back]).filter(pl.col("company") == company)
    return rows.select(pl.col("month").dt.truncate("1mo"), "net")


def told(shell: Shell, company: str, name: str) -> pl.DataFrame:
    """Net as a view tells it, by month where it says of which."""
    view = VIEWS[name]
    rows = shell.gold(view.table).filter((pl.col("company") == company) & view.rows).drop_nulls(view.by)
    month = pl.lit(None, pl.Date()) if view.month is None else view.month
    return rows.select(month.alias("month"), net=view.amount)


def by_month(rows: pl.DataFrame) -> dict[object, Decimal]:
    """Net of the months that have any."""
    sums = rows.group_by("month").agg(pl.col("net").sum())
    return {month: net for month, net in sums.iter_rows() if net}


def same_net(shell: Shell, company: str, name: str) -> Decimal:
    """Hold a view to the facts; what the company's net is."""
    expected, got = facts(shell, company), told(shell, company, name)
    assert sum(by_month(got).values()) == sum(by_month(expected).values()), (company, name)
    if VIEWS[name].month is not None:
        assert by_month(got) == by_month(expected), (company, name)
    return Decimal(sum(by_month(expected).values()))


@pytest.mark.parametrize("name", THERE)
def test_of_the_corner_shop(run_once: Shell, name: str):
    assert same_net(run_once, "corner", name) == Decimal("39.5")


@pytest.mark.slow
@pytest.mark.parametrize("name", THERE)
@pytest.mark.parametrize("company", COMPANIES)
def test_of_every_data_set(companies: Shell, company: str, name: str):
    if company in REAL and not REAL_DATA.is_dir():
        pytest.skip(f"real sales data is absent: no folder {REAL_DATA}")
    net = same_net(companies, company, name)
    assert (net > 0) == (company not in WITHOUT_SALES)


WITHOUT_SALES = ("demo_team", "crm")
"""Their sales teams work on opportunities and bookings, which are no sales."""


def test_no_table_that_tells_net_is_left_out():
    """What tells net tells all of it, so that it is held here; changes have no first month, and days that
    stand out are few."""
    views = {view.table for view in VIEWS.values()}
    telling = {name for name, columns in _TOLD.items() if "net_amount" in columns}
    assert telling - views <= {"fact_sales", "refresh_info", "price_volume_mix", "sales_anomalies"}
