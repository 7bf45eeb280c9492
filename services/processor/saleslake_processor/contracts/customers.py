"""What customers are worth and how they behave: scores and segments, now and by year, and cohorts."""

import dataframely as dy
import polars as pl

from saleslake_processor.contracts import columns as c
from saleslake_processor.contracts.clusters import CLUSTER, CLUSTER_NAME
from saleslake_processor.contracts.marts import Measures

CHAMPIONS, LOYAL = "Champions", "Loyal customers"
POTENTIAL, NEW, PROMISING = "Potential loyalists", "New customers", "Promising"
ATTENTION, SLEEPY, AT_RISK = "Need attention", "About to sleep", "At risk"
NOT_TO_LOSE, HIBERNATING, LOST = "Cannot lose them", "Hibernating", "Lost"

NAMED = (
    *(CHAMPIONS, LOYAL, POTENTIAL, NEW, PROMISING, ATTENTION),
    *(SLEEPY, AT_RISK, NOT_TO_LOSE, HIBERNATING, LOST),
)
"""The segments of customers who have an order that counts, the best ones first."""

NO_ORDER, UNKNOWN = "none", "unknown"
"""Segments of who has no order that counts (yet), and of sales whose customer is not known."""

SEGMENTS = (*NAMED, NO_ORDER, UNKNOWN)

_SEGMENT = (
    "named group by the three scores (docs/figures.md); none: no order that counts; "
    "unknown: the customer is not known"
)


def _score(of: str) -> dy.Int64:
    return dy.Int64(
        nullable=True,
        min=1,
        max=5,
        description=f"1..5, the fifth of the company's customers by {of}, 5 is best; equal ones have equal "
        "scores; null without an order that counts",
    )


class Scored(dy.Schema):
    """What is told of a customer's orders up to a day."""

    first_order_date = c.day("day of the first order that counts; null where there is none")
    last_order_date = c.day("day of the last one")
    recency_days = dy.Int64(nullable=True, description="days from the last order to as_of")
    r_score = _score("day of the last order")
    f_score = _score("number of orders")
    m_score = _score("net")
    segment = c.choice(_SEGMENT, SEGMENTS, required=True)

    @dy.rule()
    def scores_are_of_who_ordered(cls) -> pl.Expr:
        named = cls.segment.col.is_in(NAMED)
        told = ("first_order_date", "last_order_date", "recency_days", "r_score", "f_score", "m_score")
        return pl.all_horizontal(pl.col(name).is_not_null() == named for name in told)


class CustomerAnalysis(Scored, Measures):
    """One row per known customer of a company, and one for its sales whose customer is not known.

    All of it is of all time, up to the company's `as_of`.
    """

    company = c.text("whose sales", primary=True)
    customer_key = c.key("the customer (dim_customer)", primary=True)
    customer = c.text("the customer's name", required=True)
    interval_days = dy.Int64(
        nullable=True,
        description="days from one order to the next on average: days from the first to the last, divided by "
        "orders less 1, rounded half away from zero; null below 2 orders",
    )
    average_order_amount = c.money("net divided by orders, rounded half away from zero; null without one")
    cluster = dy.Int64(
        nullable=True,
        description=f"{CLUSTER} (customer_clusters); null where none was learnt of the customer",
    )
    cluster_name = c.text(f"{CLUSTER_NAME}; null where none was learnt of the customer")
    loyalty_rank = dy.Int64(
        nullable=True,
        min=1,
        description="place on the loyalty list: Champions and Loyal customers with a net above 0 by net, "
        "then by orders, then by customer id; null for all others",
    )
    expected_from = c.day(
        "first of the 90 days that the five columns which follow are about: the day after the one that was "
        "closed last when it was learnt; with these null where nothing was learnt of the customer (yet)"
    )
    probability_active = c.rate("probability of an order in these 90 days")
    expected_orders = c.quantity("mean number of days with an order in these 90 days")
    expected_spend_mean = c.money(
        "mean net spend of these 90 days, returns taken off; what adds up over customers"
    )
    expected_spend_median = c.money(
        "net spend of these 90 days that is as likely exceeded as not: the best guess for one customer, 0 "
        "for most where most do not order; does not add up"
    )
    lifetime_value = c.money(
        "net until expected_from, plus the mean net spend expected in the 365 days from then on; not "
        "discounted"
    )


METHODS = ("model", "bg_nbd", "naive")


class CustomerAccuracy(dy.Schema):
    """One row per company and method: how good what is expected of customers would have been for the last 90
    days, of what was known before them."""

    company = c.text("whose customers", primary=True)
    method = dy.String(
        primary_key=True,
        check=lambda column: column.is_in(METHODS),
        description="model: what customer_analysis has; bg_nbd: BG/NBD and gamma-gamma alone; naive: each "
        "customer spends what it spent in as many days before, and orders if it did then",
    )
    horizon_days = dy.Int64(nullable=False, min=1, description="days that were held out")
    held_out_from = c.day("first of them", required=True)
    held_out_until = c.day("last of them: the last closed day", required=True)
    customers = c.count("customers known before them")
    actual_amount = c.money("what these spent in them, returns taken off", required=True)
    median_error_amount = c.money(
        "mean of the absolute differences of expected_spend_median and what was spent", required=True
    )
    mean_error_amount = c.money(
        "root of the mean of the squared differences of expected_spend_mean and what was spent", required=True
    )
    rank_correlation_rate = c.rate(
        "Spearman's rank correlation of expected_spend_mean and what was spent, -1..1; null where either is "
        "the same for all"
    )
    total_error_rate = c.rate(
        "sum of expected_spend_mean to what was spent, less 1; may be below 0, or above 1; null where "
        "nothing was spent"
    )
    decile_error_rate = c.rate(
        "customers in ten groups by expected_spend_mean: sum of the absolute differences of expected and "
        "spent sums to all that was spent; may be above 1; null where nothing was spent"
    )
    brier_rate = c.rate(
        "mean of the squared differences of probability_active and 1 where the customer ordered, 0 where not",
        required=True,
    )
    auc_rate = c.rate(
        "probability that of two customers, one who ordered and one who did not, the first had the higher "
        "probability_active; null where all or none did"
    )


class RfmHistory(Scored):
    """One row per company, calendar year and customer with a sale or a return in it or before.

    Scores, segment and days are those of the year's end, of the orders until then; in the company's last year
    those of its `as_of`, and so the ones of `customer_analysis`.
    """

    company = c.text("whose sales", primary=True)
    year = c.count("calendar year", primary=True)
    customer_key = c.key("the customer (dim_customer); 0 where not known", primary=True)
    as_of = c.day("day after the year's end, or the company's as_of where that is earlier", required=True)
    orders = c.count("distinct orders with a line in the year")
    net_amount = c.money("net of the year", required=True)
    cumulative_orders = c.count("distinct orders with a line until the year's end")
    cumulative_net_amount = c.money("net until the year's end", required=True)


class SegmentMigration(dy.Schema):
    """One row per company, year, segment of the year before and segment of the year that any customer has.

    Of each year the customers add up to those of `rfm_history`; those of a `from_segment` to the customers
    who were in it a year before.
    """

    company = c.text("whose sales", primary=True)
    year = c.count("calendar year", primary=True)
    from_segment = dy.String(
        primary_key=True,
        check=lambda column: column.is_in(SEGMENTS),
        description="segment at the end of the year before; none: no order until then",
    )
    to_segment = dy.String(
        primary_key=True,
        check=lambda column: column.is_in(SEGMENTS),
        description="segment at the end of the year, or as of as_of",
    )
    customers = c.count("known customers with an order that counts")
    net_amount = c.money("their net of the year", required=True)


BASES = ("customer", "account", "unknown")


class CohortRetention(dy.Schema):
    """One row per company, basis, cohort and month since: every month up to the company's last one.

    - `customer`: customers by the month of their first order that counts, and what they bought since;
    - `account`: accounts by the first month in which they booked more than 0, and what they booked since;
    - `unknown`: sales and bookings, by their month, of nobody known, or of before the first order or booking.
    """

    company = c.text("whose sales and bookings", primary=True)
    basis = dy.String(
        primary_key=True, check=lambda column: column.is_in(BASES), description="whose cohort: see the table"
    )
    cohort_month = c.day("first day of the month of the first order or booking", primary=True)
    age_months = c.count("months since then, from 0", primary=True)
    customers = c.count("size of the cohort: customers, or accounts; 0 where unknown")
    active_customers = c.count("those of them with an order line, or a booking above 0, in the month")
    retention_rate = c.rate("active ones divided by the size; null where unknown")
    orders = c.count("distinct orders of each customer in the month; 0 for accounts")
    net_amount = c.money("net of the month; 0 for accounts", required=True)
    booked_amount = c.money("booked in the month; 0 for customers", required=True)
    value_amount = c.money(
        "net and booked of the cohort up to the month, divided by its size, rounded half away from zero; "
        "null where unknown"
    )
