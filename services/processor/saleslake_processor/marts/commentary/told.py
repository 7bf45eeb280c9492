"""What the findings of a company are made of: rows of other gold tables about its last complete month."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import polars as pl

from saleslake_processor import keys
from saleslake_processor.contracts.customers import AT_RISK, NOT_TO_LOSE
from saleslake_processor.marts.commentary.finding import TABLES, Figure, Row
from saleslake_processor.marts.commentary.printed import Printer

Frames = Mapping[str, pl.LazyFrame]

BASES = ("net_sales", "signed_amount", "booked_amount")
"""What a company is measured by: the first of these of which the last 12 months have any."""

_FACTS = ("fact_sales", "fact_opportunities", "fact_bookings")
_GRAINS = ("month", "year_to_date", "rolling_12_months")
_FEW = 3
"""Customers of a kind that may be named."""


@dataclass(frozen=True)
class Told:
    """A company, and the rows that tell of it, by table."""

    company: str
    period: date
    """First day of its last complete month."""
    currency: str
    base: str
    """One of `BASES`."""
    yearly: Decimal
    """The base over the last 12 months; above 0."""
    months: int
    """Complete months that it has."""
    rows: Mapping[str, Sequence[Row]]

    def kpi(self, kpi: str, grain: str = "month", period: date | None = None) -> Row | None:
        """A row of `kpis` that has a value."""
        wanted = (kpi, grain, period or self.period)
        for row in self.rows["kpis"]:
            if (row["kpi"], row["grain"], row["period"]) == wanted and row["value"] is not None:
                return row
        return None

    def known(self, table: str, key: str) -> list[Row]:
        """Rows of a table without those of the unknown member."""
        return [row for row in self.rows[table] if row[key] != keys.UNKNOWN]

    def part(self, rate: str) -> Decimal:
        """So large a part of the base of a year."""
        return self.yearly * Decimal(rate)


def cell(table: str, row: Row, column: str, printed: Printer) -> Figure:
    """A figure that a sentence says."""
    return Figure(table, row, column, printed)


def told(given: Frames) -> Iterator[Told]:
    """Companies that have a year behind them and amounts in one currency, by name."""
    facts = [given[name].select("company", "currency") for name in _FACTS]
    months = (
        given["kpis"]
        .filter(pl.col("grain") == "month", pl.col("is_complete"))
        .group_by("company")
        .agg(last=pl.col("period").max(), months=pl.col("period").n_unique())
    )
    kpis = given["kpis"].filter(pl.col("grain").is_in(_GRAINS))
    currency = pl.concat(facts).drop_nulls().unique()
    spans, figures, currencies, *others = pl.collect_all(
        [months.sort("company"), _of(kpis, months, _now_or_last_year()), currency, *_rows(given, months)]
    )
    rows = dict(zip((name for name in TABLES if name != "kpis"), others, strict=True))
    rows["kpis"] = figures
    for company, period, count in spans.iter_rows():
        in_use = currencies.filter(pl.col("company") == company)["currency"]
        own = {
            name: frame.filter(pl.col("company") == company).sort(TABLES[name].primary_key()).to_dicts()
            for name, frame in rows.items()
        }
        year = {
            row["kpi"]: row["value"]
            for row in own["kpis"]
            if (row["grain"], row["period"]) == ("rolling_12_months", period)
        }
        for base in BASES:
            if len(in_use) == 1 and (yearly := year.get(base) or Decimal(0)) > 0:
                yield Told(company, period, in_use[0], base, yearly, count, own)
                break


def _rows(given: Frames, months: pl.LazyFrame) -> Iterator[pl.LazyFrame]:
    """The rows of each table but `kpis` that may be said, or decide what is, in the order of `TABLES`."""
    last = pl.col("last")
    in_month = pl.col("month") == last
    slipping = pl.col("segment").is_in([NOT_TO_LOSE, AT_RISK])
    dear = pl.col("net_amount").rank("min", descending=True).over("company", slipping)
    known = pl.col("customer_key") != keys.UNKNOWN
    first = pl.col("net_amount").rank("min", descending=True).over("company", "year", known) == 1
    whole_year = pl.col("year") == last.dt.offset_by("1mo").dt.year() - 1
    latest = pl.col("year") == pl.col("year").max().over("company")
    chosen = {
        "price_volume_mix": in_month,
        "product_demand": in_month,
        "discount_impact": in_month,
        "sales_by_region": pl.col("month").is_between(last.dt.offset_by("-23mo"), last),
        "sales_by_salesperson": in_month,
        "team_profile": pl.lit(True),
        "opportunity_funnel": pl.lit(True),
        "customer_analysis": (pl.col("loyalty_rank") <= _FEW) | (slipping & (dear <= _FEW)),
        "rfm_history": whole_year & known & first,
        "segment_migration": latest & (pl.col("year") == last.dt.year()),
        "sales_anomalies": pl.col("date").dt.truncate("1mo") == last,
        "forecast_outlook": (pl.col("level") == "total") & (pl.col("kpi") == "net_amount"),
        "forecast_accuracy": pl.col("is_used") & (pl.col("kpi") == "net_amount"),
    }
    for name, holds in chosen.items():
        yield _of(given[name], months, holds)


def _of(rows: pl.LazyFrame, months: pl.LazyFrame, holds: pl.Expr) -> pl.LazyFrame:
    names = rows.collect_schema().names()
    return rows.join(months, on="company").filter(holds).select(names)


def _now_or_last_year() -> pl.Expr:
    """The period, and the end of the last calendar year that is over."""
    december = pl.date(pl.col("last").dt.offset_by("1mo").dt.year() - 1, 12, 1)
    return (pl.col("period") == pl.col("last")) | (pl.col("period") == december)
