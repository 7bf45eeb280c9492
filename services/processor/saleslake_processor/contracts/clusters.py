"""Clusters of customers, as they were learnt last."""

import dataframely as dy

from saleslake_processor.contracts import columns as c

CLUSTER = "number of the cluster; it stays from one learning to the next while the cluster does"

CLUSTER_NAME = (
    "what its centre is like: recency, frequency, monetary value, in words; all customers: the only one"
)


class CustomerClusters(dy.Schema):
    """One row per company and cluster of its customers who have an order that counts, as learnt last.

    Found by k-means of days since the last order, orders and net; beside the segments, whose rules are known
    beforehand.
    """

    company = c.text("whose customers", primary=True)
    cluster = c.count(CLUSTER, primary=True)
    cluster_name = c.text(CLUSTER_NAME, required=True)
    customers = c.count("customers in it when it was learnt")
    centre_recency = c.quantity("days from the last order to as_of, geometric mean of 1 more", required=True)
    centre_orders = c.quantity("orders, geometric mean of 1 more", required=True)
    centre_net_amount = c.money(
        "net, geometric mean; what is next to nothing or below counts as little", required=True
    )
    stability_rate = c.rate(
        "how much halves of the customers agree on so many clusters: adjusted Rand index, 1 alike, 0 as by "
        "chance; null where there is one"
    )
    silhouette_rate = c.rate(
        "how much nearer its customers are to its centre than to the next one, on average: 0 halfway, 1 at "
        "the centre; null where there is one"
    )
