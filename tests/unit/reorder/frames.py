"""Stock, sales and forecasts in few words."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import polars as pl
from scipy.stats import poisson

from saleslake_processor.contracts.columns import MONEY
from saleslake_processor.reorder.plan import reorder

LAST = date(2026, 3, 31)
COMPANY = "test"
PLAIN, OTHER = 1, 2
"""Stores."""
PRODUCT = 7

Row = dict[str, Any]

FORECAST = {
    **dict.fromkeys(("company", "freq", "kpi", "level"), pl.String()),
    "product_key": pl.Int64(),
    "period": pl.Date(),
    **dict.fromkeys(("forecast", "lo95", "hi95"), MONEY),
}

STOCK = {
    **dict.fromkeys(("company",), pl.String()),
    **dict.fromkeys(("stock_key", "product_key", "store_key", "lead_time_days"), pl.Int64()),
    "stock_date": pl.Date(),
    **dict.fromkeys(("quantity", "on_order_quantity"), MONEY),
}

SALES = {
    **dict.fromkeys(("company", "status"), pl.String()),
    **dict.fromkeys(("product_key", "store_key"), pl.Int64()),
    "order_date": pl.Date(),
    "quantity": MONEY,
}


def counted(units: float, on_order: float = 0, lead: int = 6, **more: Any) -> Row:
    """A count at the end of the last day."""
    return {
        **{"company": COMPANY, "stock_key": 1, "product_key": PRODUCT, "store_key": PLAIN},
        **{"stock_date": LAST, "lead_time_days": lead},
        **{"quantity": Decimal(str(units)), "on_order_quantity": Decimal(str(on_order))},
        **more,
    }


def sold(units: Sequence[float], store: int = PLAIN, last: date = LAST, **more: Any) -> list[Row]:
    """A line a day, up to the last one."""
    days = [last - timedelta(days=len(units) - 1 - place) for place in range(len(units))]
    plain = {"company": COMPANY, "status": "open", "product_key": PRODUCT, "store_key": store}
    return [
        {**plain, "order_date": day, "quantity": Decimal(str(each)), **more}
        for day, each in zip(days, units, strict=True)
    ]


def expected(units: Iterable[float], freq: str = "day", half: float = 0, **more: Any) -> list[Row]:
    """Forecasts of periods from the first day on, with bounds that far on either side."""
    step = 7 if freq == "week" else 1
    plain = {"company": COMPANY, "freq": freq, "kpi": "units", "level": "product", "product_key": PRODUCT}
    return [
        {
            **plain,
            "period": LAST + timedelta(days=1 + step * place),
            **{"forecast": each, "lo95": each - half, "hi95": each + half},
            **more,
        }
        for place, each in enumerate(units)
    ]


def by_chance(mean: float, days: int = 28) -> list[Row]:
    """Forecasts of what comes by chance, with the bounds that it has."""
    lo, hi = (float(poisson.ppf(part, mean)) for part in (0.025, 0.975))
    return [row | {"lo95": lo, "hi95": hi} for row in expected([mean] * days)]


def plan(stock: list[Row], sales: list[Row] | None = None, ahead: list[Row] | None = None) -> pl.DataFrame:
    until = pl.LazyFrame({"company": [COMPANY], "closed_date": [LAST]})
    given = [
        pl.DataFrame(rows or [], schema=schema, strict=False).lazy()
        for rows, schema in ((stock, STOCK), (sales, SALES), (ahead, FORECAST))
    ]
    counts, lines, forecasts = given
    return reorder(counts, lines, forecasts, until).collect().sort("store_key", "product_key")


def planned(stock: list[Row], sales: list[Row] | None = None, ahead: list[Row] | None = None) -> Row:
    """The only row of the plan."""
    return plan(stock, sales, ahead).row(0, named=True)
