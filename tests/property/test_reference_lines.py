"""Whatever reference lines come and go between batches: what stands in the lake is what a rebuild makes."""

import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from saleslake.lake import Lake
from saleslake.settings import Settings
from saleslake_processor import process
from saleslake_processor.verify import verify
from tests.integration.processor.shop import ENTITIES, gold, later, line, source, write

SHOP = source(
    entities={**ENTITIES, "customer": {"from": "extras", "key": "id", "fields": {"name": "name"}}},
    snapshot="table",
)
IDS, CUSTOMERS, PRICES = ("a-1", "b-1", "c-1"), ("x", "y", "z"), ("1", "2", "no")
BY = "Ann,2026-03-02,because"

LINES = st.builds(
    lambda id, price, customer: line(id, price=price, customer=customer),
    st.sampled_from(IDS),
    st.sampled_from(PRICES),
    st.sampled_from(CUSTOMERS),
)
BATCH = st.fixed_dictionaries(
    {
        "lines": st.lists(LINES, min_size=1, max_size=3, unique_by=lambda each: each["id"]),
        "extras": st.lists(st.sampled_from(CUSTOMERS), max_size=3, unique=True).map(
            lambda ids: [{"id": id, "name": id.upper()} for id in ids] or [{"id": "w", "name": "W"}]
        ),
    }
)
CORRECTIONS = st.lists(
    st.tuples(st.sampled_from(IDS), st.sampled_from(("1", "2", "")), st.sampled_from(("2", "5"))).filter(
        lambda each: each[1] != each[2]
    ),
    max_size=2,
    unique_by=lambda each: each[:2],
)
# Never in a circle: always into one that comes earlier.
MERGES = st.lists(
    st.sampled_from([("y", "x"), ("z", "x"), ("z", "y")]), max_size=2, unique_by=lambda each: each[0]
)
REGROUPED = st.lists(st.sampled_from([("x", "z"), ("y", "z")]), max_size=1)
SAID = st.tuples(CORRECTIONS, MERGES, REGROUPED)


def say(folder: Path, said: tuple[Any, Any, Any]) -> None:
    corrections, merges, regrouped = said
    files = {
        "corrections": (
            "entity,id,field,expected,value",
            [f"order_line,{id},unit_price,{old},{new}" for id, old, new in corrections],
        ),
        "merges": ("entity,id,into_id", [f"customer,{one},{other}" for one, other in merges]),
        "regroupings": (
            "entity,field,id,from,to",
            [f"order_line,customer_id,,{old},{new}" for old, new in regrouped],
        ),
    }
    for name, (header, lines) in files.items():
        rows = [f"company,{header},author,date,reason", *(f"acme,{each},{BY}" for each in lines)]
        (folder / f"{name}.csv").write_text("\n".join(rows) + "\n")


def same_after_all(steps: list[Any], last: Any) -> None:
    with tempfile.TemporaryDirectory() as temporary:
        lake, folder = Lake(Path(temporary) / "lake"), Path(temporary) / "reference"
        folder.mkdir()
        known = Settings(_env_file=None, reference=folder)
        for hour, (batch, said) in enumerate(steps):
            say(folder, said)
            write(lake, batch, at=later(hour))
            process.process(lake, [SHOP], known)
        say(folder, last)
        process.process(lake, [SHOP], known)
        assert process.pending(lake) == []
        assert [str(each) for each in verify(lake, [SHOP], known).found] == []
        bought = gold(lake, "fact_sales")
        merged = {one for one, _ in last[1]}
        told = gold(lake, "dim_customer").join(bought, on="customer_key", how="semi")
        assert not merged & {*told["customer_id"]}


STEPS = st.lists(st.tuples(BATCH, SAID), min_size=1, max_size=3)


@settings(max_examples=3)
@given(STEPS, SAID)
def test_lines_that_come_and_go_leave_what_a_rebuild_makes(steps, last):
    same_after_all(steps, last)


@pytest.mark.slow
@settings(max_examples=15)
@given(STEPS, SAID)
def test_many_lines_that_come_and_go_leave_what_a_rebuild_makes(steps, last):
    same_after_all(steps, last)
