"""Bringing the state forward by what was added to the log.

The state is a mapping of names to frames:
    current/<entity>          current rows of each dimension, and of each entity that is a fact by itself
    references                members that rows refer to
    fact_sales/<YYYY-MM>      facts by month, with the columns of `facts.INTERNAL`
    fact_returns/<YYYY-MM>
    waiting                   rows whose business date or exchange rate is not known yet
    asked_rates/<YYYY-MM>     exchange rates that facts take and waiting rows ask for, by the day of the rate
    places_at_sale            places that lines of `fact_sales` keep as those of their customers then
    sums/<name>               partial sums, see `sums.SUMS`
What the log gained decides which orders are derived anew; every sum moves by their difference. A state
so brought forward equals one built at once from the whole log.
"""

from collections.abc import Mapping
from functools import cache

import polars as pl

from saleslake_processor import keys
from saleslake_processor.contracts.columns import MONEY
from saleslake_processor.contracts.entities import ENTITIES
from saleslake_processor.contracts.facts import FactReturns, FactSales
from saleslake_processor.derive import at_sale, gather, rates, references, terms, touched
from saleslake_processor.derive.difference import Difference
from saleslake_processor.derive.facts import INTERNAL, WAITING, facts
from saleslake_processor.derive.sums import AMOUNTS, COUNTS, SUMS, contributions, moved
from saleslake_processor.staging.stage import log_schema
from saleslake_processor.totals.derived import none_lost
from saleslake_processor.versions import winners

Frames = Mapping[str, pl.LazyFrame]

_DATED = {"fact_sales": (FactSales, "order_date"), "fact_returns": (FactReturns, "return_date")}
_ASKED = "asked_rates"

_PLACE = pl.col("customer_place_key_at_sale").alias("place_key")

ALL_MONTHS = "all"
"""In place of a month, in the name of a fact that does not lie by month."""

_ORDERED = {
    **{name: (date, ["company", date, *fact.primary_key()]) for name, (fact, date) in _DATED.items()},
    _ASKED: ("date", [*rates.ASKED]),
}
"""By which day rows go into months, and how they lie there."""


def advance(state: Frames, log: Frames, difference: Difference) -> dict[str, pl.DataFrame]:
    """The frames of the state that change when it comes to reflect the whole log.

    `log` is the log of every entity as it is now, `difference` what the state does not reflect yet. An empty
    frame means that the state no longer has that name. Raises `UntiedError` where a row of the log would get
    lost, or be counted twice.
    """
    changes = _members(state, log, difference) | _references(state, log, difference)
    after = dict(state) | {name: frame.lazy() for name, frame in changes.items()}
    before = {name: members(state, name) for name in touched.DIMENSIONS}
    now = {name: members(after, name) if f"current/{name}" in changes else before[name] for name in before}
    old_sales, old_returns = fact(state, "fact_sales"), fact(state, "fact_returns")
    of_rows = touched.by_rows(difference, log, _placed(state))
    of_terms = touched.by_terms(before, now, [old_sales, old_returns, waiting(state)])
    of_rates = touched.by_rates(before, now, asked(state))
    of_past = touched.by_past(difference, old_sales)
    orders = pl.concat([of_rows, of_terms, of_rates, of_past]).unique()
    if orders.height == 0:
        return changes
    was = [
        rows.join(orders.lazy(), on=touched.TOUCH, how="semi").collect()
        for rows in (old_sales, old_returns, asked(state))
    ]
    lines, headers, back = gather.whole(log, orders)
    derived = facts(lines, headers, back, _terms(now, log))
    none_lost(lines, back, derived.sales, derived.returns, derived.waiting)
    for name, old, new in zip(
        [*_DATED, _ASKED], was, (derived.sales, derived.returns, derived.asked), strict=True
    ):
        changes |= _months(state, name, orders, old, new)
    if any(rows["customer_place_key_at_sale"].count() for rows in (was[0], derived.sales)):
        now_sold = fact({**state, **{name: frame.lazy() for name, frame in changes.items()}}, "fact_sales")
        changes["places_at_sale"] = now_sold.select(_PLACE).drop_nulls().unique().sort("place_key").collect()
    still = waiting(state).join(orders.lazy(), on=touched.TOUCH, how="anti").collect()
    changes["waiting"] = pl.concat([still, derived.waiting]).sort("entity", "key")
    gave = contributions(was[0].lazy(), was[1].lazy())
    give = contributions(derived.sales.lazy(), derived.returns.lazy())
    for name, grain in SUMS.items():
        changes[f"sums/{name}"] = moved(sums(state, name), gave, give, grain).collect()
    return changes


@cache
def columns() -> dict[str, dict[str, pl.DataType]]:
    """Columns of the frames of a state, by the name that frames of one kind share."""
    frames = [("waiting", WAITING), (_ASKED, rates.ASKED), ("references", references.SCHEMA)]
    return {
        **{name: _fact_schema(name) for name in _DATED},
        **{name: dict(schema) for name, schema in frames},
        "places_at_sale": {"place_key": pl.Int64()},
        **{f"current/{name}": log_schema(ENTITIES[name]) for name in touched.KEPT},
        **{f"sums/{name}": _sums_schema(name) for name in SUMS},
    }


def fact(state: Frames, name: str) -> pl.LazyFrame:
    """A fact of all months, with the columns of `facts.INTERNAL`."""
    return _all_months(state, name)


def sums(state: Frames, name: str) -> pl.LazyFrame:
    """A table of partial sums."""
    return _of(state, f"sums/{name}")


def members(state: Frames, entity: str) -> pl.LazyFrame:
    """The current rows of an entity of `touched.KEPT`."""
    return _of(state, f"current/{entity}").filter(~pl.col("deleted"))


def referred(state: Frames) -> pl.LazyFrame:
    """The members that rows refer to, whether they are there or not."""
    return _of(state, "references")


def waiting(state: Frames) -> pl.LazyFrame:
    """The rows that give no fact yet."""
    return _of(state, "waiting")


def places_at_sale(state: Frames) -> pl.LazyFrame:
    """The places where customers were when they bought, of lines that keep it."""
    return _of(state, "places_at_sale")


def asked(state: Frames) -> pl.LazyFrame:
    """The exchange rates that facts take, and those that rows wait for."""
    return _all_months(state, _ASKED)


def _all_months(state: Frames, name: str) -> pl.LazyFrame:
    months = [frame for at, frame in state.items() if at.startswith(f"{name}/")]
    return pl.concat([_none(name), *months])


def _placed(state: Frames) -> pl.LazyFrame:
    """With which order, or return without a sale, each row of the state was derived."""
    sales = fact(state, "fact_sales").select(
        pl.lit("order_line").alias("entity"), "touch_key", key="order_line_key"
    )
    returns = fact(state, "fact_returns").select(
        pl.lit("return").alias("entity"), "touch_key", key="return_key"
    )
    return pl.concat([rows.select("entity", "key", "touch_key") for rows in (sales, returns, waiting(state))])


def _of(state: Frames, name: str) -> pl.LazyFrame:
    return state.get(name, _none(name))


@cache
def _none(name: str) -> pl.LazyFrame:
    """No rows of a frame of the state, by its name in `columns`: made once, asked for all the time."""
    return pl.LazyFrame(schema=columns()[name])


def _fact_schema(name: str) -> dict[str, pl.DataType]:
    contract = _DATED[name][0]
    columns = {column: definition.dtype for column, definition in contract.columns().items()}
    return {**columns, **dict.fromkeys(INTERNAL, pl.Int64())}


def _sums_schema(name: str) -> dict[str, pl.DataType]:
    types: dict[str, pl.DataType] = {
        **{"company": pl.String(), "promotion": pl.String()},
        **{"date": pl.Date(), "month": pl.Date()},
    }
    grain = {column: types.get(column, pl.Int64()) for column in SUMS[name]}
    return {**grain, **dict.fromkeys(COUNTS, pl.Int64()), **dict.fromkeys(AMOUNTS, MONEY)}


def _members(state: Frames, log: Frames, difference: Difference) -> dict[str, pl.DataFrame]:
    """Rows that the state keeps as they are, with what was added to them and without what was lost."""
    changes = {}
    for name in touched.KEPT:
        entity = ENTITIES[name]
        coming = difference.added[name].select(*log_schema(entity)).collect()
        leaving = difference.lost[name].select(entity.key).collect()
        known, at = _of(state, f"current/{name}"), f"current/{name}"
        if not leaving.is_empty():
            keys_of = pl.concat([coming.select(entity.key), leaving]).unique().lazy()
            rest = known.join(keys_of, on=entity.key, how="anti")
            versions = log[name].join(keys_of, on=entity.key, how="semi").select(*log_schema(entity))
            found = pl.concat([rest, winners(versions, entity)])
            changes[at] = found.sort(entity.key).collect()
        elif not coming.is_empty():
            versions = pl.concat([known, coming.lazy()])
            changes[at] = winners(versions, entity).sort(entity.key).collect()
    return changes


def _references(state: Frames, log: Frames, difference: Difference) -> dict[str, pl.DataFrame]:
    """Members that rows refer to, with those of what was added. What was lost may have named one alone."""
    lost = any(not rows.limit(1).collect().is_empty() for rows in difference.lost.values())
    known = _none("references") if lost else referred(state)
    found = references.referred(log if lost else difference.added).collect()
    twice = known.join(found.lazy(), on="key", how="semi").collect()
    keys.check_collisions(pl.concat([twice, found]).select(found.columns), "key", ["entity", "company", "id"])
    first = found.join(twice, on="key", how="anti")
    if first.is_empty() and not lost:
        return {}
    return {"references": pl.concat([known.collect(), first]).sort("entity", "key")}


def _terms(now: Frames, log: Frames) -> terms.Terms:
    return terms.Terms(
        products=terms.product_terms(now["product"], now["category"]).collect().lazy(),
        stores=terms.at_place(now["store"], "store_key"),
        customers=terms.at_place(now["customer"], "customer_key"),
        places=terms.place_terms(now["place"]),
        rates=now["exchange_rate"],
        past={name: log[name] for name in at_sale.PAST},
    )


def _months(
    state: Frames, name: str, orders: pl.DataFrame, old: pl.DataFrame, new: pl.DataFrame
) -> dict[str, pl.DataFrame]:
    """The months of a fact, or of rates that are asked for, in which rows of touched orders were or are."""
    date, order = _ORDERED[name]
    month = pl.col(date).dt.strftime("%Y-%m")
    touched_months = pl.concat([old.select(month), new.select(month)]).to_series().unique().sort()
    by_month = {key[0]: rows for key, rows in new.group_by(month)}
    months = {}
    for label in touched_months:
        at = f"{name}/{label}"
        rest = state.get(at, _none(name)).join(orders.lazy(), on=touched.TOUCH, how="anti")
        coming = by_month.get(label, new.clear())
        months[at] = pl.concat([rest, coming.lazy()]).sort(order).collect()
    return months
