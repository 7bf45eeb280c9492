"""Clusters of customers by recency, frequency and monetary value, whose labels stay from run to run."""

from saleslake_processor.clusters.cluster import CENTRES, LABELS, Clusters, cluster
from saleslake_processor.clusters.scale import CustomersError

__all__ = ["CENTRES", "LABELS", "Clusters", "CustomersError", "cluster"]
