"""The few figures that are told after a run, read from the current snapshot of gold."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import polars as pl

from saleslake.lake import Lake
from saleslake_processor import gold_files
from saleslake_processor.gold_files import Manifest

MOST = 5
"""Products and regions that are named for each company."""


@dataclass(frozen=True)
class Headline:
    """A company's sales of all time."""

    company: str
    currency: str
    """ISO 4217 code of the amounts; several where its sources differ."""
    sales: Decimal
    net: Decimal
    orders: int
    lines: int
    first: date
    last: date
    as_of: date


@dataclass(frozen=True)
class Leader:
    """A product or region that is among the first by net of all time."""

    company: str
    name: str
    net: Decimal
    share: float | None
    """Part of the company's net, 0..1; none where that is not above 0."""


@dataclass(frozen=True)
class Pipeline:
    """What a company's sales team works on, of all time."""

    company: str
    currency: str
    """As of `Headline`."""
    opportunities: int
    signed: Decimal
    bookings: int
    booked: Decimal


@dataclass(frozen=True)
class Outlook:
    """What a company may expect of the days, or of the weeks, ahead."""

    company: str
    currency: str
    """As of `Headline`."""
    freq: str
    """day or week."""
    periods: int
    first: date
    expected: Decimal
    """Net sales of these periods."""
    low: Decimal
    """Within this and `high` in 8 of 10 cases."""
    high: Decimal
    year_before: Decimal | None


def outlooks(lake: Lake, manifest: Manifest) -> list[Outlook]:
    """Net sales that are expected, by company, days first."""
    if "forecast_outlook" not in manifest.tables:
        return []
    rows = (
        gold_files.read(lake, manifest, "forecast_outlook")
        .filter(pl.col("level") == "total", pl.col("kpi") == "net_amount")
        .join(currencies(lake, manifest, "fact_sales"), on="company", how="left")
        .sort("company", "freq")
        .select(
            *("company", pl.col("currency").fill_null(""), "freq", "periods"),
            *("year_before",),
            first="first_period",
            expected="forecast",
            low="lo80",
            high="hi80",
        )
    )
    return [Outlook(**row) for row in rows.collect().iter_rows(named=True)]


def headlines(lake: Lake, manifest: Manifest) -> list[Headline]:
    """One a company that has sales, by name."""
    rows = (
        gold_files.read(lake, manifest, "refresh_info")
        .filter(pl.col("first_date").is_not_null())
        .join(currencies(lake, manifest, "fact_sales"), on="company", how="left")
        .sort("company")
        .select(
            "company",
            pl.col("currency").fill_null(""),
            sales="sales_amount",
            net="net_amount",
            orders="orders",
            lines="lines",
            first="first_date",
            last="last_date",
            as_of="as_of",
        )
    )
    return [Headline(**row) for row in rows.collect().iter_rows(named=True)]


def pipelines(lake: Lake, manifest: Manifest) -> list[Pipeline]:
    """One a company that has opportunities or bookings, by name."""
    rows = (
        gold_files.read(lake, manifest, "refresh_info")
        .filter(pl.col("opportunities") + pl.col("bookings") > 0)
        .join(currencies(lake, manifest, "fact_opportunities", "fact_bookings"), on="company")
        .sort("company")
        .select(
            *("company", "currency", "opportunities", "bookings"),
            signed="signed_amount",
            booked="booked_amount",
        )
    )
    return [Pipeline(**row) for row in rows.collect().iter_rows(named=True)]


def currencies(lake: Lake, manifest: Manifest, *facts: str) -> pl.LazyFrame:
    """The currencies of the facts, by company."""
    named = [gold_files.read(lake, manifest, fact).select("company", "currency") for fact in facts]
    return pl.concat(named).unique().group_by("company").agg(pl.col("currency").sort().str.join(", "))


def top_products(lake: Lake, manifest: Manifest, companies: Collection[str]) -> list[Leader]:
    """The first products by net of each company."""
    rows = gold_files.read(lake, manifest, "sales_by_product")
    return _leaders(rows, "product_key", pl.col("product"), companies)


def top_regions(lake: Lake, manifest: Manifest, companies: Collection[str]) -> list[Leader]:
    """The first regions by net of each company."""
    rows = gold_files.read(lake, manifest, "sales_by_region")
    own_name = pl.col("region") != pl.col("country")
    name = pl.when(own_name).then(pl.format("{}, {}", "region", "country")).otherwise("region")
    return _leaders(rows, "region_key", name, companies)


def _leaders(rows: pl.LazyFrame, key: str, name: pl.Expr, companies: Collection[str]) -> list[Leader]:
    share = pl.col("net").cast(pl.Float64) / pl.col("all").cast(pl.Float64)
    leaders = (
        rows.filter(pl.col("company").is_in(list(companies)))
        .group_by("company", key)
        .agg(name=name.first(), net=pl.col("net_amount").sum())
        .with_columns(all=pl.col("net").sum().over("company"))
        .with_columns(share=pl.when(pl.col("all") > 0).then(share))
        .sort("company", "net", key, descending=[False, True, False])
        .group_by("company", maintain_order=True)
        .head(MOST)
        .select("company", "name", "net", "share")
    )
    return [Leader(**row) for row in leaders.collect().iter_rows(named=True)]
