"""By which batches the figures of a month are no longer what they were.

Only the orders of these months that give something else than before are looked at: what came of their
own rows, of members whose terms they take, and of exchange rates.
"""

from collections.abc import Iterator, Mapping

import polars as pl

from saleslake_processor.contracts.columns import MONEY
from saleslake_processor.derive import advance, terms, touched
from saleslake_processor.derive.difference import Difference
from saleslake_processor.derive.restated import FIGURE, KPIS
from saleslake_processor.derive.sums import AMOUNTS, contributions

Frames = Mapping[str, pl.LazyFrame]

_CAUSE: dict[str, pl.DataType] = {"touch_key": pl.Int64(), "source": pl.String(), "batch": pl.String()}
_BATCH = ["source", "batch"]
_FACTS = {"fact_sales": "order_line_key", "fact_returns": "return_key"}


def causes(restated: pl.DataFrame, before: Frames, after: Frames, difference: Difference) -> pl.DataFrame:
    """The `restated` figures with their `batches`: `<source>/<batch>`, in order of time.

    Empty where no row that came or went accounts for it: other code made other figures of the same rows.
    """
    if restated.is_empty():
        return restated.with_columns(batches=pl.lit("", pl.String))
    months = restated["month"].unique().to_list()
    facts = [_of_months(state, months) for state in (before, after)]
    moved = _moved(*facts).join(restated.lazy(), on=FIGURE, how="semi").collect()
    orders = moved.select("touch_key").unique().lazy()
    of_orders = {
        name: pl.concat([each[name] for each in facts])
        .join(orders, on="touch_key", how="semi")
        .collect()
        .lazy()
        for name in _FACTS
    }
    found = pl.concat(
        [
            pl.LazyFrame(schema=_CAUSE),
            *_by_rows(difference, of_orders),
            *_by_terms(difference, of_orders, before, after),
            *_by_rates(difference, before, after),
        ]
    )
    of_others = _changed_places(*facts).join(found, left_on="other", right_on="touch_key").select(*_CAUSE)
    again = pl.struct(_BATCH).is_in(difference.again.to_struct().implode())
    name = pl.concat_str(*_BATCH, separator="/") + pl.when(again).then(pl.lit(" (staged again)")).otherwise(
        pl.lit("")
    )
    named = (
        moved.lazy()
        .join(pl.concat([found, of_others]).unique(), on="touch_key")
        .select(*FIGURE, "batch", name=name)
        .unique()
        .sort("batch", "name")
        .group_by(FIGURE, maintain_order=True)
        .agg(batches=pl.col("name").str.join(", "))
    )
    joined = restated.lazy().join(named, on=FIGURE, how="left")
    return joined.with_columns(pl.col("batches").fill_null("")).sort(FIGURE).collect()


def _of_months(state: Frames, months: list[object]) -> dict[str, pl.LazyFrame]:
    """The facts of some months; other months are not read where they lie apart."""
    labels = {advance.ALL_MONTHS, *(f"{month:%Y-%m}" for month in months)}
    apart = {at: frame for at, frame in state.items() if at.split("/")[-1] in labels}
    return {name: advance.fact(apart, name) for name in _FACTS}


def _moved(before: Mapping[str, pl.LazyFrame], after: Mapping[str, pl.LazyFrame]) -> pl.LazyFrame:
    """One row per order and figure to which it gives something else than before: `FIGURE`, `touch_key`."""
    by = ["company", "month", "touch_key"]
    was, now = (
        contributions(facts["fact_sales"], facts["fact_returns"])
        .with_columns(orders=pl.col("order_key").is_not_null().cast(pl.Int64))
        .group_by(by)
        .agg(
            pl.col("lines").sum().cast(MONEY),
            pl.col("orders").max().cast(MONEY),
            pl.col(AMOUNTS).sum().cast(MONEY),
        )
        .unpivot(KPIS, index=by, variable_name="kpi")
        for facts in (before, after)
    )
    both = was.join(now, on=[*by, "kpi"], how="full", coalesce=True).with_columns(
        pl.selectors.decimal().fill_null(0)
    )
    return both.filter(pl.col("value") != pl.col("value_right")).select(*FIGURE, "touch_key")


def _changed_places(before: Mapping[str, pl.LazyFrame], after: Mapping[str, pl.LazyFrame]) -> pl.LazyFrame:
    """Between what a return went when the order of its line came or went: `touch_key`, `other`, both ways.

    What moved it there is a row of one of the two only; both give something else by it.
    """
    was, now = (facts["fact_returns"].select("return_key", "touch_key") for facts in (before, after))
    pairs = (
        was.join(now, on="return_key", suffix="_now")
        .filter(pl.col("touch_key") != pl.col("touch_key_now"))
        .select("touch_key", other="touch_key_now")
    )
    return pl.concat([pairs, pairs.select(touch_key="other", other="touch_key")]).unique()


def _by_rows(difference: Difference, facts: Mapping[str, pl.LazyFrame]) -> Iterator[pl.LazyFrame]:
    """Rows of the orders themselves, and rows of what lay, or lies, in them."""
    orders, lines, returns = (difference.changed(name) for name in ("order", "order_line", "return"))
    for rows, key in (
        (orders, "order_key"),
        (lines, "order_key"),
        (returns, "order_key"),
        (returns, "return_key"),
    ):
        yield rows.select(pl.col(key).alias("touch_key"), *_BATCH).drop_nulls()
    sold = facts["fact_sales"].select("order_line_key", "touch_key")
    back = facts["fact_returns"].select("return_key", "touch_key")
    for rows, at, key in (
        (lines, sold, "order_line_key"),
        (returns, sold, "order_line_key"),
        (returns, back, "return_key"),
    ):
        yield rows.select(key, *_BATCH).join(at, on=key).select(*_CAUSE)


def _by_terms(
    difference: Difference, facts: Mapping[str, pl.LazyFrame], before: Frames, after: Frames
) -> Iterator[pl.LazyFrame]:
    """Rows of a member whose terms changed, else of what stands above it."""
    then, now = (
        {name: advance.members(state, name) for name in touched.DIMENSIONS} for state in (before, after)
    )
    for key, (dimensions, terms_of) in touched.TERMS.items():
        came = {name: difference.changed(name) for name in dimensions}
        if all(rows.limit(1).collect().is_empty() for rows in came.values()):
            continue
        changed = terms.changed_keys(terms_of(then), terms_of(now), key).lazy()
        first, *above = dimensions
        own = came[first].select(key, *_BATCH).join(changed, on=key, how="semi")
        others = changed.join(own, on=key, how="anti")
        of_others = [others.join(came[name].select(_BATCH).unique(), how="cross") for name in above]
        for rows in facts.values():
            yield rows.join(pl.concat([own, *of_others]), on=key).select(*_CAUSE)


def _by_rates(difference: Difference, before: Frames, after: Frames) -> Iterator[pl.LazyFrame]:
    rates = difference.changed("exchange_rate").select("company", *_BATCH).unique().collect().lazy()
    then, now = ({"exchange_rate": advance.members(state, "exchange_rate")} for state in (before, after))
    asked = pl.concat([advance.asked(before), advance.asked(after)]).unique()
    orders = touched.by_rates(then, now, asked).lazy()
    of_company = asked.join(orders, on="touch_key", how="semi").select("company", "touch_key").unique()
    yield of_company.join(rates, on="company").select(*_CAUSE)
