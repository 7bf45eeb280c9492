"""Formulas of what is told of customers."""

from collections.abc import Mapping
from dataclasses import replace

from saleslake_processor.why.formulas.way import COMPANY, NOTHING, Way, every

_CUSTOMER = ("company", "customer_key")
_OF_YEAR = ("company", "year", "customer_key")

CUSTOMER_IN_YEARS = Way(within=_CUSTOMER, spans=True)
"""A customer has a row for each year since its first sale until the company's last."""

_FIFTH = "1 + floor(5 * (customers below + half of the equal ones) / customers), by"


def _until(formula: str, *of: str, adds: tuple[str, ...] = ()) -> Way:
    return replace(CUSTOMER_IN_YEARS, formula=formula, of=of, adds=adds)


def _scored(orders: str, net: str) -> dict[str, Way]:
    return {
        "first_order_date": _until("first day with an order line of the customer"),
        "last_order_date": _until("last day with an order line of the customer"),
        "recency_days": _until("as_of - last_order_date", "last_order_date"),
        "r_score": Way(f"{_FIFTH} last_order_date", COMPANY, ("last_order_date",)),
        "f_score": Way(f"{_FIFTH} {orders}", COMPANY, (orders,)),
        "m_score": Way(f"{_FIFTH} {net}", COMPANY, (net,)),
        "segment": Way(
            "by r_score, and f_score + m_score: table in docs/figures.md",
            COMPANY,
            ("r_score", "f_score", "m_score"),
        ),
    }


def _learnt(formula: str) -> Way:
    """Of all customers as they were when it was learnt, which no order line alone says."""
    return Way(formula, NOTHING)


CUSTOMERS: dict[str, Mapping[str, Way]] = {
    "customer_analysis": {
        **_scored("orders", "net_amount"),
        "customer": Way("name in dim_customer"),
        "interval_days": Way(
            "(last_order_date - first_order_date) / (orders - 1)",
            None,
            ("last_order_date", "first_order_date", "orders"),
        ),
        "average_order_amount": Way("net_amount / orders", None, ("net_amount", "orders")),
        **every(
            "cluster cluster_name",
            "nearest centre in customer_clusters when it was learnt, by recency, orders and net",
            COMPANY,
        ),
        "loyalty_rank": Way(
            "place by net_amount, then orders, among Champions and Loyal customers with net above 0",
            COMPANY,
            ("segment", "net_amount", "orders"),
        ),
        "expected_from": Way("day after the last closed one when it was learnt", None),
        "probability_active": Way(
            "of trees and BG/NBD, by past cut-offs and the season: docs/figures.md", None
        ),
        "expected_orders": Way(
            "probability_active * orders of BG/NBD if active, by past cut-offs",
            None,
            ("probability_active",),
        ),
        **every(
            "expected_spend_mean expected_spend_median",
            "of trees, BG/NBD and gamma-gamma, by past cut-offs and the season: docs/figures.md",
            None,
        ),
        "lifetime_value": Way(
            "net until expected_from + expected_spend_mean, reaching 365 days as BG/NBD goes on",
            None,
            ("expected_spend_mean",),
        ),
    },
    "customer_accuracy": {
        **every("horizon_days held_out_from held_out_until", "the last days that are closed", NOTHING),
        "customers": Way("number of customers known before the days held out", NOTHING),
        "actual_amount": Way("sales less refunds of these in the days held out", NOTHING),
        "median_error_amount": Way("mean of |spent - expected_spend_median|", NOTHING),
        "mean_error_amount": Way("root of the mean of (spent - expected_spend_mean)^2", NOTHING),
        "rank_correlation_rate": Way("Spearman, of expected_spend_mean and spent", NOTHING),
        "total_error_rate": Way(
            "sum of expected_spend_mean / actual_amount - 1", NOTHING, ("actual_amount",)
        ),
        "decile_error_rate": Way(
            "sum over ten groups of |expected - spent| / actual_amount", NOTHING, ("actual_amount",)
        ),
        "brier_rate": Way("mean of (probability_active - 1 or 0)^2", NOTHING),
        "auc_rate": Way("area under the curve of probability_active against who ordered", NOTHING),
    },
    "customer_clusters": {
        "cluster": _learnt("kept from the last learning, where the centre is near"),
        "cluster_name": _learnt("words for recency, orders and net of the centre among all customers"),
        "customers": _learnt("number of customers nearest to the centre"),
        "centre_recency": _learnt("e^(mean of log(1 + recency_days)) - 1 of these"),
        "centre_orders": _learnt("e^(mean of log(1 + orders)) - 1 of these"),
        "centre_net_amount": _learnt("e^(mean of log(net_amount)) of these"),
        "stability_rate": _learnt("median adjusted Rand index of labels by the centres of two halves"),
        "silhouette_rate": _learnt("mean of 1 - distance to the centre / distance to the next one"),
    },
    "rfm_history": {
        **_scored("cumulative_orders", "cumulative_net_amount"),
        "as_of": _until("first day of the next year, or the day after the company's last one if earlier"),
        "orders": _until("number of distinct orders with a line in the year", adds=_OF_YEAR),
        "net_amount": _until("sum over order lines and returns of the year", adds=_OF_YEAR),
        "cumulative_orders": _until("number of distinct orders with a line until the year's end"),
        "cumulative_net_amount": _until("sum of net_amount of this year and all before"),
    },
    "segment_migration": {
        "customers": Way("number of customers in rfm_history with both segments", COMPANY),
        "net_amount": Way("sum of their net_amount of the year in rfm_history", COMPANY),
    },
    "cohort_retention": {
        "customers": Way("number of customers (accounts) whose first month this is", COMPANY),
        "active_customers": Way(
            "number of these with an order line (a booking above 0) in the month of this age", COMPANY
        ),
        "retention_rate": Way("active_customers / customers", COMPANY, ("active_customers", "customers")),
        "orders": Way("distinct orders of each of these in the month, added up", COMPANY),
        "net_amount": Way("net of these in the month; of unknown ones, of the month itself", COMPANY),
        "booked_amount": Way("bookings of these in the month; of unknown ones, of the month itself", COMPANY),
        "value_amount": Way(
            "sum of net_amount and booked_amount from age 0 to this one / customers",
            COMPANY,
            ("net_amount", "booked_amount", "customers"),
        ),
    },
}
