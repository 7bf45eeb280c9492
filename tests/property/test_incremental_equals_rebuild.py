"""Any split of events into batches, in any order of arrival, gives what one rebuild gives."""

from datetime import date
from decimal import Decimal

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from saleslake_processor.contracts.facts import FactSales
from saleslake_processor.contracts.sales_team import OPPORTUNITY_STATUS
from saleslake_processor.derive.causes import causes
from saleslake_processor.derive.difference import gained
from saleslake_processor.derive.restated import restated
from saleslake_processor.derive.sums import AMOUNTS, SUMS
from tests.property.memory_lake import Event, MemoryLake, built_at_once, source_of

FEW, FEWER = (settings(max_examples=max(1, settings().max_examples // part)) for part in (2, 4))
"""An example is some batches, each of which is taken in: they took a sixth of the time of all tests."""

DAYS = [None, date(2026, 1, 30), date(2026, 1, 31), date(2026, 2, 1), date(2026, 3, 5)]
ORDERS = ["o1", "o2", "o3"]
LINES = ["o1|1", "o1|2", "o2|1", "o3|1"]
PRODUCTS = ["p1", "p2", "p3"]


CURRENCIES = st.sampled_from([None] * 5 + ["CHF", "USD", "EUR"])
PAIRS = [("CHF", "EUR")] * 4 + [("EUR", "CHF"), ("USD", "EUR"), ("EUR", "USD"), ("USD", "CHF")]
# From these a rate holds until some of the days of sales, and just does not until the next.
RATE_DAYS = [date(2026, 1, 23), date(2026, 1, 24), date(2026, 1, 30), date(2026, 1, 31), date(2026, 2, 26)]


def some(*values):
    return st.sampled_from([None, *values])


def money(low: int, high: int):
    return st.integers(low, high).map(lambda cents: Decimal(cents) / 100)


def entity(kind: str, identifier: str, ids: list[str], **fields) -> st.SearchStrategy[Event]:
    return st.fixed_dictionaries(
        {
            "entity": st.just(kind),
            identifier: st.sampled_from(ids),
            "deleted": st.sampled_from([False] * 7 + [True]),
            **fields,
        }
    )


line = entity(
    "order_line",
    "order_line_id",
    LINES,
    order_id=st.sampled_from(ORDERS),
    order_date=st.sampled_from(DAYS),
    customer_id=some("c1", "c2"),
    product_id=st.sampled_from(PRODUCTS),
    store_id=some("s1", "s2"),
    place_id=some("x1"),
    status=some("completed", "cancelled"),
    quantity=st.integers(1, 4).map(Decimal),
    unit_price=st.none() | money(0, 2000),
    discount_rate=some(Decimal("0.1"), Decimal("0.125"), Decimal(1)),
    sales_amount=st.none() | money(0, 2000),
    currency=CURRENCIES,
    at_sale=some("customer.segment,product.category", "customer.place"),
)
order = entity(
    "order",
    "order_id",
    ORDERS,
    order_date=st.sampled_from(DAYS),
    customer_id=some("c1", "c2"),
    store_id=some("s1", "s2"),
    status=some("completed", "cancelled"),
    subtotal_amount=st.none() | money(0, 5000),
    tax_amount=st.none() | money(0, 900),
    freight_amount=st.none() | money(0, 900),
    currency=CURRENCIES,
)
come_back = entity(
    "return",
    "return_id",
    ["r1", "r2", "r3"],
    order_line_id=some(*LINES),
    order_id=some(*ORDERS),
    product_id=some(*PRODUCTS),
    return_date=st.sampled_from(DAYS),
    quantity=st.none() | st.integers(1, 5).map(Decimal),
    return_amount=st.none() | money(0, 900),
    currency=CURRENCIES,
)
product = entity(
    "product",
    "product_id",
    PRODUCTS,
    category_id=some("k1", "k2"),
    list_price=st.none() | money(0, 2000),
    unit_cost=money(0, 1000),
    currency=CURRENCIES,
)
category = entity(
    "category", "category_id", ["k1", "k2", "k3"], parent_id=some("k1", "k2", "k3"), name=some("A", "B")
)
store = entity("store", "store_id", ["s1", "s2"], place_id=some("x1", "x2"))
customer = entity(
    "customer", "customer_id", ["c1", "c2"], place_id=some("x1", "x2"), segment=some("small", "big")
)
place = entity("place", "place_id", ["x1", "x2"], region=some("north", "south"), country=some("FR"))
account = entity("account", "account_id", ["a1", "a2"], place_id=some("x1", "x2"), name=some("A", "B"))
opportunity = entity(
    "opportunity",
    "opportunity_id",
    ["u1", "u2"],
    account_id=some("a1", "a2"),
    salesperson_id=some("m1"),
    product_id=some("p1", "p4"),
    status=st.sampled_from(OPPORTUNITY_STATUS),
    attribution_date=st.sampled_from(DAYS),
    engage_date=st.sampled_from(DAYS),
    close_date=st.sampled_from(DAYS),
    opportunity_amount=st.none() | money(0, 5000),
    currency=CURRENCIES,
)
booking = entity(
    "booking",
    "booking_id",
    ["w1", "w2"],
    account_id=some("a1", "a2", "a3"),
    month=st.sampled_from(DAYS[1:]),
    booked_amount=money(-900, 5000),
    currency=CURRENCIES,
)
stock = entity(
    "stock",
    "stock_id",
    ["n1", "n2", "n3"],
    stock_date=st.sampled_from([day for day in DAYS if day]),
    product_id=st.sampled_from(["p1", "p5"]),
    store_id=some("s1", "s3"),
    quantity=st.sampled_from(["0", "2.5", "-1", "40"]).map(Decimal),
    on_order_quantity=st.none() | st.just(Decimal(6)),
    lead_time_days=st.none() | st.just(Decimal("2.5")),
)

# Ids tell nothing of day and pair: a rate may be corrected, moved, deleted, and said twice.
exchange_rate = st.builds(
    lambda event, pair: event | {"from_currency": pair[0], "to_currency": pair[1]},
    entity(
        "exchange_rate",
        "exchange_rate_id",
        ["e1", "e2", "e3", "e4"],
        rate_date=st.sampled_from(RATE_DAYS),
        rate=st.sampled_from(["0.5", "1.0514", "0.0000333", "3"]).map(Decimal),
    ),
    st.sampled_from(PAIRS),
)

# `one_of` takes a strategy that is named several times for one.
of_orders = st.sampled_from(
    [line] * 5 + [come_back] * 2 + [product] * 3 + [order, category, store, customer, place]
).flatmap(lambda kind: kind)
of_sales_team = st.one_of(opportunity, booking, account)
event = st.sampled_from([of_orders] * 6 + [of_sales_team] * 2 + [stock]).flatmap(lambda kind: kind)


@st.composite
def histories(draw, of=event):
    """Batches by id, and the order in which they arrive. Versions may tie; repeats and duplicates occur.

    The source is in the company's currency or in another one; rates for it may be there, late, or missing.
    """
    events = draw(st.lists(of, min_size=1, max_size=24)) + draw(st.lists(exchange_rate, max_size=8))
    versions = draw(st.lists(st.integers(0, 12), min_size=len(events), max_size=len(events)))
    home = {"source_currency": draw(st.sampled_from(["EUR", "CHF"]))}
    events = [home | event | {"version": version} for event, version in zip(events, versions, strict=True)]
    events += draw(st.lists(st.sampled_from(events), max_size=4))
    labels = draw(st.lists(st.sampled_from("abcd"), min_size=len(events), max_size=len(events)))
    batches: dict[str, list[Event]] = {}
    for label, one in zip(labels, events, strict=True):
        batches.setdefault(label, []).append(one)
    return batches, draw(st.permutations(sorted(batches)))


@FEW
@given(histories())
def test_any_split_in_any_order_gives_what_one_rebuild_gives(history):
    batches, arrival = history
    lake = MemoryLake()
    for batch in arrival:
        lake.take(batches[batch], batch)
    assert_same_state(lake, built_at_once(batches))


@st.composite
def edited(draw):
    """A history, and batches that are read in another way afterwards, one after the other.

    A profile that was edited reads rows differently, leaves some out, or takes others; a row that is
    released comes, one that is dropped goes; two sources may tell of the same things.
    """
    batches, arrival = draw(histories())
    edits = []
    now = dict(batches)
    for _ in range(draw(st.integers(1, 3))):
        batch = draw(st.sampled_from(sorted(batches)))
        events = draw(st.lists(st.sampled_from(now[batch]), unique_by=id)) if now[batch] else []
        others = draw(histories())[0]
        events += [one for name in sorted(others) for one in others[name]][: draw(st.integers(0, 4))]
        now[batch] = events
        edits.append((batch, events))
    return batches, arrival, edits, now


@FEW
@given(edited())
def test_batches_that_are_read_in_another_way_give_what_one_rebuild_gives(history):
    batches, arrival, edits, now = history
    lake = MemoryLake()
    for batch in arrival:
        lake.take(batches[batch], batch)
    for batch, events in edits:
        lake.stage_again(events, batch)
    assert_same_state(lake, built_at_once(now))


def assert_same_state(lake: MemoryLake, rebuilt: MemoryLake) -> None:
    assert lake.state.keys() == rebuilt.state.keys()
    for name, frame in rebuilt.state.items():
        # Which of two equal observations made a row wait depends on which came first; that it waits does not.
        columns = ["entity", "key", "touch_key"] if name == "waiting" else frame.columns
        assert_frame_equal(lake.state[name].select(columns), frame.select(columns))


@FEW
@given(histories())
def test_amounts_add_up_the_same_at_every_grain_and_keep_their_identities(history):
    batches, arrival = history
    lake = MemoryLake()
    for batch in arrival:
        lake.take(batches[batch], batch)
    zero = dict.fromkeys(AMOUNTS, Decimal(0))
    totals = {
        name: lake.state[f"sums/{name}"].select(pl.col(AMOUNTS).sum()).to_dicts()[0]
        if f"sums/{name}" in lake.state
        else zero
        for name in SUMS
    }
    for name, of_grain in totals.items():
        assert of_grain == totals["company"], name
        assert of_grain["gross_amount"] - of_grain["discount_amount"] == of_grain["sales_amount"]
        assert of_grain["sales_amount"] - of_grain["returned_amount"] == of_grain["net_amount"]
        assert (
            of_grain["net_amount"] - of_grain["cost_amount"]
            == of_grain["margin_amount"] + of_grain["uncosted_amount"]
        )
    months = [frame for name, frame in lake.state.items() if name.startswith("fact_sales/")]
    for facts in months:
        assert FactSales.is_valid(facts.select(FactSales.column_names()))
        assert facts.filter(
            pl.col("gross_amount") - pl.col("discount_amount") != pl.col("sales_amount")
        ).is_empty()


@FEWER
@given(histories())
def test_every_figure_that_a_batch_restates_is_told_with_that_batch(history):
    batches, arrival = history
    lake = MemoryLake()
    for batch in arrival:
        before = {name: frame.lazy() for name, frame in lake.state.items()}
        added = lake.append(batches[batch], batch)
        lake.bring_forward(added)
        after = {name: frame.lazy() for name, frame in lake.state.items()}
        difference = gained({name: rows.lazy() for name, rows in added.items()})
        rows = causes(restated(before, after), before, after, difference)
        assert set(rows["batches"]) <= {f"{source_of(batch)}/{batch}"}
