"""The lengths of periods, as data: where a period begins, what it adds up, and what it is compared with."""

from dataclasses import dataclass

import polars as pl

MONTHS_BACK = 12
"""Months that the rolling grain adds up."""

_DATE = pl.col("date")
_MONTH = _DATE.dt.truncate("1mo")
_CALENDAR = pl.lit(1)
_FISCAL = pl.col("fiscal_year_start").cast(pl.Int32)


def _begin(months: int, first_month: pl.Expr) -> pl.Expr:
    """First day of the part of a year with so many months; the year begins with `first_month`."""
    number = _DATE.dt.year() * 12 + _DATE.dt.month().cast(pl.Int32) - 1
    begin = number - (number - first_month + 1) % months
    return pl.date(begin // 12, begin % 12 + 1, 1)


@dataclass(frozen=True)
class Grain:
    """A length of periods, told of a frame with `date` and `fiscal_year_start`."""

    name: str
    period: pl.Expr
    """First day of the period in which a date lies."""
    length: str
    """From one period to the next."""
    previous: str
    """How far back the period lies with which one is compared."""
    year_before: str = "-1y"
    since: pl.Expr | None = None
    """First day of what is added up, where that began before the period."""

    @property
    def adds_up_from(self) -> pl.Expr:
        return self.period if self.since is None else self.since


GRAINS = (
    Grain("day", _DATE, "1d", "-1d"),
    # The same weekdays, which a year before are other ones.
    Grain("week", _DATE.dt.truncate("1w"), "1w", "-1w", "-52w"),
    Grain("month", _MONTH, "1mo", "-1mo"),
    Grain("quarter", _begin(3, _CALENDAR), "3mo", "-3mo"),
    Grain("year_to_date", _MONTH, "1mo", "-1y", since=_begin(12, _CALENDAR)),
    Grain("fiscal_quarter", _begin(3, _FISCAL), "3mo", "-3mo"),
    Grain("fiscal_year_to_date", _MONTH, "1mo", "-1y", since=_begin(12, _FISCAL)),
)
"""Those of which each period adds up what came since a day."""

ROLLING = Grain("rolling_12_months", _MONTH, "1mo", "-1mo")
"""Each month adds up itself and the `MONTHS_BACK` - 1 before it; told from the first month that has them."""

ALL = (*GRAINS, ROLLING)
