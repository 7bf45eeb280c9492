"""The log of runs: what each came to, and which figures of closed months it changed.

A run leads the state from what it reflected to what the log holds. Its rows are appended before the state
is saved: a run that is killed between the two begins again from the same state, perhaps with more batches
by then, and appends rows again. So rows say from where they lead (`since`), and of those that begin alike
the last ones hold.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from saleslake.lake import Lake
from saleslake_processor import gold_files, lake_log, ledger
from saleslake_processor.contracts.columns import MONEY
from saleslake_processor.derive.causes import causes
from saleslake_processor.derive.difference import Difference
from saleslake_processor.derive.restated import restated
from saleslake_processor.derive.results import results
from saleslake_processor.derive.told import told

Frames = Mapping[str, pl.LazyFrame]

RUNS = "runs"

SCHEMA: dict[str, pl.DataType] = {
    "run": pl.Int64(),
    "since": pl.String(),
    "snapshot": pl.Int64(),
    "at": pl.Datetime("us", "UTC"),
    "company": pl.String(),
    "month": pl.Date(),
    "analysis": pl.String(),
    "old": MONEY,
    "value": MONEY,
    "as_of": pl.Date(),
    "batches": pl.String(),
    "ledger_before": pl.Int64(),
    "ledger": pl.Int64(),
}
"""One row per run, company and figure (without `month`), and per figure of a closed month that it changed:
- `run`: its number; numbers of runs that were killed are left out;
- `since`: what the state reflected before, or the snapshot of gold where there was no state;
- `snapshot`: the first one that shows it;
- `old`, `as_of`, `batches`: of closed months, see `derive.restated` and `derive.causes`;
- `ledger_before`, `ledger`: versions of the ledger from which (null: from nothing) and to which it led."""

_NOTHING = "nothing"
_STATE = "state "


@dataclass(frozen=True)
class Before:
    """What a run begins from."""

    since: str
    frames: Frames
    """Frames of the state, or what gold tells of them."""
    ledger: int | None
    """Version of the ledger that they reflect; none where it cannot be read any more."""
    snapshot: int
    """Of gold; 0 before the first one."""


def before(lake: Lake, versions: Mapping[str, int | None], frames: Frames) -> Before:
    """What a run begins from: the state, else the snapshot of gold, else nothing."""
    gold = gold_files.load(lake)
    snapshot = gold.snapshot if gold else 0
    if versions:
        stamp = hashlib.sha256(json.dumps(versions, sort_keys=True).encode()).hexdigest()[:16]
        return Before(f"{_STATE}{stamp}", frames, versions.get(ledger.LEDGER), snapshot)
    entered = lake_log.version(lake, ledger.LEDGER)
    told_of = gold.reflects.get(ledger.LEDGER) if gold else None
    # Of a log that was begun anew gold tells nothing.
    if gold is not None and told_of is not None and entered is not None and told_of <= entered:
        tables = {name: gold_files.read(lake, gold, name) for name in ("fact_sales", "fact_returns")}
        since = told_of if lake_log.reaches(lake, ledger.LEDGER, told_of) else None
        return Before(f"gold {snapshot}", told(tables), since, snapshot)
    return Before(_NOTHING, {}, None, snapshot)


def record(lake: Lake, start: Before, after: Frames, difference: Difference, at: datetime) -> None:
    """Append what a run came to; `difference` is that of the log since `start`."""
    version = lake_log.version(lake, RUNS)
    run = 1 if version is None else version + 2
    entries = ledger.entries(lake)
    if start.ledger is None:
        came = entries
    else:
        there = ledger.stagings(lake, start.ledger).lazy()
        came = entries.join(there, on=there.collect_schema().names(), how="anti")
    changed = causes(restated(start.frames, after), start.frames, after, difference)
    rows = pl.concat(
        [
            results(after, entries, came),
            changed.rename({"kpi": "analysis", "new": "value"}),
        ],
        how="diagonal",
    )
    same = {
        "run": run,
        "since": start.since,
        "snapshot": start.snapshot + 1,
        "at": at,
        "ledger_before": start.ledger,
        "ledger": lake_log.version(lake, ledger.LEDGER),
    }
    rows = rows.with_columns(pl.lit(value, SCHEMA[name]).alias(name) for name, value in same.items())
    missing = [pl.lit(None, dtype).alias(name) for name, dtype in SCHEMA.items() if name not in rows.columns]
    lake_log.append(
        lake,
        RUNS,
        f"run {run}",
        rows.with_columns(missing).select(pl.col(name).cast(dtype) for name, dtype in SCHEMA.items()),
    )


def scan(lake: Lake) -> pl.LazyFrame:
    """The rows that hold, see `SCHEMA`.

    A run that begins from gold, as its state was lost, tells again what runs told of which no snapshot was
    published.
    """
    rows = lake_log.scan(lake, RUNS, SCHEMA)
    last = rows.filter(pl.col("run") == pl.col("run").max().over("since"))
    anew = pl.col("run").filter(~pl.col("since").str.starts_with(_STATE)).max().over("snapshot")
    return last.filter(pl.col("run") >= anew.fill_null(0))
