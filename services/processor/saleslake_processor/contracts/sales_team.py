"""Entities of a sales team: the accounts that it works for, its opportunities, and what accounts book."""

import dataframely as dy
import polars as pl

from saleslake_processor.contracts import columns as c
from saleslake_processor.contracts.plausible import MOST_MONEY, iso_code, plausible


class Account(dy.Schema):
    """One row per company that the sales team works for, or would like to."""

    account_id = c.identifier("what the source calls the account", required=True)
    name = c.text("name for people")
    segment = c.text("the source's own grouping of accounts: size, sector")
    employees = c.quantity("people who work there")
    created_on = c.day("first known to the company")
    place_id = c.identifier("where the account is", references="place")


OPPORTUNITY_STATUS = ("never_touched", "negotiation", "signed", "lost")


class Opportunity(dy.Schema):
    """One row per chance to sell to an account, whatever became of it."""

    opportunity_id = c.identifier("what the source calls the opportunity", required=True)
    account_id = c.identifier("to whom", references="account")
    salesperson_id = c.identifier("who was given it", references="salesperson")
    product_id = c.identifier("what is offered", references="product")
    status = c.choice("where it stands; signed and lost ones are closed", OPPORTUNITY_STATUS, required=True)
    attribution_date = c.day("day on which it came up, or was given to the salesperson")
    engage_date = c.day("day of the first contact")
    close_date = c.day("day on which it was signed or lost")
    opportunity_amount = c.price("what it is hoped to bring, and once it is signed what it brings")
    currency = c.own_currency()

    @dy.rule()
    def currency_is_iso_code(cls) -> pl.Expr:
        return iso_code(cls.currency.col)

    @dy.rule()
    def attribution_date_plausible(cls) -> pl.Expr:
        return plausible(cls.attribution_date.col)

    @dy.rule()
    def engage_date_plausible(cls) -> pl.Expr:
        return plausible(cls.engage_date.col)

    @dy.rule()
    def close_date_plausible(cls) -> pl.Expr:
        return plausible(cls.close_date.col)

    @dy.rule()
    def opportunity_amount_plausible(cls) -> pl.Expr:
        return cls.opportunity_amount.col.is_between(0, MOST_MONEY)


class Booking(dy.Schema):
    """One row per month and account: what it came to."""

    booking_id = c.identifier("what the source calls the booking; else its month and account", required=True)
    account_id = c.identifier("whose booking", references="account")
    month = c.day("any day of the month", required=True)
    booked_amount = c.price("what was booked in the month; less than 0 takes back", required=True)
    currency = c.own_currency()

    @dy.rule()
    def currency_is_iso_code(cls) -> pl.Expr:
        return iso_code(cls.currency.col)

    @dy.rule()
    def month_plausible(cls) -> pl.Expr:
        return plausible(cls.month.col)

    @dy.rule()
    def booked_amount_plausible(cls) -> pl.Expr:
        return cls.booked_amount.col.abs() < MOST_MONEY
