"""Facts of the sales team are what plain Python gives, in whatever order the batches come."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

from hypothesis import given, settings

from saleslake_processor import keys
from saleslake_processor.contracts.facts import FactBookings, FactOpportunities
from saleslake_processor.derive import advance
from saleslake_processor.marts.sales_team import fact_bookings, fact_opportunities
from tests.property import plain_python
from tests.property.memory_lake import COMPANY, Event, MemoryLake
from tests.property.plain_python import TICKS, Row, rounded
from tests.property.test_against_plain_python import told_more
from tests.property.test_incremental_equals_rebuild import of_sales_team


def amount(event: Event, name: str) -> Decimal | None:
    if event[name] is None:
        return None
    tax = Fraction(event.get("tax_rate", 0)) if event.get("prices_include_tax") else Fraction(0)
    return Decimal(rounded(Fraction(event[name]) / (1 + tax), event.get("money_places", 2))) / TICKS


def opportunity(event: Event) -> Row:
    begins = event["engage_date"] or event["attribution_date"]
    closed = event["status"] in ("signed", "lost") and event["close_date"] and begins
    days = (event["close_date"] - begins).days if closed else None
    names = ("status", "attribution_date", "engage_date", "close_date")
    return {
        **{name: event[name] for name in names},
        "cycle_days": days if days is not None and days >= 0 else None,
        "opportunity_amount": amount(event, "opportunity_amount"),
        **referred(event, "account", "salesperson", "product"),
    }


def booking(event: Event) -> Row:
    return {
        "month": event["month"].replace(day=1),
        "booked_amount": amount(event, "booked_amount"),
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
    frame = build({f"current/{name}": advance.members(state, name)}).select(contract.column_names()).collect()
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
    for name, fact in (("opportunity", opportunity), ("booking", booking)):
        assert found(lake, name) == {identifier: fact(event) for identifier, event in now[name].items()}
