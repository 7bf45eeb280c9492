"""What was known at the sale stands in gold where the profile asks for it, and moves with late versions."""

from pathlib import Path
from typing import Any

import pytest

from saleslake.lake import Lake
from saleslake_processor import decisions, ledger
from saleslake_processor.decide import on_batches
from saleslake_processor.verify import verify
from tests.integration.processor.shop import (
    ENTITIES,
    SETTINGS,
    START,
    gold,
    later,
    line,
    passed,
    source,
    write,
)

MEMBERS = {
    **ENTITIES,
    "customer": {
        "from": "stores",
        "key": "id",
        "version_from": "since",
        "fields": {"segment": "segment", "place_id": "town"},
    },
    "category": {"from": "places", "key": "id", "version_from": "since", "fields": {"name": "name"}},
}
MEMBERS.pop("store")
MEMBERS.pop("place")
ALL = ["customer.segment", "customer.place", "product.category"]


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """Two sales to one customer, in January and in February."""
    lake = Lake(tmp_path / "lake")
    write(
        lake,
        {
            "lines": [line("a-1", customer="c"), line("b-1", customer="c", day="2026-02-10")],
            "products": [{"id": "p", "name": "Tea", "category": "k", "price": "1", "cost": "1"}],
        },
    )
    return lake


def member(segment: str, town: str, since: str) -> dict[str, Any]:
    return {"id": "c", "segment": segment, "town": town, "since": since}


def kept(lake: Lake) -> list[tuple[Any, ...]]:
    """What each line keeps, with the town's id in the place of its key."""
    towns = dict(gold(lake, "dim_place").select("place_key", "place_id").iter_rows())
    columns = ["customer_segment_at_sale", "customer_place_key_at_sale", "product_category_at_sale"]
    rows = gold(lake, "fact_sales").sort("order_line_id").select(columns).rows()
    return [(segment, towns.get(place), category) for segment, place, category in rows]


@pytest.mark.slow
def test_late_versions_move_the_lines_that_they_count_for(lake: Lake):
    shop = source(entities=MEMBERS, at_sale=ALL)
    passed(lake, shop)
    assert kept(lake) == [("unknown", "", "k")] * 2
    write(lake, {"stores": [member("big", "Nice", "2026-02-05")]}, at=later(1))
    passed(lake, shop)
    assert kept(lake) == [("big", "Nice", "k")] * 2, "nothing older is known"
    write(lake, {"stores": [member("small", "Lyon", "2026-01-30T23:59:59Z")]}, at=later(2))
    write(lake, {"places": [{"id": "k", "name": "Drinks", "since": "2026-01-01"}]}, at=later(3))
    write(lake, {"places": [{"id": "k", "name": "Hot drinks", "since": "2026-02-10"}]}, at=later(4))
    passed(lake, shop)
    assert kept(lake) == [("small", "Lyon", "Drinks"), ("big", "Nice", "Hot drinks")]
    assert verify(lake, [shop], SETTINGS).found == []


@pytest.mark.slow
def test_what_a_profile_does_not_ask_for_is_null_until_it_is_staged_again(lake: Lake):
    shop = source(entities=MEMBERS)
    write(lake, {"stores": [member("small", "Lyon", "2026-01-01")]}, at=later(1))
    passed(lake, shop)
    assert kept(lake) == [(None, None, None)] * 2
    asking = source(entities=MEMBERS, at_sale=["customer.segment"])
    stale = ledger.stale(lake, {"shop": ledger.stamp(asking.mapping_hash)})["batch"].to_list()
    decisions.record(lake, on_batches(lake, asking, "restage", stale, START, "Ada", "for the test"))
    passed(lake, asking)
    assert kept(lake) == [("small", None, None)] * 2
    assert verify(lake, [asking], SETTINGS).found == []
