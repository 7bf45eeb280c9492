"""A short history of a shop, pass by pass: what is done to the lake, and what the next run does about it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import polars as pl

from saleslake import clock
from saleslake.lake import Lake
from saleslake_processor import decisions, ledger, quarantine, whatif
from saleslake_processor.decide import on_batches, on_rows
from saleslake_processor.decisions import Action, Decision
from saleslake_processor.lock import writing
from saleslake_processor.orphans import maintain
from saleslake_processor.process import obey_reference, take_in
from saleslake_processor.verify import verify
from tests.integration.processor.shop import (
    ENTITIES,
    SETTINGS,
    later,
    line,
    passed,
    source,
    write,
)

Act = Callable[[Lake], object]

KEPT = SETTINGS.model_copy(update={"gold_snapshots_kept": 2})
REFERENCE = KEPT.model_copy(update={"reference": Path(__file__).parent / "reference"})
_DATED = {**ENTITIES["order_line"], "fields": {**ENTITIES["order_line"]["fields"], "ship_date": "shipped"}}
_WITHOUT_GIFTS = {**_DATED, "where": {"kind": {"not": ["note", "gift"]}}}
SHOP = source(snapshot="table", entities={**ENTITIES, "order_line": _DATED}, refused_limit=0.4)
LATER_SHOP = source(snapshot="table", entities={**ENTITIES, "order_line": _WITHOUT_GIFTS}, refused_limit=0.4)
"""The profile, and what it is changed to."""


@dataclass(frozen=True)
class Episode:
    """Something that is done to a lake."""

    name: str
    act: Act
    again: Act
    """What is done after it was killed, until the lake is as if it had not been."""
    before: Act = lambda _: None
    """What happens first, and is not killed here."""


def _sold(number: str, **fields: Any) -> dict[str, Any]:
    return line(number, **{"shipped": None, **fields})


def _first_batches(lake: Lake) -> None:
    lines = [
        *(_sold("o1-1"), _sold("o1-2", product="q", store="s", kind="gift")),
        *(_sold("o2-1", day="2026-02-03"), _sold("o3-1", shipped="soon")),
    ]
    products = [{"id": "p", "name": "Tea", "category": "drinks", "price": "12", "cost": "4"}]
    write(lake, {"lines": lines, "products": products, "extras": [{"id": "x"}]})
    returns = [{"id": "r", "line": "o1-2", "product": None, "day": "2026-02-05", "quantity": "1"}]
    stores = [{"id": "s", "name": None, "place": "x"}]
    write(lake, {"returns": returns, "stores": stores}, at=later(1))


def _corrections(lake: Lake) -> None:
    """A line with another price and month, one that is gone, another cost; a batch to be held back."""
    lines = [
        *(_sold("o1-1", price="11", day="2026-02-10"), _sold("o1-2", product="q", store="s", kind="gift")),
        *(_sold("o3-1", shipped="soon"), _sold("o4-1", day="2026-03-01")),
    ]
    products = [{"id": "p", "name": "Tea", "category": "drinks", "price": "12", "cost": "5"}]
    write(lake, {"lines": lines, "products": products}, at=later(2))
    write(lake, {"places": [{"id": "x", "city": "Lyon", "region": "south"}]}, at=later(3))
    nonsense = {"id": None, "line": "o4-1", "product": None, "day": "?", "quantity": "1"}
    write(lake, {"returns": [nonsense]}, at=later(4))


def _decided(lake: Lake, decision: Callable[[], Decision]) -> None:
    """As a person decides by command; twice does no more than once."""

    def step(at: Lake) -> None:
        made = decisions.record(at, decision())
        take_in(at, [LATER_SHOP if made.action == "restage" else SHOP], only=_batches(made))

    with writing(lake):
        whatif.changed_by(lake, KEPT, step)


def _batches(decision: Decision) -> set[tuple[str, str]]:
    return {(batch, decision.source) for batch in decision.batches}


def _release(lake: Lake) -> None:
    rows = quarantine.scan(lake).filter(pl.col("rule") == "ship_date|unreadable").collect()
    _decided(lake, lambda: on_rows(lake, SHOP, "release", rows, later(5), "Ada", "shipped anyway"))


def _give_up(lake: Lake) -> None:
    held = ledger.entries(lake).filter(pl.col("held") > 0).collect()["batch"].unique().to_list()
    _decided(lake, lambda: on_batches(lake, SHOP, "drop batch", held, later(6), "Ada", "nonsense"))


def _restage(lake: Lake) -> None:
    stale = ledger.stale(lake, {"shop": ledger.stamp(LATER_SHOP.mapping_hash)})["batch"].to_list()
    _decided(lake, lambda: on_batches(lake, LATER_SHOP, "restage", stale, later(7), "Ada", "gifts"))


def _again(action: Action, act: Act, by: Any = SHOP) -> Act:
    """The next run obeys what was decided; what was not yet is decided again."""

    def again(lake: Lake) -> None:
        passed(lake, by, settings=KEPT)
        if action not in {each.action for each in decisions.load(lake).made}:
            act(lake)

    return again


def _pass(lake: Lake) -> None:
    passed(lake, SHOP, settings=KEPT)


def _later_pass(lake: Lake) -> None:
    passed(lake, LATER_SHOP, settings=KEPT)


def _pass_with_reference(lake: Lake) -> None:
    # Like the decisions of people at a time of its own: made again, it is the same one.
    with writing(lake), patch.object(clock, "now", lambda: later(8)):
        obey_reference(lake, [LATER_SHOP], REFERENCE)
    passed(lake, LATER_SHOP, settings=REFERENCE)


def tidy(lake: Lake) -> None:
    """Two days later."""
    maintain(lake, 1, datetime.now(UTC) + timedelta(days=2))


def _litter(lake: Lake) -> None:
    """What killed runs left."""
    for path in (
        lake.raw_table("shop", "lines", "20260101T000000000000Z") / "part-00000.parquet",
        lake.log_table("order_line") / "month=2026-01" / "part-0.parquet",
        lake.quarantine("shop", "20260101T000000000000Z"),
        lake.state / "sums" / "month-000000000000.parquet",
        lake.gold_files / "sales_daily-0000.parquet",
        lake.root / ".scratch-1" / "log" / "order" / "part-0.parquet",
    ):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"left")


def _proof(lake: Lake) -> None:
    assert verify(lake, [LATER_SHOP], KEPT).found == []


HISTORY = [
    Episode("first batches and publication", _pass, _pass, _first_batches),
    Episode("corrections, a deletion, a batch that is held back", _pass, _pass, _corrections),
    Episode("a refused row is released", _release, _again("release", _release)),
    Episode("a batch is given up", _give_up, _again("drop batch", _give_up)),
    Episode("batches are staged again", _restage, _again("restage", _restage, LATER_SHOP)),
    Episode("reference files", _pass_with_reference, _pass_with_reference),
    Episode("maintenance", tidy, tidy, _litter),
    Episode("a proof", _proof, _later_pass),
]
