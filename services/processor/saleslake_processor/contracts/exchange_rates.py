"""The entity of exchange rates: what currencies were worth, day by day."""

import dataframely as dy
import polars as pl

from saleslake_processor.contracts import columns as c
from saleslake_processor.contracts.plausible import LEAST_RATE, MOST_RATE, iso_code, plausible


class ExchangeRate(dy.Schema):
    """One row per day and pair of currencies: what one unit of the first is worth in the second."""

    exchange_rate_id = c.identifier("day and both currencies, as `key` composes them", required=True)
    rate_date = c.day("day from which it holds, until a later one", required=True)
    from_currency = c.currency("ISO 4217 code of the currency of which one unit is meant", required=True)
    to_currency = c.currency("ISO 4217 code of the currency in which it is worth `rate`", required=True)
    rate = c.exchange_rate("units of the second currency for one of the first")

    @dy.rule()
    def rate_date_plausible(cls) -> pl.Expr:
        return plausible(cls.rate_date.col)

    @dy.rule()
    def from_currency_is_iso_code(cls) -> pl.Expr:
        return iso_code(cls.from_currency.col)

    @dy.rule()
    def to_currency_is_iso_code(cls) -> pl.Expr:
        return iso_code(cls.to_currency.col)

    @dy.rule()
    def rate_plausible(cls) -> pl.Expr:
        return cls.rate.col.is_between(LEAST_RATE, MOST_RATE)
