"""Marts of people who sell, and of what they work at."""

import dataframely as dy

from saleslake_processor.contracts import columns as c
from saleslake_processor.contracts.marts import Measures

_TEAM = "team of the salesperson as it is now; unknown where there is none"
_AS_OF = (
    "day after the company's last business date; where it has no sales, after the last date that its "
    "opportunities tell; null where there is neither"
)
_WIN = "signed of signed and lost ones, null where there are none"
_CYCLE = "days of closed ones from the first contact, else the attribution, to the close"
_CLOSED_IN = "by the close, where the source tells none by the attribution"


class SalesBySalesperson(Measures):
    """One row per company, month and salesperson with a sale or a return."""

    company = c.text("whose sales", primary=True)
    month = c.day("first day of the month", primary=True)
    salesperson_key = c.key("who sold (dim_salesperson)", primary=True)
    salesperson = c.text("name of that", required=True)
    team = c.text(_TEAM, required=True)
    customers = c.count("distinct known customers with an order line")
    new_customers = c.count(
        "those of them that have a line of this person on the day of their first order line at the company"
    )
    active_days = c.count("days with an order line")
    touched_opportunities = c.count("opportunities whose first contact was in the month")
    share_rate = c.rate(
        "part of the company's net in the month, null where that is not above 0; "
        "below 0 where more was returned than sold, and others then above 1"
    )
    rank = dy.Int64(
        nullable=True,
        description="place by net among the known people of the company's month, from 1; equal ones by "
        "salesperson id; null for the unknown one",
    )
    target_amount = c.money("net that the person is to reach in the month; null where no target is set")
    attainment_rate = c.rate(
        "net as part of the target, above 1 where it is passed; null where that is 0 or less"
    )
    results_index = c.rate(
        "net, divided by the mean net of the known people of the team with a row in the month, of the "
        "company where the team is unknown or has nobody else; 1 is the mean; null for the unknown one, "
        "where nobody else is there, and where the mean is not above 0"
    )
    effort_index = c.rate(
        "mean of orders, customers, new customers, active days and touched opportunities, each divided by "
        "its mean over the known people with a row in the company's month, without those of which nobody "
        "has any; 1 is the mean; null for the unknown one and where nobody else is there"
    )


class OpportunityFunnel(dy.Schema):
    """One row per company, month of attribution, team and status with an opportunity."""

    company = c.text("whose opportunities", primary=True)
    attributed_in = c.text(
        "month of the attribution, such as 2026-03; unknown where it has none", primary=True
    )
    team = c.text(_TEAM, primary=True)
    status = c.text("never_touched, negotiation, signed or lost", primary=True)
    month = c.day("first day of the month of the attribution; null where it has none")
    opportunities = c.count("opportunities, as they stand now")
    accounts = c.count("distinct known accounts of them")
    opportunity_amount = c.money(
        "what they are hoped to bring, and once signed bring; those without an amount count 0", required=True
    )
    status_share_rate = c.rate(
        "part of the opportunities of the month and team; in the row never_touched the share of those that "
        "nobody has contacted",
        required=True,
    )
    win_rate = c.rate(f"{_WIN}; by number, of the month and team, the same in each of its rows")
    amount_win_rate = c.rate(
        f"{_WIN}; by amount, of the month and team, the same in each of its rows; too high where the source "
        "has no amount of lost ones"
    )
    cycle_days_mean = c.quantity(f"mean of the {_CYCLE}; null where none tells both")
    cycle_days_median = c.quantity(f"median of the {_CYCLE}; null where none tells both")
    as_of = c.day(_AS_OF)
    age_0_30 = c.count("open ones up to 30 days old at as_of, since attribution, else the first contact")
    age_31_60 = c.count("open ones from 31 to 60 days old")
    age_61_90 = c.count("open ones from 61 to 90 days old")
    age_91_180 = c.count("open ones from 91 to 180 days old")
    age_over_180 = c.count("open ones more than 180 days old")
    age_unknown = c.count("open ones of which no date tells how old they are")


class TeamProfile(dy.Schema):
    """One row per company and salesperson; key 0 has what nobody is named for."""

    company = c.text("whose salesperson", primary=True)
    salesperson_key = c.key("the person (dim_salesperson)", primary=True)
    salesperson = c.text("name of that", required=True)
    team = c.text(_TEAM, required=True)
    team_size = c.count("known people of the team, as the latest list has them")
    as_of = c.day(_AS_OF)
    start_date = c.day("first day at work")
    tenure_days = dy.Int64(nullable=True, min=0, description="days from the start to as_of")
    tenure_months = dy.Int64(nullable=True, min=0, description="whole months from the start to as_of")
    age_band = c.choice(
        "age at as_of in bands, by the day of birth", ("under 25", "25-34", "35-44", "45-54", "55 and over")
    )
    opportunities = c.count("opportunities given to the person")
    never_touched = c.count("those that nobody has contacted yet")
    touched_opportunities = c.count("those that were contacted: all others")
    signed = c.count("those that were won")
    lost = c.count("those that were lost")
    never_touched_rate = c.rate("never touched ones of all, null where there are none")
    win_rate = c.rate(_WIN)
    signed_amount = c.money("what the signed ones bring; those without an amount count 0", required=True)
    cycle_days_mean = c.quantity(f"mean of the {_CYCLE}; null where none tells both")
    cycle_days_median = c.quantity(f"median of the {_CYCLE}; null where none tells both")
    booking_days_mean = c.quantity(
        "mean of the days of signed ones from the attribution to the end of the first month, from that of "
        "the attribution on, in which their account has a booking above 0: a cycle where the source tells "
        "no close"
    )
    first_signed_on = c.day(f"day of the first signed one, {_CLOSED_IN}")
    ramp_up_basis = c.choice("by which day the ramp-up is told", ("close", "attribution"))
    ramp_up_days = dy.Int64(
        nullable=True,
        min=0,
        description="days from the start to the first signed one; null for who began before the first date "
        "of the company's opportunities, and where nothing was signed since",
    )
    ramp_up_months = dy.Int64(
        nullable=True,
        min=0,
        description="months from that of the start to the first one with as many signed ones as the team's "
        "median, and at least one; null as the days, and while it is not reached",
    )
    team_signed_median = c.quantity(
        "median of the signed ones of a person of the team in a month, months without any as well; of "
        "months from the first date of the company's opportunities, or the person's start, to as_of"
    )
    signed_accounts = c.count("distinct known accounts of the signed ones")
    sized_accounts = c.count("those of them of which the source tells how many people work there")
    account_employees_mean = c.quantity("mean of the employees of these")
    account_employees_median = c.quantity("median of the employees of these")
    won_accounts = c.count(f"accounts of which the first signed one is the person's, {_CLOSED_IN}")
    booked_amount = c.money("booked by these; key 0 has what is booked by all others", required=True)
    net_amount = c.money("sales less returned", required=True)
    share_rate = c.rate("part of the company's net, null where that is not above 0")
    rank = dy.Int64(
        nullable=True,
        description="place by net among the known people of the company with a sale or a return, from 1; "
        "equal ones by salesperson id",
    )
    active_days = c.count("days with an order line")
    results_index = c.rate("mean of the months' results index (sales_by_salesperson), to 6 places")
    effort_index = c.rate("mean of the months' effort index (sales_by_salesperson), to 6 places")


class TeamPerformance(dy.Schema):
    """One row per company, team and month in which its people sold, were given, or closed something, or
    accounts that they won booked."""

    company = c.text("whose team", primary=True)
    team = c.text(_TEAM, primary=True)
    month = c.day("first day of the month", primary=True)
    people = c.count(
        "known people of the team who had begun by the end of the month, or of whom no start is known"
    )
    since = c.day("earliest start of the team's people")
    opportunities = c.count(
        "opportunities given to the team in the month; those without an attribution in none"
    )
    touched_opportunities = c.count("opportunities whose first contact was in the month")
    signed = c.count(f"opportunities signed in the month, {_CLOSED_IN}")
    lost = c.count(f"opportunities lost in the month, {_CLOSED_IN}")
    win_rate = c.rate(_WIN)
    signed_amount = c.money("what the signed ones bring; those without an amount count 0", required=True)
    booked_amount = c.money(
        "booked in the month by the accounts of which the first signed one is the team's; the unknown team "
        "has the rest",
        required=True,
    )
    net_amount = c.money("sales less returned", required=True)
