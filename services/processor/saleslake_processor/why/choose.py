"""Which versions a value of gold is made of, by what its table is about."""

from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from saleslake_processor import keys
from saleslake_processor.contracts.entities import ENTITIES
from saleslake_processor.derive.touched import KEPT, TOUCH
from saleslake_processor.marts.graph import Mart
from saleslake_processor.why.chosen import (
    Versions,
    of_company,
    of_keys,
    together,
    touching,
    whole,
    with_members,
)
from saleslake_processor.why.ways import COMPANY, choosing, member_of, way

Frames = Mapping[str, pl.LazyFrame]
Row = Mapping[str, Any]

_BATCH = ["source", "batch"]
_DAYS = {
    "fact_sales": ("order_date",),
    "fact_returns": ("return_date",),
    "current/opportunity": ("attribution_date", "engage_date", "close_date"),
    "current/booking": ("month",),
}
"""Days that the calendar reaches over, by frame of the state."""


def chosen(mart: Mart, row: Row, column: str, log: Frames, state: Frames) -> Versions:
    """The versions that a value has to be derived of, with all that these refer to.

    `state` is what gold is made of (`publish.of_state`): it is asked what only deriving all of the log would
    tell, as what waits, and who refers to a member that no source has brought.
    """
    within, entity, rows_of = choosing(mart, column), member_of(mart), way(mart, column).rows_of
    if entity:
        return with_members(log, _member(entity, row[f"{entity}_key"], log, state))
    if rows_of:
        return with_members(log, of_company(log, row["company"], [rows_of]))
    if mart.name == "dim_date":
        return with_members(log, together(*_edges(log, state)))
    if "batch" in mart.contract.primary_key() and row["batch"]:
        waiting = state["waiting"].filter(pl.col(name) == row[name] for name in _BATCH)
        return with_members(log, whole(log, waiting.select(TOUCH).unique().collect()))
    if within == COMPANY:
        return with_members(log, of_company(log, row["company"]))
    if not within:
        return with_members(log, {})
    where = {name: row[name] for name in dict.fromkeys(("company", *within)) if name in row}
    return with_members(log, whole(log, touching(log, where)))


def _member(entity: str, key: int, log: Frames, state: Frames) -> Versions:
    """The versions of a member; of one that is only referred to what refers to it first."""
    if key == keys.UNKNOWN:
        return {}
    own = of_keys(log, entity, [key])
    if not own[entity].is_empty():
        return own
    return next(_referring(entity, key, log, state), own)


def _referring(entity: str, key: int, log: Frames, state: Frames) -> Iterator[Versions]:
    for fact in ("fact_sales", "fact_returns"):
        if f"{entity}_key" in state[fact].collect_schema():
            orders = state[fact].filter(pl.col(f"{entity}_key") == key).select(TOUCH).limit(1).collect()
            if not orders.is_empty():
                yield whole(log, orders)
    for name in KEPT:
        rows, reference = state[f"current/{name}"], f"{entity}_key"
        if entity in ENTITIES[name].references.values() and reference in rows.collect_schema():
            found = rows.filter(pl.col(reference) == key).select(ENTITIES[name].key).limit(1).collect()
            if not found.is_empty():
                yield of_keys(log, name, found.to_series())


def _edges(log: Frames, state: Frames) -> Iterator[Versions]:
    """What has the first and the last day of each kind."""
    for at, days in _DAYS.items():
        for day in days:
            for first in (pl.col(day).min(), pl.col(day).max()):
                rows = state[at].filter(pl.col(day) == first).limit(1).collect()
                if rows.is_empty():
                    continue
                if TOUCH in rows.columns:
                    yield whole(log, rows.select(TOUCH))
                else:
                    entity = at.removeprefix("current/")
                    yield of_keys(log, entity, rows[ENTITIES[entity].key])
