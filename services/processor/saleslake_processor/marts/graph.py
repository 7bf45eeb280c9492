"""The gold tables, declared as data: name, contract, what each is made of, and how."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import dataframely as dy
import polars as pl

from saleslake_processor.contracts import affinity as affinities
from saleslake_processor.contracts import customers as customer_tables
from saleslake_processor.contracts import dimensions, facts, marts, operations, products, team
from saleslake_processor.contracts.kpis import Kpis
from saleslake_processor.derive.sums import SUMS
from saleslake_processor.derive.touched import DIMENSIONS, KEPT
from saleslake_processor.marts import (
    affinity,
    calendar,
    cohorts,
    customers,
    demand,
    discounts,
    members,
    operating,
    opportunities,
    price_volume_mix,
    quality,
    recommendations,
    runs,
    sales,
    sales_team,
    salespeople,
    team_performance,
    team_profile,
)
from saleslake_processor.marts.kpis.table import kpis

Frames = Mapping[str, pl.LazyFrame]


@dataclass(frozen=True)
class Mart:
    """A gold table.

    - `additive`: its rows are the state's, month by month; only months that changed are published anew;
    - `derived`: built from sums and members at each publication;
    - `whole`: built from all facts at each publication.
    """

    name: str
    contract: type[dy.Schema]
    inputs: tuple[str, ...]
    kind: Literal["additive", "derived", "whole"]
    build: Callable[[Frames], pl.LazyFrame]

    @property
    def columns(self) -> list[str]:
        """Columns in the order of publication: what says which row it is, then what is measured."""
        measures = set(marts.Measures.column_names())
        names = self.contract.column_names()
        return [name for name in names if name not in measures] + [name for name in names if name in measures]


STATE: tuple[str, ...] = (
    "fact_sales",
    "fact_returns",
    "references",
    "ledger",
    "refused",
    "waiting",
    "places_at_sale",
    "runs",
    "publication",
    *(f"current/{name}" for name in KEPT),
    *(f"sums/{name}" for name in SUMS),
)
"""What gold tables may be made of besides one another."""

MARTS: tuple[Mart, ...] = (
    Mart(
        "dim_date",
        dimensions.DimDate,
        ("sums/date_store_category", "current/opportunity", "current/booking", "publication"),
        "derived",
        calendar.dim_date,
    ),
    Mart(
        "dim_place",
        dimensions.DimPlace,
        (
            "current/place",
            "current/store",
            "current/customer",
            "current/account",
            "references",
            "sums/month_place",
            "places_at_sale",
        ),
        "derived",
        members.dim_place,
    ),
    Mart(
        "dim_product",
        dimensions.DimProduct,
        ("current/product", "current/category", "current/opportunity", "references", "sums/month_product"),
        "derived",
        members.dim_product,
    ),
    Mart(
        "dim_customer",
        dimensions.DimCustomer,
        ("current/customer", "references", "sums/month_customer"),
        "derived",
        members.dim_customer,
    ),
    Mart(
        "dim_store",
        dimensions.DimStore,
        ("current/store", "dim_place", "references", "sums/month_store"),
        "derived",
        members.dim_store,
    ),
    Mart(
        "dim_salesperson",
        dimensions.DimSalesperson,
        (
            "current/salesperson",
            "current/team",
            "current/opportunity",
            "references",
            "sums/month_salesperson",
        ),
        "derived",
        members.dim_salesperson,
    ),
    Mart(
        "dim_account",
        dimensions.DimAccount,
        ("current/account", "current/opportunity", "current/booking", "references"),
        "derived",
        members.dim_account,
    ),
    Mart("fact_sales", facts.FactSales, ("fact_sales",), "additive", sales.fact_sales),
    Mart("fact_returns", facts.FactReturns, ("fact_returns",), "whole", sales.fact_returns),
    Mart(
        "fact_opportunities",
        facts.FactOpportunities,
        ("current/opportunity", "current/exchange_rate"),
        "whole",
        sales_team.fact_opportunities,
    ),
    Mart(
        "fact_bookings",
        facts.FactBookings,
        ("current/booking", "current/exchange_rate"),
        "whole",
        sales_team.fact_bookings,
    ),
    Mart(
        "sales_daily",
        marts.SalesDaily,
        ("sums/date_store_category", "current/category", "references"),
        "derived",
        sales.sales_daily,
    ),
    Mart(
        "sales_by_product",
        marts.SalesByProduct,
        ("sums/month_product", "dim_product"),
        "derived",
        sales.sales_by_product,
    ),
    Mart(
        "sales_by_store",
        marts.SalesByStore,
        ("sums/month_store", "dim_store"),
        "derived",
        sales.sales_by_store,
    ),
    Mart(
        "sales_by_region",
        marts.SalesByRegion,
        ("sums/month_region", "sums/month_region_customer", "dim_place"),
        "derived",
        sales.sales_by_region,
    ),
    Mart(
        "sales_by_salesperson",
        team.SalesBySalesperson,
        (
            "sums/month_salesperson",
            "sums/date_customer",
            "fact_sales",
            "fact_opportunities",
            "dim_salesperson",
        ),
        "whole",
        salespeople.sales_by_salesperson,
    ),
    Mart(
        "opportunity_funnel",
        team.OpportunityFunnel,
        ("fact_opportunities", "dim_salesperson", "sums/date_store_category"),
        "whole",
        opportunities.opportunity_funnel,
    ),
    Mart(
        "team_profile",
        team.TeamProfile,
        (
            *("fact_opportunities", "fact_bookings", "dim_salesperson", "dim_account"),
            *("sales_by_salesperson", "sums/date_store_category"),
        ),
        "whole",
        team_profile.team_profile,
    ),
    Mart(
        "team_performance",
        team.TeamPerformance,
        ("fact_opportunities", "fact_bookings", "dim_salesperson", "sales_by_salesperson"),
        "whole",
        team_performance.team_performance,
    ),
    Mart(
        "rfm_history",
        customer_tables.RfmHistory,
        ("sums/date_customer", "fact_sales"),
        "whole",
        customers.rfm_history,
    ),
    Mart(
        "customer_analysis",
        customer_tables.CustomerAnalysis,
        ("sums/customer", "dim_customer", "rfm_history"),
        "derived",
        customers.customer_analysis,
    ),
    Mart(
        "segment_migration",
        customer_tables.SegmentMigration,
        ("rfm_history",),
        "derived",
        customers.segment_migration,
    ),
    Mart(
        "cohort_retention",
        customer_tables.CohortRetention,
        ("sums/month_customer", "fact_bookings"),
        "derived",
        cohorts.cohort_retention,
    ),
    Mart(
        "discount_impact",
        products.DiscountImpact,
        ("sums/month_discount", "current/category", "references"),
        "derived",
        discounts.discount_impact,
    ),
    Mart(
        "price_volume_mix",
        products.PriceVolumeMix,
        ("sums/month_product", "sums/date_store_category", "dim_product"),
        "derived",
        price_volume_mix.price_volume_mix,
    ),
    Mart(
        "product_demand",
        products.ProductDemand,
        ("sums/month_product", "sums/date_store_category", "dim_product"),
        "derived",
        demand.product_demand,
    ),
    Mart(
        "product_affinity",
        affinities.ProductAffinity,
        ("fact_sales", "sums/date_store_category", "dim_product"),
        "whole",
        affinity.product_affinity,
    ),
    Mart(
        "recommendation_accuracy",
        affinities.RecommendationAccuracy,
        ("fact_sales", "sums/date_store_category", "dim_product"),
        "whole",
        recommendations.recommendation_accuracy,
    ),
    Mart(
        "customer_recommendations",
        affinities.CustomerRecommendations,
        (
            *("fact_sales", "sums/date_store_category", "dim_product"),
            *("product_affinity", "recommendation_accuracy"),
        ),
        "whole",
        recommendations.customer_recommendations,
    ),
    Mart(
        "kpis",
        Kpis,
        ("sums/date_customer", "fact_sales", "fact_opportunities", "fact_bookings", "publication"),
        "whole",
        kpis,
    ),
    Mart("batch_ledger", operations.BatchLedger, ("ledger", "waiting"), "derived", operating.batch_ledger),
    Mart(
        "data_quality",
        operations.DataQuality,
        (
            *("ledger", "refused", "waiting", "references", "fact_sales"),
            *(f"current/{name}" for name in DIMENSIONS),
        ),
        "whole",
        quality.data_quality,
    ),
    Mart("restatements", operations.Restatements, ("runs",), "derived", runs.restatements),
    Mart("run_results", operations.RunResults, ("runs",), "derived", runs.run_results),
    Mart(
        "refresh_info",
        operations.RefreshInfo,
        (
            *("sums/company", "sums/date_store_category", "sums/month_customer"),
            *("fact_opportunities", "fact_bookings", "restatements"),
            *("ledger", "waiting", "publication"),
        ),
        "derived",
        operating.refresh_info,
    ),
)
"""In an order in which each is built after what it is made of."""

OPERATIONAL = ("batch_ledger", "data_quality", "restatements", "run_results", "refresh_info")
"""Tables about runs, which a rebuild is not meant to repeat: they depend on what came when."""
