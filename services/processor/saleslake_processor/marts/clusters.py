"""Clusters of customers, as they were learnt."""

from collections.abc import Mapping

import polars as pl

from saleslake_processor.contracts.columns import MONEY

Frames = Mapping[str, pl.LazyFrame]

OF_CUSTOMER = ("cluster", "cluster_name")


def customer_clusters(given: Frames) -> pl.LazyFrame:
    """Clusters with their centres."""
    centre = {
        "centre_recency": "recency_days",
        "centre_orders": "orders",
        "centre_net_amount": "net_amount",
    }
    return given["learnt/cluster_centre"].with_columns(
        *(pl.col(of).round(MONEY.scale).cast(MONEY).alias(name) for name, of in centre.items()),
        stability_rate="stability",
        silhouette_rate="silhouette",
    )


def cluster_of(given: Frames) -> pl.LazyFrame:
    """`company`, `customer_key` and `OF_CUSTOMER`."""
    return given["learnt/customer_cluster"].select("company", "customer_key", *OF_CUSTOMER)
