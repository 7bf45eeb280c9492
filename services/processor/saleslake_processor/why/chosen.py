"""Which versions of the log a value of gold is made of: whole orders, and all that they refer to."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

import polars as pl

from saleslake_processor import keys
from saleslake_processor.contracts.entities import ENTITIES
from saleslake_processor.derive.rates import OLDEST_DAYS
from saleslake_processor.derive.touched import KEPT, TOUCH
from saleslake_processor.log_view import SCHEMAS

Frames = Mapping[str, pl.LazyFrame]

Versions = dict[str, pl.DataFrame]
"""Versions by entity, with the columns of `log_view.SCHEMAS`."""

_SAID = {
    "order_line": ("order_line_key", "product_key", "customer_key", "store_key", "salesperson_key"),
    "order": ("customer_key", "store_key", "salesperson_key"),
    "return": ("return_key", "order_line_key", "product_key", "customer_key", "store_key"),
}
"""Keys that rows of orders say."""

_RATE_DAYS = 31 + OLDEST_DAYS
"""A booking is converted at the rate of its month's last day."""


def touching(log: Frames, where: Mapping[str, object]) -> pl.DataFrame:
    """Orders, and returns without one (`touch_key`), of which any version says what the columns of facts say.

    All that may be among the facts of `where`, and perhaps others: what only deriving tells (the place, the
    region, the topmost category) does not choose, nor does the unknown member.
    """
    rows = _mentions(log)
    if "company" in where:
        rows = rows.filter(pl.col("company") == where["company"])
    chosen = [rows.select(TOUCH).unique()]
    for column, value in where.items():
        if column == "date":
            holds = pl.col("date") == pl.lit(value)
        elif column == "month":
            holds = pl.col("date").is_between(pl.lit(value), pl.lit(value).dt.month_end())
        elif column in _KEYS and value != keys.UNKNOWN:
            holds = pl.col(column) == pl.lit(value)
        else:
            continue
        chosen.append(rows.filter(holds).select(TOUCH).unique())
    found = chosen[-1]
    for each in chosen[1:-1]:
        found = found.join(each, on=TOUCH, how="semi")
    return found.collect()


_KEYS = {key for names in _SAID.values() for key in names}


def _mentions(log: Frames) -> pl.LazyFrame:
    """What rows of orders say, beside the order (or return) with which they are derived."""
    lines = log["order_line"].select("order_line_key", line_order="order_key").unique()
    back = log["return"].join(lines, on="order_line_key", how="left")
    places = [
        ("order_line", log["order_line"], "order_key"),
        ("order", log["order"], "order_key"),
        *(("return", back, touch) for touch in ("line_order", "order_key", "return_key")),
    ]
    return pl.concat(
        [
            rows.select("company", *_SAID[name], date=ENTITIES[name].dated_by or "", touch_key=touch)
            for name, rows, touch in places
        ],
        how="diagonal",
    ).drop_nulls(TOUCH)


def whole(log: Frames, orders: pl.DataFrame) -> Versions:
    """All versions of lines, headers and returns of these orders, and of those that share a row with one."""
    known = orders.select(TOUCH)
    while True:
        of_orders = log["order_line"].filter(_in("order_key", known)).select("order_line_key")
        line_keys = of_orders.unique().collect()
        named = _in("order_key", known) | _in("return_key", known) | _in("order_line_key", line_keys)
        return_keys = log["return"].filter(named).select("return_key").unique().collect()
        back = log["return"].filter(_in("return_key", return_keys)).collect()
        line_keys = pl.concat([line_keys, back.select("order_line_key")]).drop_nulls().unique()
        lines = log["order_line"].filter(_in("order_line_key", line_keys)).collect()
        placed = [rows.select(touch_key="order_key") for rows in (lines, back)]
        more = pl.concat([known, *placed]).drop_nulls().unique()
        if more.height == known.height:
            headers = log["order"].filter(_in("order_key", known)).collect()
            return {"order_line": lines, "order": headers, "return": back}
        known = more


def with_members(log: Frames, versions: Versions) -> Versions:
    """The versions with all that they refer to, and what that refers to; and the rates of their days."""
    found = {name: rows for name, rows in versions.items() if not rows.is_empty()}
    new = dict(found)
    while new:
        wanted: dict[str, list[pl.Series]] = {}
        for name, rows in new.items():
            for field, target in ENTITIES[name].references.items():
                if target in KEPT:
                    wanted.setdefault(target, []).append(rows[f"{field.removesuffix('_id')}_key"])
        new = {}
        for target, referred in wanted.items():
            missing = pl.concat(referred).drop_nulls().unique().to_frame("key")
            key = ENTITIES[target].key
            if target in found:
                missing = missing.join(found[target], left_on="key", right_on=key, how="anti")
            rows = log[target].filter(_in(key, missing)).collect()
            if not rows.is_empty():
                new[target] = rows
                found[target] = pl.concat([found[target], rows]) if target in found else rows
    days = [day for name, rows in found.items() for day in _days(name, rows)]
    if days:
        span = timedelta(days=_RATE_DAYS)
        around = pl.col("rate_date").is_between(min(days) - span, max(days) + span)
        companies = {company for rows in found.values() for company in rows["company"].unique()}
        of_companies = pl.col("company").is_in(sorted(companies))
        found["exchange_rate"] = log["exchange_rate"].filter(around & of_companies).collect()
    return {name: found.get(name, pl.DataFrame(schema=SCHEMAS[name])) for name in ENTITIES}


def of_keys(log: Frames, entity: str, members: Iterable[int]) -> Versions:
    """The versions of some members of an entity."""
    chosen = pl.DataFrame({"key": list(members)}, schema={"key": pl.Int64})
    return {entity: log[entity].filter(_in(ENTITIES[entity].key, chosen)).collect()}


def of_company(log: Frames, company: str, entities: Iterable[str] = ENTITIES) -> Versions:
    """All versions of all that a company has."""
    return {name: log[name].filter(pl.col("company") == company).collect() for name in entities}


def together(*several: Versions) -> Versions:
    """The versions of several choices, each once."""
    names = dict.fromkeys(name for versions in several for name in versions)
    return {name: pl.concat([each[name] for each in several if name in each]).unique() for name in names}


def _days(name: str, rows: pl.DataFrame) -> list[date]:
    days = [column for column, field in ENTITIES[name].fields.items() if field.dtype == pl.Date()]
    if not (ENTITIES[name].priced and days):
        return []
    ends = [end(rows[column]) for column in days for end in (pl.Series.min, pl.Series.max)]
    return [day for day in ends if isinstance(day, date)]


def _in(column: str, wanted: pl.DataFrame) -> pl.Expr:
    """A filter, not a join: files of the log are read only where they hold a row of it."""
    return pl.col(column).is_in(wanted.to_series().implode())
