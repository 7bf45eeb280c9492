"""What lines keep of their sale is what plain Python says of it, whenever the versions came in."""

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.property import plain_history, plain_python
from tests.property.memory_lake import Event, MemoryLake, built_at_once
from tests.property.plain_python import Core
from tests.property.test_against_plain_python import KEYS, as_it_was, of_fact
from tests.property.test_incremental_equals_rebuild import (
    assert_same_state,
    category,
    customer,
    line,
    product,
)

DAYS = st.sampled_from([date(2026, 1, 30), date(2026, 1, 31), date(2026, 2, 1), date(2026, 2, 16)])
ASKED = st.sampled_from(["customer.place,customer.segment,product.category"] * 3 + ["customer.segment", None])
MEMBERS = st.sampled_from([customer] * 3 + [product, category] * 2).flatmap(lambda kind: kind)


@st.composite
def sales_and_versions(draw: st.DrawFn) -> tuple[dict[str, list[Event]], list[str]]:
    """Batches of lines that can all be sold, and of what is told of their members, and how they arrive."""
    lines = draw(st.lists(line, min_size=1, max_size=4))
    sold = [{**each, "order_date": draw(DAYS), "at_sale": draw(ASKED), "currency": None} for each in lines]
    events = sold + draw(st.lists(MEMBERS, min_size=4, max_size=14))
    home = {"source_currency": "EUR"}
    batches: dict[str, list[Event]] = {}
    for event in events:
        said = home | event | {"version": draw(st.integers(0, 12))}
        batches.setdefault(draw(st.sampled_from("abcd")), []).append(said)
    for told in batches.values():
        for event in told:
            if event["entity"] == "product":
                event["currency"] = None
    return batches, draw(st.permutations(sorted(batches)))


@settings(max_examples=settings().max_examples // 3)
@given(sales_and_versions())
def test_lines_keep_what_was_known_then_in_whatever_order_it_comes(history):
    batches, arrival = history
    lake = MemoryLake()
    for batch in arrival:
        lake.take(batches[batch], batch)
    assert_same_state(lake, built_at_once(batches))
    core, known = Core(plain_python.winners(batches), KEYS), plain_history.versions(batches)
    expected = {line["order_line_id"]: as_it_was(core, line, known) for line in core.sold.values()}
    kept = {row["order_line_id"]: row for row in of_fact(lake, "fact_sales")}
    assert {
        name: {column: kept[name][column] for column in row} for name, row in expected.items()
    } == expected
    assert kept.keys() == expected.keys()
