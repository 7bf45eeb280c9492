"""Which versions a value of gold is made of, by what its table is about."""

from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from saleslake_processor import keys
from saleslake_processor.contracts.entities import ENTITIES
from saleslake_processor.derive.touched import KEPT, TOUCH
from saleslake_processor.marts.mart import Mart
from saleslake_processor.why.chosen import (
    Versions,
    of_company,
    of_keys,
    together,
    touching,
    whole,
    with_members,
)
from saleslake_processor.why.formulas.way import COMPANY, Way
from saleslake_processor.why.ways import choosing, member_of, way

Frames = Mapping[str, pl.LazyFrame]
Row = Mapping[str, Any]

_BATCH = ["source", "batch"]
_DAYS = {
    "fact_sales": ("order_date",),
    "fact_returns": ("return_date",),
    "current/opportunity": ("attribution_date", "engage_date", "close_date"),
    "current/booking": ("month",),
    "current/stock": ("stock_date",),
}
"""Days that the calendar reaches over, by frame of the state."""


def chosen(mart: Mart, row: Row, column: str, log: Frames, state: Frames) -> Versions:
    """The versions that a value has to be derived of, with all that these refer to.

    `state` is what gold is made of (`publish.of_state`): it is asked what only deriving all of the log would
    tell, as what waits, and who refers to a member that no source has brought.
    """
    within, entity, how = choosing(mart, column), member_of(mart), way(mart, column)
    if entity:
        return with_members(log, _member(entity, row[f"{entity}_key"], log, state))
    # Versions do not say the unknown member: what is nobody's is known only of all.
    nobody = any(row[name] == keys.UNKNOWN for name in how.within or () if name.endswith("_key"))
    if nobody:
        return with_members(log, of_company(log, row["company"]))
    own = _own_members(mart, row, log, state)
    if how.rows_of and within != COMPANY:
        return with_members(log, together(_counted(how, row, log), *own))
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
    ends = _ends(row["company"], log, state) if how.spans else ()
    return with_members(log, together(whole(log, touching(log, where)), *ends, *own))


def _own_members(mart: Mart, row: Row, log: Frames, state: Frames) -> Iterator[Versions]:
    """The versions of the members that a row is about: it may be there though nothing refers to them."""
    for name in mart.contract.primary_key():
        entity = name.removesuffix("_key")
        if entity != name and entity in KEPT and row[name] != keys.UNKNOWN:
            yield _member(entity, row[name], log, state)


def _counted(how: Way, row: Row, log: Frames) -> Versions:
    """All versions of what is counted: of all that the company has, or of what any version says is of the
    members that choose it."""
    entity = how.rows_of
    rows = of_company(log, row["company"], [entity])[entity]
    for name in how.within or ():
        said = rows.filter(pl.col(name) == row[name])
        rows = rows.join(said, on=ENTITIES[entity].key, how="semi")
    return {entity: rows}


def _ends(company: str, log: Frames, state: Frames) -> Iterator[Versions]:
    """What has the first and the last day of a company."""
    sold = state["fact_sales"].filter(pl.col("status") != "cancelled")
    days = pl.concat(
        [
            sold.select(TOUCH, "company", day="order_date"),
            state["fact_returns"].select(TOUCH, "company", day="return_date"),
        ]
    ).filter(pl.col("company") == company)
    for end in (pl.col("day").min(), pl.col("day").max()):
        yield whole(log, days.filter(pl.col("day") == end).select(TOUCH).limit(1).collect())


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
