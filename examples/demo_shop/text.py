"""How the exports write tables, dates and money: the French way."""

import csv
from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache
from io import StringIO


def table(columns: Sequence[str], rows: Iterable[Iterable[object]], separator: str = ";") -> bytes:
    """A CSV file: UTF-8, quoted where needed, one header line, lines ended by a line feed."""
    text = StringIO()
    writer = csv.writer(text, delimiter=separator, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return text.getvalue().encode()


@lru_cache(maxsize=4096)
def french(day: date) -> str:
    """A date as dd/mm/yyyy."""
    return f"{day.day:02d}/{day.month:02d}/{day.year:04d}"


def impossible(day: date) -> str:
    """A date of the same year that no calendar has, written like the others."""
    return f"{'30/02' if day.day % 2 else '31/04'}/{day.year:04d}"


@lru_cache(maxsize=4096)
def money(cents: int) -> str:
    """Cents as euros with a decimal comma and two places."""
    return f"{cents // 100},{cents % 100:02d}"
