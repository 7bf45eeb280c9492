"""The table `kpis` of a few events, and nothing that it is not made of."""

from datetime import date

import polars as pl

from saleslake_processor.marts.graph import MARTS
from saleslake_processor.publish import held
from tests.property.memory_lake import Event, MemoryLake
from tests.unit.processor.derived import Row, line, taken
from tests.unit.processor.gold import given

Figures = dict[tuple[str, date, str], Row]


def figures(*events: Event, fiscal_year_start: int = 1) -> Figures:
    """Rows of the table by grain, period and kpi."""
    rows = table(taken(*events), fiscal_year_start).to_dicts()
    return {(row["grain"], row["period"], row["kpi"]): row for row in rows}


def table(lake: MemoryLake, fiscal_year_start: int = 1, shuffled: bool = False) -> pl.DataFrame:
    """The table, and nothing that it is not made of."""
    frames = given(lake, fiscal_year_start=fiscal_year_start)
    if shuffled:
        frames = {
            name: rows.collect().sample(fraction=1, shuffle=True, seed=7).lazy()
            for name, rows in frames.items()
        }
    for mart in MARTS:
        if mart.name in ("fact_opportunities", "fact_bookings", "kpis"):
            frames[mart.name] = held(mart, mart.build(frames)).lazy()
    return frames["kpis"].collect()


def order(number: int, day: date, customer: str | None = None, price: str = "10", **fields) -> Event:
    return line(
        f"l{number}",
        order_id=f"o{number}",
        order_date=day,
        customer_id=customer,
        unit_price=price,
        **fields,
    )
