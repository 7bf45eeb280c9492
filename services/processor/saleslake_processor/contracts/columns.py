"""The kinds of column that contracts are written in, so that one quantity has one type everywhere."""

import dataframely as dy
import polars as pl

MONEY = pl.Decimal(18, 4)
"""Amounts and quantities: four decimal places, exact."""

PRICE = pl.Decimal(18, 6)
"""Unit prices, unit costs and rates as a source writes them, before anything is rounded."""


RATE = pl.Decimal(20, 10)
"""Exchange rates: as many decimal places as numbers are read with."""


def key(meaning: str, *, primary: bool = False) -> dy.Int64:
    """Hash of company, entity and natural id; 0 is the unknown member."""
    return dy.Int64(nullable=False, primary_key=primary, description=meaning)


def identifier(
    meaning: str, *, references: str | None = None, required: bool = False, default: str | None = None
) -> dy.String:
    """Natural id: what the source calls the thing.

    `references` names the entity that it points to; `default` the field taken where none is mapped.
    """
    metadata = {"references": references, "default": default}
    return dy.String(nullable=not required, min_length=1, metadata=metadata, description=meaning)


def text(meaning: str, *, required: bool = False, primary: bool = False) -> dy.String:
    """Words for people."""
    return dy.String(nullable=not (required or primary), primary_key=primary, description=meaning)


def choice(meaning: str, values: tuple[str, ...], *, required: bool = False) -> dy.String:
    """One of a few words."""
    return dy.String(nullable=not required, check=lambda column: column.is_in(values), description=meaning)


def day(
    meaning: str, *, required: bool = False, primary: bool = False, default: str | None = None
) -> dy.Date:
    """A business date, or the first day of a month; `default` is an instant whose date it may be."""
    nullable = not (required or primary)
    return dy.Date(nullable=nullable, primary_key=primary, metadata={"default": default}, description=meaning)


def instant(meaning: str) -> dy.Datetime:
    """An instant in UTC."""
    return dy.Datetime(nullable=True, time_zone="UTC", time_unit="us", description=meaning)


def money(meaning: str, *, required: bool = False) -> dy.Decimal:
    """An amount, without tax unless the meaning says otherwise."""
    return dy.Decimal(MONEY.precision, MONEY.scale, nullable=not required, description=meaning)


def quantity(meaning: str, *, required: bool = False) -> dy.Decimal:
    """A number of units, which may be parts of one (hours, kilograms)."""
    return dy.Decimal(MONEY.precision, MONEY.scale, nullable=not required, description=meaning)


def price(meaning: str, *, required: bool = False) -> dy.Decimal:
    """Money for one unit, as the source writes it."""
    return dy.Decimal(PRICE.precision, PRICE.scale, nullable=not required, description=meaning)


def exchange_rate(meaning: str) -> dy.Decimal:
    """What one unit of a currency is worth in another one, exact."""
    return dy.Decimal(RATE.precision, RATE.scale, nullable=False, description=meaning)


def currency(meaning: str, *, required: bool = False) -> dy.String:
    """ISO 4217 code of a currency."""
    return dy.String(nullable=not required, description=meaning)


def own_currency() -> dy.String:
    """Currency of a row's amounts, where it brings one."""
    return currency("ISO 4217 code of its amounts; the profile's where it is missing")


def rate(meaning: str, *, required: bool = False) -> dy.Float64:
    """A ratio in gold, 0..1 unless the meaning says otherwise."""
    return dy.Float64(nullable=not required, description=meaning)


def count(meaning: str, *, primary: bool = False) -> dy.Int64:
    """How many, or which number it has."""
    return dy.Int64(nullable=False, primary_key=primary, description=meaning)
