"""Public holidays of where shops are: of the country, and of the part of it that has its own."""

import unicodedata
from collections.abc import Iterable
from functools import cache

import holidays
import polars as pl
from holidays.registry import COUNTRIES

SCHEMA = {"area": pl.String(), "date": pl.Date(), "holiday": pl.String()}

_LEAST_LETTERS = 4


def area(country: str | None, state: str | None, region: str | None) -> str | None:
    """ISO 3166 code of a place by what it is called: `CH`, or `CH-GE` where the state or the region is known
    as a part of the country; None where the country is not known.

    A sales region is taken by its name alone: NE may be the north-east, and not Nebraska.
    """
    code = _COUNTRIES.get(_plain(country or ""))
    if code is None:
        return None
    parts = _parts(code)
    named = [_plain(state or ""), *(name for name in [_plain(region or "")] if len(name) >= _LEAST_LETTERS)]
    return next((f"{code}-{parts[name]}" for name in named if name in parts), code)


def feasts(areas: Iterable[str], years: Iterable[int]) -> pl.DataFrame:
    """`date` and name of each `holiday` of these years, by `area` as `area` gives it; one a day."""
    rows, years = [], sorted(set(years))
    for each in sorted(set(areas)) if years else ():
        country, _, part = each.partition("-")
        found = holidays.country_holidays(country, subdiv=part or None, years=years)
        rows += [(each, day, found[day]) for day in sorted(found)]
    return pl.DataFrame(rows, SCHEMA, orient="row")


@cache
def _parts(country: str) -> dict[str, str]:
    """Codes of the parts of a country by code and by name."""
    of = holidays.country_holidays(country)
    called = {_plain(name): code for name, code in getattr(of, "subdivisions_aliases", {}).items()}
    return called | {_plain(code): code for code in of.subdivisions}


def _plain(name: str) -> str:
    # An accent may be a sign of its own, as file systems write it.
    whole = unicodedata.normalize("NFC", name).casefold()
    return "".join(letter for letter in whole if letter.isalnum())


_COUNTRIES = {_plain(name): codes[0] for called, *codes in COUNTRIES.values() for name in (called, *codes)}
"""Code by what a country is called: English name, two or three letters."""
