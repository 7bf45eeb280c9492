"""What was known of a thing on a day, in plain Python."""

from collections import defaultdict
from datetime import date, timedelta
from typing import Any

from tests.property.memory_lake import Event, instant

STEPS_UP = 16

Versions = dict[tuple[str, str], list[Event]]


def versions(batches: dict[str, list[Event]]) -> Versions:
    """What was said of each thing, the last thing last."""
    said: dict[tuple[str, str], list[tuple[tuple[int, str, int], Event]]] = defaultdict(list)
    for batch, events in batches.items():
        for row, event in enumerate(events):
            at = (event["entity"], event[f"{event['entity']}_id"])
            said[at].append(((event["version"], batch, row), event))
    return {
        at: [event for _, event in sorted(mine, key=lambda each: each[0]) if not event.get("deleted")]
        for at, mine in said.items()
    }


def then(known: Versions, entity: str, identifier: str | None, day: date) -> Event:
    """The last version that counted when the day was over; where there is none, that of the first instant."""
    mine = known.get((entity, identifier or ""), [])
    over = [event for event in mine if instant(event["version"]).date() < day + timedelta(days=1)]
    first = [event for event in mine if event["version"] == mine[0]["version"]]
    return (over or first or [{}])[-1]


def at_sale(known: Versions, line: dict[str, Any]) -> dict[str, Any]:
    """What a line keeps: ids in the place of keys; nothing where it is not asked."""
    day = line["order_date"]
    customer = then(known, "customer", line.get("customer_id"), day)
    category = then(known, "product", line["product_id"], day).get("category_id")
    for _ in range(STEPS_UP):
        category = then(known, "category", category, day).get("parent_id") or category
    name = then(known, "category", category, day).get("name") or category
    asked = (line.get("at_sale") or "").split(",")
    return {
        "customer_segment": (customer.get("segment") or "unknown") if "customer.segment" in asked else None,
        "customer_place": customer.get("place_id") or "" if "customer.place" in asked else None,
        "product_category": (name or "unknown") if "product.category" in asked else None,
    }
