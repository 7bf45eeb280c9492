"""The answer: a value of gold, what it is made of, and whether that comes to it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from saleslake_processor.decisions import Decision
from saleslake_processor.derive.restated import KPIS
from saleslake_processor.log_view import SCHEMAS
from saleslake_processor.marts.mart import Mart
from saleslake_processor.why.account import counted_again
from saleslake_processor.why.choose import chosen
from saleslake_processor.why.formulas.way import MONTH
from saleslake_processor.why.learnt import learnt_of
from saleslake_processor.why.raw_rows import Reading
from saleslake_processor.why.reading import Known
from saleslake_processor.why.retold import retold
from saleslake_processor.why.ways import adding, choosing, member_of, way
from saleslake_processor.why.world import World

Row = Mapping[str, Any]

_COUNTED = ("lines", "orders")
_RUNS = ("runs",)


@dataclass(frozen=True)
class Component:
    """Another value that this one is worked out of."""

    name: str
    value: Any
    cells: int = 1
    """Of so many rows it is the sum."""


@dataclass(frozen=True)
class Answer:
    """Where a value comes from."""

    mart: Mart
    row: Row
    column: str
    value: Any
    derived: Any
    """The value made anew of raw rows."""
    summed: Any = None
    """The sum of the parts, where the value is one."""
    parts: pl.DataFrame = field(default_factory=pl.DataFrame)
    """What order lines and returns give to it, by `amount`; of a restatement also what they gave `before`."""
    components: tuple[Component, ...] = ()
    readings: tuple[Reading, ...] = ()
    decisions: tuple[Decision, ...] = ()
    refused: pl.DataFrame = field(default_factory=pl.DataFrame)
    """Refused rows that speak of the same things."""
    notes: tuple[str, ...] = ()

    @property
    def counted(self) -> str:
        """The entity of which those that the row chooses are counted; "" where that is no entity, or where
        all of the company are looked at."""
        how = way(self.mart, self.column)
        keys = [name for name in how.within or () if name.endswith("_key")]
        return how.rows_of if keys and all(self.row[name] for name in keys) else ""

    @property
    def wrong(self) -> list[str]:
        """Where the log says something else than raw."""
        return [line for reading in self.readings for line in reading.wrong]

    @property
    def proved(self) -> bool:
        """Whether what was made anew, and what the parts add up to, is the value."""
        sums = self.summed is None or self.summed == self.value
        return same(self.derived, self.value) and sums and not self.wrong

    def versions(self, entity: str) -> pl.DataFrame:
        """The versions of an entity that it is made of, as raw says them."""
        found = [each.versions[entity] for each in self.readings if entity in each.versions]
        return pl.concat(found).unique(maintain_order=True) if found else pl.DataFrame(schema=SCHEMAS[entity])


def same(one: Any, other: Any) -> bool:
    """Whether two values are equal; nothing equals nothing."""
    return one is None if other is None else bool(one == other)


def answered(known: Known, mart: Mart, row: Row, column: str) -> Answer:
    """Where the value of a row comes from, with its proof."""
    if mart.inputs == _RUNS:
        return _of_run(known, mart, row, column)
    reading = known.read_again(chosen(mart, row, column, known.log, known.state))
    named = column in mart.contract.primary_key()
    records = {**known.records, **({} if named else _counted_again(known, mart, row))}
    world = World(reading.versions, records)
    how, parts, summed = way(mart, column), pl.DataFrame(), None
    shown = next((name for name in (column, *how.of) if adding(mart, name)), "")
    by = adding(mart, shown) if shown else choosing(mart, column)
    where = {name: row[name] for name in by if name in row}
    # What counts opportunities or bookings is made of no order line.
    if where and not member_of(mart) and not how.rows_of:
        parts = _parts(world.parts(where), shown or column)
        if shown == column:
            summed = (
                parts["amount"].sum() if column != "orders" else parts["order_key"].drop_nulls().n_unique()
            )
            parts = parts.filter(pl.col("amount") != 0) if column not in _COUNTED else parts
    return Answer(
        mart=mart,
        row=row,
        column=column,
        value=row[column],
        derived=world.cell(mart, row, column),
        summed=summed,
        parts=parts,
        components=_components(mart, row, column, known.gold(mart.name)),
        readings=(reading,),
        notes=learnt_of(known, mart, row),
        **_touching(known, reading),
    )


def _of_run(known: Known, mart: Mart, row: Row, column: str) -> Answer:
    again = retold(known, row)
    if again is None:
        world = World({name: pl.DataFrame(schema=SCHEMAS[name]) for name in SCHEMAS}, known.records)
        note = "entered by older code, which did not say what counted then: told as it was recorded"
        derived = world.cell(mart, row, column)
        return Answer(mart, row, column, row[column], derived, notes=(note,))
    world = World(
        {name: pl.DataFrame(schema=SCHEMAS[name]) for name in SCHEMAS}, {**known.records, "runs": again.runs}
    )
    parts, kpi = pl.DataFrame(), row.get("kpi")
    if again.before is not None and kpi in KPIS:
        where = {name: row[name] for name in MONTH}
        parts = _moved(*(_parts(each.parts(where), kpi) for each in (again.before, again.after)))
    return Answer(
        mart=mart,
        row=row,
        column=column,
        value=row[column],
        derived=world.cell(mart, row, column),
        parts=parts,
        components=_components(mart, row, column, known.gold(mart.name)),
        readings=again.readings,
        **_touching(known, *again.readings),
    )


def _parts(parts: pl.DataFrame, column: str) -> pl.DataFrame:
    """Parts with what each gives to a column as `amount`; an order is given by each of its lines."""
    if column == "orders":
        return parts.with_columns(amount=pl.col("order_key").is_not_null().cast(pl.Int64))
    there = column if column in parts.columns else "net_amount"
    return parts.with_columns(amount=pl.col(there))


def _moved(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """Parts that give something else than before; those that came or went give 0 before or after."""
    on = ["order_line_key", "return_key"]
    both = after.join(before, on=on, how="full", coalesce=True, suffix=":before")
    named = [name for name in after.columns if name not in (*on, "amount")]
    nothing = pl.lit(0)
    return (
        both.with_columns(
            *(pl.coalesce(name, f"{name}:before").alias(name) for name in named),
            before=pl.col("amount:before").fill_null(nothing),
            amount=pl.col("amount").fill_null(nothing),
        )
        .filter(pl.col("amount") != pl.col("before"))
        .select(*on, *named, "before", "amount")
    )


def _components(mart: Mart, row: Row, column: str, table: pl.LazyFrame) -> tuple[Component, ...]:
    how = way(mart, column)
    found = [Component(name, row[name]) for name in how.of]
    if how.over:
        within = [pl.col(name).eq_missing(pl.lit(row[name])) for name in how.within or ()]
        cells = table.filter(within).select(pl.col(how.over).sum(), rows=pl.len()).collect()
        found.append(Component(f"{how.over} of all rows of {', '.join(how.within or ())}", *cells.row(0)))
    return tuple(found)


def _counted_again(known: Known, mart: Mart, row: Row) -> dict[str, pl.LazyFrame]:
    """Records of the batch that the row is about, made anew of its raw rows."""
    if "batch" not in mart.contract.primary_key() or not row["batch"]:
        return {}
    profiles = {source.name: source for source in known.sources}
    if row["source"] not in profiles:
        return {}
    own = (pl.col("source") == row["source"]) & (pl.col("batch") == row["batch"])
    found = {}
    entries = known.records["ledger"].filter(own).collect()
    counts, refused = counted_again(
        known.lake, profiles[row["source"]], row["batch"], entries, known.decisions
    )
    for name, again in (("ledger", counts), ("refused", refused)):
        others = known.records[name].filter(~own).collect()
        found[name] = pl.concat([others, again.select(others.columns)]).lazy()
    return found


def _touching(known: Known, *readings: Reading) -> dict[str, Any]:
    """Decisions on the rows and batches that a value is made of, and refused rows of the same things."""
    rows = [
        rows.select(
            "source", "batch", "raw_table", pl.lit(entity).alias("entity"), "row", key=f"{entity}_key"
        )
        for reading in readings
        for entity, rows in reading.versions.items()
        if not rows.is_empty()
    ]
    if not rows:
        return {}
    made_of = pl.concat(rows).unique()
    refused = (
        known.records["refused"]
        .join(made_of.lazy().select("entity", "key").unique(), on=["entity", "key"], how="semi")
        .collect()
    )
    batches = set(made_of.select("source", "batch").iter_rows())
    named = pl.concat(
        [
            made_of.select("source", "batch", "raw_table", "entity", "row"),
            refused.select("source", "batch", "raw_table", "entity", "row"),
        ]
    )
    made = []
    for decision in known.decisions.made:
        about = named.filter(pl.col("source") == decision.source)
        on_rows = not about.join(
            decision.named(), on=["batch", "raw_table", "entity", "row"], how="semi"
        ).is_empty()
        on_batches = not decision.rows and any(
            (decision.source, batch) in batches for batch in decision.about
        )
        if on_rows or on_batches:
            made.append(decision)
    return {"decisions": tuple(made), "refused": refused}
