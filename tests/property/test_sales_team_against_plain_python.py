"""Facts of the sales team are what plain Python gives, in whatever order the batches come."""

from calendar import monthrange
from datetime import date
from fractions import Fraction
from typing import Any

from hypothesis import given, settings

from saleslake_processor import keys
from saleslake_processor.contracts.facts import FactBookings, FactOpportunities
from saleslake_processor.derive import advance
from saleslake_processor.marts.sales_team import fact_bookings, fact_opportunities
from tests.property import plain_python
from tests.property.memory_lake import COMPANY, REPORTING, Event, MemoryLake
from tests.property.plain_amounts import TICKS, Row, rounded
from tests.property.plain_rates import Rates, currency
from tests.property.test_against_plain_python import told_more
from tests.property.test_incremental_equals_rebuild import of_sales_team


def amounts(event: Event, name: str, rates: Rates, day: date | None) -> Row:
    """The amount in both currencies, and the rate between them: 1 where nothing has to be converted."""
    own, places = currency(event), event.get("money_places", 2)
    rate = Fraction(1) if own == REPORTING else None
    if event[name] is None:
        there, original = None, None
    else:
        tax = Fraction(event.get("tax_rate", 0)) if event.get("prices_include_tax") else Fraction(0)
        original = Fraction(rounded(Fraction(event[name]) / (1 + tax), places), TICKS)
        rate = rates.worth(own, REPORTING, day or date(1900, 1, 1))
        there = None if rate is None else Fraction(rounded(original * rate, places), TICKS)
    return {
        name: there,
        f"original_{name}": original,
        "original_currency": own,
        "exchange_rate": None if rate is None else float(rate),
    }


def opportunity(event: Event, rates: Rates) -> Row:
    begins = event["engage_date"] or event["attribution_date"]
    over = event["status"] in ("signed", "lost")
    valued_on = (event["close_date"] if over else None) or event["attribution_date"]
    closed = event["status"] in ("signed", "lost") and event["close_date"] and begins
    days = (event["close_date"] - begins).days if closed else None
    names = ("status", "attribution_date", "engage_date", "close_date")
    return {
        **{name: event[name] for name in names},
        "cycle_days": days if days is not None and days >= 0 else None,
        **amounts(event, "opportunity_amount", rates, valued_on),
        **referred(event, "account", "salesperson", "product"),
    }


def booking(event: Event, rates: Rates) -> Row:
    last = event["month"].replace(day=monthrange(event["month"].year, event["month"].month)[1])
    return {
        "month": event["month"].replace(day=1),
        **amounts(event, "booked_amount", rates, last),
        **referred(event, "account"),
    }


def referred(event: Event, *entities: str) -> dict[str, Any]:
    return {f"{entity}_id": event[f"{entity}_id"] for entity in entities}


def found(lake: MemoryLake, name: str) -> dict[str, Row]:
    """The rows of a fact by id, with ids in the place of keys."""
    state = {at: frame.lazy() for at, frame in lake.state.items()}
    builds = {
        "opportunity": (fact_opportunities, FactOpportunities),
        "booking": (fact_bookings, FactBookings),
    }
    build, contract = builds[name]
    given = {f"current/{kept}": advance.members(state, kept) for kept in (name, "exchange_rate")}
    frame = build(given).select(contract.column_names()).collect()
    assert contract.is_valid(frame)
    ids = {row["key"]: row["id"] for row in advance.referred(state).collect().to_dicts()}
    rows = {}
    for row in frame.to_dicts():
        assert row.pop("company") == COMPANY
        assert row.pop("currency") == "EUR"
        assert row.pop(f"{name}_key") != keys.UNKNOWN
        identifier = row.pop(f"{name}_id")
        named = {
            f"{at.removesuffix('_key')}_id": ids.get(row.pop(at)) for at in list(row) if at.endswith("_key")
        }
        rows[identifier] = row | named
    return rows


@settings(max_examples=settings().max_examples // 3)
@given(told_more(of_sales_team))
def test_facts_of_the_sales_team_are_what_plain_python_gives(history):
    batches, arrival = history
    lake = MemoryLake()
    for batch in arrival:
        lake.take(batches[batch], batch)
    now = plain_python.winners(batches)
    rates = Rates(now["exchange_rate"].values())
    for name, fact in (("opportunity", opportunity), ("booking", booking)):
        assert found(lake, name) == {
            identifier: fact(event, rates) for identifier, event in now[name].items()
        }
