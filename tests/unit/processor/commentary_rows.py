"""A company of which only the rows that a finding looks at are said."""

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from saleslake_processor.marts.commentary.finding import TABLES, Finding
from saleslake_processor.marts.commentary.printed import Locale
from saleslake_processor.marts.commentary.told import Told

Row = dict[str, Any]

MONTH = date(2026, 3, 1)
YEARLY = Decimal(1_000_000)
"""The net of the last twelve months."""


def kpi(
    name: str,
    value: str,
    year_before: str | None = None,
    previous: str | None = None,
    grain: str = "month",
    period: date = MONTH,
) -> Row:
    """A row of `kpis`, with its changes."""
    row: Row = {"company": "c", "grain": grain, "period": period, "kpi": name, "value": Decimal(value)}
    for basis, other in (("year_before", year_before), ("previous", previous)):
        before = None if other is None else Decimal(other)
        row[basis] = before
        row[f"{basis}_change_rate"] = float(row["value"] / before) - 1 if before and before > 0 else None
    return row


def company(*kpis: Row, base: str = "net_sales", months: int = 36, **tables: list[Row]) -> Told:
    """The company, whose last complete month is March 2026."""
    rows = {name: [{"company": "c"} | row for row in tables.get(name, [])] for name in TABLES}
    rows["kpis"] = list(kpis)
    return Told("c", MONTH, "EUR", base, YEARLY, months, rows)


def names(finder: Callable[[Told], Iterator[Finding]], told: Told) -> list[str]:
    """What is found."""
    return [finding.name for finding in finder(told)]


def sentence(finder: Callable[[Told], Iterator[Finding]], told: Told, language: str = "en") -> str:
    """The sentence of the one finding."""
    [finding] = finder(told)
    [text] = {row["sentence"] for row in finding.rows(MONTH, 1, Locale(language, "EUR"))}
    return str(text)
