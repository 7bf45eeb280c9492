"""The gold tables, declared as data: name, contract, what each is made of, and how."""

from saleslake_processor.contracts import affinity as affinities
from saleslake_processor.contracts import commentary as words
from saleslake_processor.contracts import customers as customer_tables
from saleslake_processor.contracts import dimensions, facts, marts, operations, products, reorder, team
from saleslake_processor.contracts.kpis import Kpis
from saleslake_processor.contracts.targets import FactTargets
from saleslake_processor.derive.touched import DIMENSIONS
from saleslake_processor.marts import (
    affinity,
    anomalies,
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
    stock,
    targets,
    team_performance,
    team_profile,
)
from saleslake_processor.marts.commentary.table import commentary
from saleslake_processor.marts.kpis.table import kpis
from saleslake_processor.marts.learnt import LEARNT_OF
from saleslake_processor.marts.mart import Mart

MARTS: tuple[Mart, ...] = (
    Mart(
        "dim_date",
        dimensions.DimDate,
        (
            *("sums/date_store_category", "current/opportunity", "current/booking", "current/stock"),
            "publication",
        ),
        "derived",
        calendar.dim_date,
    ),
    Mart(
        "dim_place",
        dimensions.DimPlace,
        (
            *("current/place", "current/store", "current/customer", "current/account"),
            *("references", "sums/month_place", "places_at_sale"),
        ),
        "derived",
        members.dim_place,
    ),
    Mart(
        "dim_product",
        dimensions.DimProduct,
        (
            *("current/product", "current/category", "current/opportunity", "current/stock"),
            *("references", "sums/month_product"),
        ),
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
        ("current/store", "current/stock", "dim_place", "references", "sums/month_store"),
        "derived",
        members.dim_store,
    ),
    Mart(
        "dim_salesperson",
        dimensions.DimSalesperson,
        (
            *("current/salesperson", "current/team", "current/opportunity"),
            *("references", "sums/month_salesperson"),
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
    Mart("fact_stock", reorder.FactStock, ("current/stock",), "whole", stock.fact_stock),
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
            "targets",
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
        (
            *("sums/customer", "dim_customer", "rfm_history"),
            *("learnt/customer_forecast", "learnt/customer_cluster"),
        ),
        "derived",
        customers.customer_analysis,
    ),
    Mart(
        "customer_accuracy",
        customer_tables.CustomerAccuracy,
        ("learnt/customer_accuracy",),
        "derived",
        customers.customer_accuracy,
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
        (
            *("sums/date_customer", "fact_sales", "fact_opportunities", "fact_bookings", "publication"),
            "targets",
        ),
        "whole",
        kpis,
    ),
    Mart(
        "fact_targets",
        FactTargets,
        (
            *("targets", "current/team", "current/category", "dim_salesperson", "dim_store"),
            *("kpis", "sales_by_salesperson", "sales_by_store", "sales_daily", "team_performance"),
        ),
        "derived",
        targets.fact_targets,
    ),
    *LEARNT_OF,
    Mart("sales_anomalies", words.SalesAnomalies, ("kpis",), "derived", anomalies.sales_anomalies),
    Mart(
        "commentary",
        words.Commentary,
        (
            *("fact_sales", "fact_opportunities", "fact_bookings", "kpis", "price_volume_mix"),
            *("product_demand", "discount_impact", "sales_by_region", "sales_by_salesperson"),
            *("team_profile", "opportunity_funnel", "customer_analysis", "rfm_history"),
            *("segment_migration", "sales_anomalies", "forecast_outlook", "forecast_accuracy"),
        ),
        "whole",
        commentary,
    ),
    Mart("batch_ledger", operations.BatchLedger, ("ledger", "waiting"), "derived", operating.batch_ledger),
    Mart(
        "data_quality",
        operations.DataQuality,
        (
            *("ledger", "refused", "waiting", "references", "fact_sales", "reference"),
            "learnt/forecast_accuracy",
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
