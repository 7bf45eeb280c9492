"""Whatever is edited in profiles and released, in whatever order: a rebuild, and plain Python, give the same.

Raw rows are staged as the processor stages them. Two sources of one company tell of the same things, one of
them in another currency, whose rates may come late; categories are renamed and moved; lines name products
that nobody tells of.
"""

from collections import defaultdict
from decimal import Decimal

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from saleslake_processor import keys
from saleslake_processor.marts import members, sales
from saleslake_processor.publish import of_state
from tests.property import plain_python
from tests.property.memory_lake import COMPANY, MemoryLake
from tests.property.plain_amounts import TICKS
from tests.property.plain_python import Core
from tests.property.raw_rows import PROFILES, Batch, batches_of_rows
from tests.property.test_incremental_equals_rebuild import assert_same_state

LINES = ["o1-1", "o1-2", "o2-1", "o3-1"]
KEYS = {
    ("order_line", name): pl.select(keys.key(COMPANY, "order_line", pl.lit(name))).item() for name in LINES
}


@st.composite
def edited(draw: st.DrawFn) -> tuple[list[Batch], list[Batch]]:
    """Batches as they arrive, and how some of them are staged again afterwards, one after the other."""
    batches = draw(batches_of_rows())
    arrival = draw(st.permutations(batches))
    now = {each.name: each for each in batches}
    again = []
    for _ in range(draw(st.integers(0, 4)) if now else 0):
        batch = now[draw(st.sampled_from(sorted(now)))]
        if (refused := batch.releasable()) and draw(st.sampled_from([True, True, False])):
            now[batch.name] = batch.edited(
                batch.profile, draw(st.lists(st.sampled_from(refused), min_size=1, max_size=3))
            )
        else:
            now[batch.name] = batch.edited(draw(PROFILES))
        again.append(now[batch.name])
    return list(arrival), again


def taken(arrival: list[Batch], again: list[Batch]) -> MemoryLake:
    """One batch after the other, each derived when it comes."""
    lake = MemoryLake()
    for batch in arrival:
        lake.take_staged(batch.staged())
    for batch in again:
        lake.replace(batch.staged(), batch.name, batch.source)
    return lake


def rebuilt(batches: list[Batch]) -> MemoryLake:
    """All batches, derived at once."""
    lake = MemoryLake()
    for batch in batches:
        lake.append_staged(batch.staged())
    lake.bring_forward(lake.log)
    return lake


def last_staged(arrival: list[Batch], again: list[Batch]) -> list[Batch]:
    last = {each.name: each for each in [*arrival, *again]}
    return [last[name] for name in sorted(last)]


@settings(max_examples=settings().max_examples // 5)
@given(edited())
def test_staged_again_gives_what_a_rebuild_gives_and_what_plain_python_reads_in_the_rows(history):
    arrival, again = history
    lake, last = taken(arrival, again), last_staged(arrival, again)
    assert_same_state(lake, rebuilt(last))
    events = {each.name: each.events() for each in last}
    core = Core(plain_python.winners(events), KEYS)
    given = of_state({name: frame.lazy() for name, frame in lake.state.items()})

    def category(root: str | None) -> str:
        named = core.now["category"].get(root or "", {}).get("name")
        return named or root or members.UNKNOWN

    sold = given["fact_sales"].select("order_line_id", "sales_amount").collect()
    assert dict(sold.iter_rows()) == {
        name: Decimal(line["sales"]) / TICKS for name, line in core.sold.items()
    }
    waits = given["waiting"].select("entity", "key").collect()
    assert set(waits.rows()) == {(entity, KEYS[entity, name]) for entity, name in core.waiting}

    products = members.dim_product(given).select("product_id", "name", "category", "is_inferred").collect()
    told = {
        name: (name, row["name"] or name, category(core.root(row["category_id"])), False)
        for name, row in core.now["product"].items()
    }
    inferred = {line["product_id"] for line in core.sold.values()} - told.keys()
    unknown = ("", members.UNKNOWN, members.UNKNOWN, False)
    assert set(products.rows()) == {
        unknown,
        *told.values(),
        *((name, name, members.UNKNOWN, True) for name in inferred),
    }

    cells: dict[tuple[object, ...], Decimal] = defaultdict(Decimal)
    for line in core.sold.values():
        cells[line["order_date"], category(line["category_id"])] += Decimal(line["sales"]) / TICKS
    daily = sales.sales_daily(given).group_by("date", "category").agg(pl.col("net_amount").sum()).collect()
    assert {(day, name): net for day, name, net in daily.iter_rows()} == cells
