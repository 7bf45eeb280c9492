"""Lines, orders and returns in few words for the tests of derivation, and what becomes of them."""

from datetime import date
from decimal import Decimal
from typing import Any

from tests.property.memory_lake import Event, MemoryLake

DAY = date(2026, 3, 14)
LATER = date(2026, 3, 20)
NUMBERS = ("quantity", "_price", "_rate", "_amount", "unit_cost")

Row = dict[str, Any]


def event(entity: str, identifier: str, **fields: Any) -> Event:
    """One version of a row; numbers are written as text."""
    read = {
        name: Decimal(value) if isinstance(value, str) and name.endswith(NUMBERS) else value
        for name, value in fields.items()
    }
    return {"entity": entity, f"{entity}_id": identifier, "version": 0, **read}


def line(identifier: str, **fields: Any) -> Event:
    """An order line: one unit of `p` at 10 on order `o`, unless it says otherwise."""
    plain = {"order_id": "o", "order_date": DAY, "product_id": "p", "quantity": "1", "unit_price": "10"}
    return event("order_line", identifier, **{**plain, **fields})


def come_back(identifier: str, **fields: Any) -> Event:
    """A return, some days after the sales."""
    return event("return", identifier, **{"return_date": LATER, **fields})


def rate(value: str, day: date = DAY, of: str = "CHF", into: str = "EUR", **fields: Any) -> Event:
    """What one unit of a currency is worth in another one from a day on; its id is made of these."""
    pair = {"rate_date": day, "from_currency": of, "to_currency": into, "rate": Decimal(value)}
    return event("exchange_rate", f"{day}|{of}|{into}", **pair, **fields)


def taken(*events: Event) -> MemoryLake:
    """A lake that has taken in the events as one batch."""
    lake = MemoryLake()
    lake.take(list(events), "a")
    return lake


def facts(lake: MemoryLake, name: str) -> list[Row]:
    """Rows of a fact of all months, by the natural ids of return and line."""
    months = [frame for at, frame in lake.state.items() if at.startswith(f"{name}/")]
    rows = [row for month in months for row in month.to_dicts()]
    return sorted(rows, key=lambda row: (row.get("return_id", ""), row.get("order_line_id", "")))


def sales(*events: Event) -> dict[str, Row]:
    """Lines by id."""
    return {row["order_line_id"]: row for row in facts(taken(*events), "fact_sales")}


def sale(*events: Event) -> Row:
    """The one line that the events give."""
    [row] = sales(*events).values()
    return row


def returns(*events: Event) -> list[Row]:
    """What came back, in the order of the returns' ids."""
    return facts(taken(*events), "fact_returns")
