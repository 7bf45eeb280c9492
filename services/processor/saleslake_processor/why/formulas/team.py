"""Formulas of what is told of people who sell, and of their teams."""

from collections.abc import Mapping
from dataclasses import replace

from saleslake_processor.why.formulas.sales import SHARE
from saleslake_processor.why.formulas.way import COMPANY, MONTH, NOTHING, Way, every

_PERSON = ("company", "salesperson_key")
_NAME = "name in dim_salesperson"
_TEAM = "team in dim_salesperson"
_AS_OF = "day after the company's last business date, else after the last day of its opportunities"

OPPORTUNITIES = Way(within=NOTHING, rows_of="opportunity")
"""A row is there by the opportunities of the company alone."""


def _counted(formula: str, *of: str) -> Way:
    """Of all opportunities of the company."""
    return replace(OPPORTUNITIES, formula=formula, of=of)


def _own(formula: str, *of: str) -> Way:
    """Of the opportunities of the person."""
    return Way(formula, _PERSON, of, rows_of="opportunity")


def _all(formula: str, *of: str, rows_of: str = "") -> Way:
    """Of all that the company has."""
    return Way(formula, COMPANY, of, rows_of=rows_of)


TEAM: dict[str, Mapping[str, Way]] = {
    "sales_by_salesperson": {
        "salesperson": Way(_NAME),
        "team": Way(_TEAM),
        "customers": Way("number of distinct known customers with an order line"),
        "new_customers": _all("number of these with a line on their first day at the company"),
        "active_days": Way("number of days with an order line"),
        "touched_opportunities": _all("number of opportunities whose first contact was in the month"),
        "share_rate": SHARE,
        "rank": Way("place by net_amount among the known people of the month", MONTH, ("net_amount",)),
        "target_amount": _all("net_sales of the person and month in reference/targets.csv"),
        "attainment_rate": _all("net_amount / target_amount", "net_amount", "target_amount"),
        "results_index": Way(
            "net_amount / mean net_amount of the team's people in the month", MONTH, ("net_amount",)
        ),
        "effort_index": _all(
            "mean of x / mean x of the company's people in the month",
            *("orders", "customers", "new_customers", "active_days", "touched_opportunities"),
        ),
    },
    "opportunity_funnel": {
        "month": _counted("first day of attributed_in", "attributed_in"),
        "opportunities": _counted("number of opportunities"),
        "accounts": _counted("number of distinct known accounts of them"),
        "opportunity_amount": _counted("sum of their amounts"),
        "status_share_rate": _counted("opportunities / those of all statuses", "opportunities"),
        "win_rate": _counted("signed / (signed + lost), of the month and team"),
        "amount_win_rate": _counted("the same by amount"),
        "cycle_days_mean": _counted("mean of cycle_days in fact_opportunities"),
        "cycle_days_median": _counted("median of cycle_days in fact_opportunities"),
        "as_of": _all(_AS_OF),
        **every(
            "age_0_30 age_31_60 age_61_90 age_91_180 age_over_180",
            "number of open ones with as_of - attribution date (else first contact) in the band",
            COMPANY,
            "opportunity",
        ),
        "age_unknown": _counted("number of open ones without either day"),
    },
    "team_profile": {
        "salesperson": Way(_NAME, _PERSON),
        "team": Way(_TEAM, _PERSON),
        "team_size": _all("number of known people of the team"),
        "as_of": _all(_AS_OF),
        "start_date": Way("start in dim_salesperson", _PERSON),
        "tenure_days": _all("as_of - start_date", "as_of", "start_date"),
        "tenure_months": _all("whole months from start_date to as_of", "start_date", "as_of"),
        "age_band": _all("whole years from the day of birth to as_of, in bands", "as_of"),
        "opportunities": _own("number of opportunities"),
        "never_touched": _own("number of these with status never_touched"),
        "touched_opportunities": _own("opportunities - never_touched", "opportunities", "never_touched"),
        "signed": _own("number of these with status signed"),
        "lost": _own("number of these with status lost"),
        "never_touched_rate": _own("never_touched / opportunities", "never_touched", "opportunities"),
        "win_rate": _own("signed / (signed + lost)", "signed", "lost"),
        "signed_amount": _own("sum of the amounts of signed ones"),
        "cycle_days_mean": _own("mean of cycle_days in fact_opportunities"),
        "cycle_days_median": _own("median of cycle_days in fact_opportunities"),
        "booking_days_mean": _all(
            "mean of the days from the attribution of signed ones to the end of the first month booked",
            rows_of="opportunity",
        ),
        "first_signed_on": _own("first close, else attribution, of signed ones"),
        "ramp_up_basis": _all("close where the first signed one has one, else attribution"),
        "ramp_up_days": _all("first_signed_on - start_date", "first_signed_on", "start_date"),
        "ramp_up_months": _all(
            "months from start_date to the first with as many signed as team_signed_median, at least 1",
            *("start_date", "team_signed_median"),
        ),
        "team_signed_median": _all("median of signed ones of a person of the team in a month"),
        "signed_accounts": _own("number of distinct known accounts of signed ones"),
        "sized_accounts": _own("number of these with employees in dim_account"),
        "account_employees_mean": _own("mean of these employees"),
        "account_employees_median": _own("median of these employees"),
        "won_accounts": _all("number of accounts that the person signed first", rows_of="opportunity"),
        "booked_amount": _all("sum over the bookings of these accounts", rows_of="booking"),
        "net_amount": Way("sum over order lines and returns of the person", _PERSON, adds=_PERSON),
        "share_rate": Way(
            "net_amount / net_amount of all rows of the company", COMPANY, ("net_amount",), "net_amount"
        ),
        "rank": _all("place by net_amount among the known people with a sale", "net_amount"),
        "active_days": Way("sum of active_days in sales_by_salesperson", _PERSON),
        **every(
            "results_index effort_index", "mean over the person's months in sales_by_salesperson", COMPANY
        ),
    },
    "team_performance": {
        "people": _all("number of known people whose start is not after the month"),
        "since": _all("first start of the known people of the team"),
        "opportunities": _all("number of opportunities attributed in the month", rows_of="opportunity"),
        "touched_opportunities": _all(
            "number of opportunities first contacted in the month", rows_of="opportunity"
        ),
        "signed": _all("number of opportunities signed in the month", rows_of="opportunity"),
        "lost": _all("number of opportunities lost in the month", rows_of="opportunity"),
        "win_rate": _all("signed / (signed + lost)", "signed", "lost"),
        "signed_amount": _all("sum of the amounts of signed ones", rows_of="opportunity"),
        "booked_amount": _all("sum over bookings of accounts that the team signed first", rows_of="booking"),
        "net_amount": _all("sum of net_amount in sales_by_salesperson over the team's people"),
    },
}
