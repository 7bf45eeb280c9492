"""The study of clusters: whose figures it takes, and what gold says of what it made."""

from datetime import date, timedelta

import polars as pl
import pytest

from saleslake_processor.learnt.clusters import CLUSTERS, customers
from saleslake_processor.learnt.frames import FRAMES, whole
from saleslake_processor.learnt.study import Lessons
from saleslake_processor.marts.graph import MARTS
from saleslake_processor.publish import held
from tests.property.memory_lake import COMPANY, Event
from tests.unit.processor.derived import come_back, event, line, taken
from tests.unit.processor.gold import given

DAY = date(2026, 3, 1)
CLUSTER = ("cluster", "cluster_name")


def order(customer: str | None, back: int, price: int = 10, number: int = 0, **fields) -> Event:
    """An order of one line, some days before the last."""
    said = {"customer_id": customer, "order_date": DAY - timedelta(days=back), "unit_price": str(price)}
    return line(f"{customer}-{number}", **{"order_id": f"{customer}-{number}", **said, **fields})


def shop() -> list[Event]:
    """Twenty who buy often and lately, forty who bought once long ago; and who is no such customer."""
    often = [
        order(f"often{who}", 3 * number + who % 5, 300 + who, number)
        for who in range(20)
        for number in range(9)
    ]
    once = [order(f"once{who}", 300 + who, 5 + who % 3) for who in range(40)]
    others = [
        *(order(None, 0), event("customer", "never ordered"), order("cancelled", 1, status="cancelled")),
        come_back("r", product_id="p", customer_id="only returned", return_amount="2", return_date=DAY),
    ]
    return [*often, *once, *others]


@pytest.fixture(scope="module")
def frames() -> dict[str, pl.LazyFrame]:
    return given(taken(*shop()))


def inputs(frames: dict[str, pl.LazyFrame]) -> dict[str, pl.DataFrame]:
    return {name: frames[name].collect() for name in CLUSTERS.inputs}


@pytest.fixture(scope="module")
def lessons(frames: dict[str, pl.LazyFrame]) -> Lessons:
    return CLUSTERS.learn(inputs(frames), Lessons(), lambda _: None)


def told(name: str, frames: dict[str, pl.LazyFrame]) -> pl.DataFrame:
    """A gold table that is made of the state, of what was learnt, and of the gold tables before it."""
    made = dict(frames)
    for mart in MARTS:
        if set(mart.inputs) <= made.keys():
            made[mart.name] = held(mart, mart.build(made)).lazy()
        if mart.name == name:
            break
    return made[name].collect()


def test_customers_are_those_who_are_known_and_ordered(frames):
    rows = customers(inputs(frames))
    assert rows.height == 60
    often = rows.filter(pl.col("orders") > 1)
    assert (often.height, often["orders"].unique().item()) == (20, 9)
    # The day after the last one, less the last order.
    assert set(often["recency_days"]) == {1, 2, 3, 4, 5}
    assert often["net_amount"].max() == 9 * 319


def test_frames_are_as_declared(lessons):
    assert {name: frame.schema for name, frame in lessons.frames.items()} == {
        name: FRAMES[name] for name in CLUSTERS.makes
    }
    assert lessons.frames["customer_cluster"].height == 60
    assert lessons.frames["cluster_centre"]["customers"].sum() == 60


def test_the_next_time_knows_the_last(frames, lessons):
    moved = {
        name: frame.with_columns(cluster=pl.col("cluster") + 40) for name, frame in lessons.frames.items()
    }
    again = CLUSTERS.learn(inputs(frames), Lessons(moved), lambda _: None)
    assert again.frames["cluster_centre"]["cluster"].to_list() == moved["cluster_centre"]["cluster"].to_list()


def test_gold_names_the_cluster_of_who_has_one(frames, lessons):
    learnt = whole({name: frame.lazy() for name, frame in lessons.frames.items()})
    rows = told("customer_analysis", {**frames, **learnt})
    in_one = rows.filter(pl.col("cluster").is_not_null())
    assert in_one.height == 60
    assert set(in_one["customer"].str.strip_chars("0123456789")) == {"often", "once"}
    nobody = rows.filter(pl.col("cluster").is_null())
    assert set(nobody["customer"]) == {"unknown", "never ordered", "cancelled", "only returned"}
    assert nobody["cluster_name"].null_count() == nobody.height
    clusters = told("customer_clusters", {**frames, **learnt})
    counts = in_one.group_by("cluster").len().sort("cluster")["len"].to_list()
    assert clusters["customers"].to_list() == counts
    assert clusters["company"].unique().to_list() == [COMPANY]


def test_before_anything_was_learnt_nobody_has_one(frames):
    assert told("customer_analysis", frames).select(CLUSTER).null_count().row(0) == (64, 64)
    assert told("customer_clusters", frames).height == 0
