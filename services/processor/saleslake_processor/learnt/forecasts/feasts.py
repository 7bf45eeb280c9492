"""Public holidays of the countries that shops are in, as far as the country is known by code or by name."""

from collections.abc import Iterable

import holidays
import polars as pl
from holidays.registry import COUNTRIES

SCHEMA = {"country": pl.String(), "date": pl.Date(), "holiday": pl.String()}


def feasts(countries: Iterable[str], years: Iterable[int]) -> pl.DataFrame:
    """`country` as it was given, `date` and name of each `holiday` of these years; one a day. Nothing of a
    country that is not known."""
    rows, years = [], sorted(set(years))
    for country in sorted(set(countries)):
        code = _CODES.get(_plain(country))
        if code is None or not years:
            continue
        found = holidays.country_holidays(code, years=years)
        rows += [(country, day, found[day]) for day in sorted(found)]
    return pl.DataFrame(rows, SCHEMA, orient="row")


def _plain(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter.isalnum())


_CODES = {_plain(name): codes[0] for called, *codes in COUNTRIES.values() for name in (called, *codes)}
"""ISO 3166 code by what a country is called: English name, two or three letters."""
