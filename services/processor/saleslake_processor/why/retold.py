"""What a run told, told again: the figures before it and after it, of what counted then."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from saleslake_processor import ledger
from saleslake_processor.contracts.columns import MONEY
from saleslake_processor.derive import advance
from saleslake_processor.derive.restated import KPIS
from saleslake_processor.derive.results import RESULT, results
from saleslake_processor.why.chosen import of_company, touching, whole, with_members
from saleslake_processor.why.raw_rows import Reading
from saleslake_processor.why.reading import Known
from saleslake_processor.why.world import World

Row = Mapping[str, Any]

_FIGURE = ["company", "month", "analysis"]


@dataclass(frozen=True)
class Retold:
    """A run's rows made anew, and what they are made of."""

    runs: pl.LazyFrame
    """All rows of runs, with those of this one made anew."""
    before: World | None
    after: World
    readings: tuple[Reading, ...]


def retold(known: Known, row: Row) -> Retold | None:
    """The run of a row of `restatements` (with a `month`) or `run_results`; none where older code entered it,
    which did not say of which ledger."""
    runs = known.records["runs"]
    own = (pl.col("run") == row["run"]) & (pl.col("company") == row["company"])
    told = runs.filter(own).select("ledger_before", "ledger").unique().collect().to_dicts()
    if not told or told[0]["ledger"] is None:
        return None
    first, last = told[0]["ledger_before"], told[0]["ledger"]
    month = row.get("month")
    worlds = [_world(known, row, version) for version in (first if month else None, last)]
    after, reading = worlds[1]
    before, reading_before = worlds[0]
    if month is None:
        again = _results(known, row["company"], after, first, last)
    else:
        old, new = (_figures(world, row) for world in (before, after))
        again = new.join(old.rename({"again": "again_old"}), on=_FIGURE, how="left")
    figures = again.with_columns(run=pl.lit(row["run"], pl.Int64))
    rows = runs.join(figures, on=["run", *_FIGURE], how="left", nulls_equal=True).with_columns(
        value=pl.coalesce("again", "value"),
        **({"old": pl.coalesce("again_old", "old")} if month else {}),
    )
    columns = runs.collect_schema().names()
    return Retold(rows.select(columns), before if month else None, after, (reading_before, reading))


def _world(known: Known, row: Row, version: int | None) -> tuple[World, Reading]:
    """What counted of the company, or of its month, as of a version of the ledger; nothing without one."""
    if version is None:
        nothing = known.read_again(with_members({}, {}))
        return World(nothing.versions, known.records), nothing
    log = known.log_of(version)
    if row.get("month") is None:
        versions = of_company(log, row["company"])
    else:
        versions = whole(log, touching(log, {"company": row["company"], "month": row["month"]}))
    reading = known.read_again(with_members(log, versions))
    return World(reading.versions, known.records), reading


def _figures(world: World, row: Row) -> pl.LazyFrame:
    """The figures of the month; 0 where it has none."""
    month = advance.sums(world.state, "month").filter(
        pl.col("company") == row["company"], pl.col("month") == row["month"]
    )
    cell = pl.LazyFrame({"company": [row["company"]], "month": [row["month"]]})
    return (
        cell.join(month, on=["company", "month"], how="left")
        .select("company", "month", pl.col(KPIS).cast(MONEY).fill_null(0))
        .unpivot(KPIS, index=["company", "month"], variable_name="analysis", value_name="again")
    )


def _results(known: Known, company: str, world: World, first: int | None, last: int) -> pl.LazyFrame:
    entries = ledger.entries(known.lake, last).filter(pl.col("company") == company)
    came = entries
    if first is not None:
        there = ledger.stagings(known.lake, first).lazy()
        came = entries.join(there, on=there.collect_schema().names(), how="anti")
    rows = results(world.state, entries, came).lazy().select(*RESULT)
    return rows.select("company", pl.lit(None, pl.Date).alias("month"), "analysis", again="value")
