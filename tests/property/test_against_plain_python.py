"""The core gives, to the last ten-thousandth, what plain Python gives for the same history."""

from collections import defaultdict
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from math import floor
from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from saleslake_processor import keys
from saleslake_processor.derive.discounts import SURCHARGE, UNKNOWN, UPPER
from saleslake_processor.derive.sums import AMOUNTS, MEASURES, SUMS
from tests.property import plain_history, plain_python
from tests.property.memory_lake import COMPANY, REPORTING, Event, MemoryLake, built_at_once
from tests.property.plain_amounts import TICKS, Row
from tests.property.plain_python import Core
from tests.property.test_incremental_equals_rebuild import event, histories, money, some

IDS = {
    "order_line": ["o1|1", "o1|2", "o2|1", "o3|1"],
    "order": ["o1", "o2", "o3"],
    "return": ["r1", "r2", "r3"],
    "product": ["p1", "p2", "p3"],
    "category": ["k1", "k2", "k3"],
    "store": ["s1", "s2"],
    "customer": ["c1", "c2"],
    "place": ["x1", "x2"],
    "region": ["|north", "|south", "FR|north", "FR|south"],
}


def hashed() -> plain_python.Keys:
    names = [(entity, identifier) for entity, ids in IDS.items() for identifier in ids]
    frame = pl.DataFrame(names, schema=["entity", "id"], orient="row")
    return {
        (entity, identifier): part.select(keys.key(COMPANY, str(entity), pl.col("id"))).item()
        for (entity, identifier), part in frame.group_by("entity", "id")
    }


KEYS = hashed()


def seldom(values):
    """Mostly nothing: what a line tells itself hides what its product or its order tells."""
    return st.integers(0, 3).flatmap(lambda chance: st.none() if chance else values)


MORE: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "order_line": {
        "unit_cost": seldom(money(0, 900)),
        "cost_amount": seldom(money(0, 900)),
        "profit_amount": seldom(money(-900, 900)),
        "tax_amount": seldom(money(0, 300)),
        "freight_amount": st.none() | money(0, 300),
    },
    "order": {"total_amount": st.none() | money(0, 9000)},
    "return": {
        "customer_id": some("c1", "c2"),
        "store_id": some("s1", "s2"),
        "unit_price": seldom(money(0, 900)),
    },
}


@st.composite
def told_more(draw, of=event):
    """Histories whose lines bring costs, taxes and amounts let off too, under one of a few sources' terms."""
    batches, arrival = draw(histories(of))
    terms = draw(
        st.sampled_from(
            [
                {},
                {"tax_rate": Decimal("0.2")},
                {"tax_rate": Decimal("0.055"), "prices_include_tax": True},
                {"tax_rate": Decimal("0.2"), "prices_include_tax": True, "money_places": 0},
                {"money_places": 4},
            ]
        )
    )

    def more(event: Event) -> Event:
        said = {name: draw(values) for name, values in MORE.get(event["entity"], {}).items()}
        if event.get("discount_rate") is None and event["entity"] == "order_line":
            said["discount_amount"] = draw(st.none() | money(0, 300))
        told: Event = event | said | terms
        return told

    return {batch: [more(event) for event in events] for batch, events in batches.items()}, arrival


def of_fact(lake: MemoryLake, name: str) -> list[Row]:
    months = [frame for at, frame in lake.state.items() if at.startswith(f"{name}/")]
    return pl.concat(months).to_dicts() if months else []


def as_amount(of_ticks: Any) -> Decimal | None:
    return None if of_ticks is None else Decimal(int(of_ticks)) / TICKS


def members(core: Core, row: Row) -> dict[str, int]:
    entities = ("customer", "product", "store", "place", "salesperson", "category", "region")
    return {f"{entity}_key": core.key(entity, row.get(f"{entity}_id")) for entity in entities}


def as_it_was(core: Core, line: Row, known: plain_history.Versions) -> Row:
    kept = plain_history.at_sale(known, line)
    place = kept["customer_place"]
    return {
        "customer_segment_at_sale": kept["customer_segment"],
        "customer_place_key_at_sale": None if place is None else core.key("place", place or None),
        "product_category_at_sale": kept["product_category"],
    }


def expected_sale(core: Core, line: Row) -> Row:
    mine = [row for row in core.back if row["line_id"] == line["order_line_id"]]
    refunded, back = (sum(row[name] for row in mine) for name in ("refunded", "units"))
    known, counted = line["cost"] is not None, line["counted"]
    kept = line["cost"] - sum(row["cost"] for row in mine) if known else None
    net = line["sales"] - refunded
    measures = {
        "gross_amount": line["gross"],
        "discount_amount": line["discount"],
        "sales_amount": line["sales"],
        "net_amount": net,
        "sales_cost_amount": line["cost"],
        "cost_amount": kept,
        "margin_amount": net - kept if known else None,
        "uncosted_amount": 0 if known else net,
        "tax_amount": line["tax"],
        "freight_amount": line["freight"],
        "total_amount": line["sales"] + line["tax"] + line["freight"],
        **{f"{name}_amount": line[name] for name in line if name.startswith("original_")},
        "original_total_amount": sum(line[f"original_{name}"] for name in ("sales", "tax", "freight")),
    }
    return {
        "order_id": line["order_id"],
        "order_date": line["order_date"],
        "returned_quantity": Decimal(int(back)),
        "returned_amount": as_amount(refunded),
        "quantity": line["quantity"] if counted else 0,
        "cancelled_quantity": 0 if counted else line["quantity"],
        "cancelled_amount": 0 if counted else as_amount(line["sales"]),
        "currency": REPORTING,
        "original_currency": line["of"],
        "exchange_rate": float(line["rate"]),
        **{name: as_amount(ticks if counted else 0) for name, ticks in measures.items()},
        **members(core, line),
    }


def expected_return(core: Core, row: Row) -> Row:
    return {
        "return_date": row["return_date"],
        "order_date": row["order_date"],
        "quantity": Decimal(int(row["units"])),
        "refunded_amount": as_amount(row["refunded"]),
        "cost_amount": as_amount(row["cost"]),
        "currency": REPORTING,
        "original_currency": row["of"],
        "original_refunded_amount": as_amount(row["original_refunded"]),
        "sale_known": row["line_id"] is not None,
        **members(core, row),
    }


def added_up(sales: list[Row], returns: list[Row], grain: Callable[[Row], tuple[Any, ...]]) -> dict[Any, Row]:
    """The measures by grain, of facts as `expected_...` gives them."""
    cells: dict[Any, Row] = defaultdict(lambda: dict.fromkeys(MEASURES, 0))
    orders: dict[Any, set[str]] = defaultdict(set)
    for sale in sales:
        at = grain(sale | {"date": sale["order_date"]})
        counted = sale["counted"]
        renamed = {"units": sale["quantity"], "returned_units": sale["returned_quantity"]}
        for name in AMOUNTS:
            cells[at][name] += renamed.get(name, sale.get(name)) or 0
        cells[at]["rows"] += 1
        cells[at]["counted"] += counted
        cells[at]["lines"] += counted
        orders[at] |= {sale["order_id"]} if counted else set()
    for back in returns:
        at = grain(back | {"date": back["return_date"]})
        cell = cells[at]
        cell["rows"] += 1
        cell["counted"] += not back["sale_known"] or back["quantity"] > 0
        cell["refunded_amount"] += back["refunded_amount"]
        if not back["sale_known"]:
            cell["returned_units"] += back["quantity"]
            cell["returned_amount"] += back["refunded_amount"]
            cell["net_amount"] -= back["refunded_amount"]
            if back["cost_amount"] is None:
                cell["uncosted_amount"] -= back["refunded_amount"]
            else:
                cell["cost_amount"] -= back["cost_amount"]
                cell["margin_amount"] -= back["refunded_amount"] - back["cost_amount"]
    return {at: cell | {"orders": len(orders[at])} for at, cell in cells.items()}


def band_of(sale: Row) -> int:
    """Number of the band of its discount."""
    off, gross = (Fraction(sale[f"{name}_amount"]) for name in ("discount", "gross"))
    if off == 0:
        return 0
    if off < 0:
        return SURCHARGE
    percent = floor(100 * off / gross + Fraction(1, 2)) if gross > 0 else 100
    return 1 + sum(percent > upper for upper in UPPER)


def grain_of(columns: list[str]) -> Callable[[Row], tuple[Any, ...]]:
    def grain(row: Row) -> tuple[Any, ...]:
        row = row | {"company": COMPANY, "month": row["date"].replace(day=1)}
        return tuple(row[column] for column in columns)

    return grain


@settings(max_examples=settings().max_examples // 3)
@given(told_more())
def test_the_core_gives_what_plain_python_gives(history):
    batches, _ = history
    lake = built_at_once(batches)
    core = Core(plain_python.winners(batches), KEYS)

    known = plain_history.versions(batches)
    sales = {
        line["order_line_id"]: expected_sale(core, line) | as_it_was(core, line, known)
        for line in core.sold.values()
    }
    got = {row["order_line_id"]: row for row in of_fact(lake, "fact_sales")}
    assert {name: {column: got[name][column] for column in row} for name, row in sales.items()} == sales
    assert got.keys() == sales.keys()

    returns = {
        (row["return_id"], core.key("order_line", row["line_id"])): expected_return(core, row)
        for row in core.back
    }
    taken = {(row["return_id"], row["order_line_key"]): row for row in of_fact(lake, "fact_returns")}
    assert {at: {column: taken[at][column] for column in row} for at, row in returns.items()} == returns
    assert taken.keys() == returns.keys()

    waits = lake.state.get("waiting", pl.DataFrame({"entity": [], "key": []}))
    assert set(waits.select("entity", "key").iter_rows()) == {
        (entity, KEYS[entity, identifier]) for entity, identifier in core.waiting
    }

    counted = [
        row | {"counted": core.sold[name]["counted"], "promotion": "", "discount_band": band_of(row)}
        for name, row in sales.items()
    ]
    bands = {core.key("order_line", name): band_of(row) for name, row in sales.items()}
    came = [
        row | {"promotion": "", "discount_band": bands.get(line, UNKNOWN)}
        for (_, line), row in returns.items()
    ]
    for name, columns in SUMS.items():
        expected = added_up(counted, came, grain_of(columns))
        frame = lake.state.get(f"sums/{name}")
        rows = {} if frame is None else {tuple(row[c] for c in columns): row for row in frame.to_dicts()}
        assert {at: {measure: row[measure] for measure in MEASURES} for at, row in rows.items()} == expected
