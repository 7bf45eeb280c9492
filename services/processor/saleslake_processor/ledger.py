"""The ledger: which batches were taken in, how each was staged, and what became of its rows."""

import hashlib
from collections.abc import Mapping

import polars as pl

from saleslake.lake import Lake
from saleslake_processor import lake_log
from saleslake_processor.contracts.operations import BatchLedger

LEDGER = "batch_ledger"
"""Log with one row per batch, raw table and entity, for each time that the batch was staged."""

_LATER = ("waiting",)
"""Columns of gold's ledger that only publication knows."""

SCHEMA: dict[str, pl.DataType] = {
    **{name: column.dtype for name, column in BatchLedger.columns().items() if name not in _LATER},
    "staging": pl.Int64(),
    "decided": pl.String(),
    "profile_hash": pl.String(),
    "set_aside": pl.String(),
    "columns": pl.List(pl.String()),
    "appeared": pl.List(pl.String()),
    "vanished": pl.List(pl.String()),
    "obeyed": pl.List(pl.String()),
    "passed_over": pl.List(pl.String()),
}
"""Columns of the log: those of gold, and
- `staging`: the number under which rows of the logs were staged that count by this entry;
- `decided`: the last decision that the staging obeys, "" before there was any;
- `profile_hash`: the stamp of the profile, and of the code, by which it was staged (`stamp`);
- `set_aside`: "held" of a batch that is held back whole, "dropped" of one that was given up, else null;
- `columns`: the columns of the raw table in this batch; `appeared`: those that no batch before had;
  `vanished`: those that the batch before had, and this one has not;
- `obeyed`: ids of the reference lines that changed a row; `passed_over`: of those whose row was there, and
  said something else than they expect."""

STAGING_VERSION = 1
"""Raised when the code of staging makes other rows of the same raw rows by the same profile."""

BATCH = ["source", "batch"]


def stamp(mapping_hash: str) -> str:
    """What decides, beside decisions of people, how a raw row is staged."""
    return mapping_hash if STAGING_VERSION == 1 else f"{mapping_hash}.{STAGING_VERSION}"


def staging(source: str, batch: str, decided: str, stamped: str) -> int:
    """A number that no other staging has: of another batch, after another decision, by another profile."""
    said = "\x1f".join((source, batch, decided, stamped))
    return int.from_bytes(hashlib.sha256(said.encode()).digest()[:8], signed=True) or 1


def entries(lake: Lake, version: int | None = None) -> pl.LazyFrame:
    """The entries that hold, as of a version of the ledger or now."""
    rows = lake_log.scan(lake, LEDGER, SCHEMA, version).with_columns(
        pl.col(pl.Int64).fill_null(0), pl.col("decided").fill_null("")
    )
    return holding(rows)


def holding(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Of all entries those of each batch's last staging."""
    return rows.filter(pl.col("decided") == pl.col("decided").max().over(BATCH))


def stagings(lake: Lake, version: int | None = None) -> pl.DataFrame:
    """`stagings_in` of the entries that hold."""
    return stagings_in(entries(lake, version))


def stagings_in(entered: pl.LazyFrame) -> pl.DataFrame:
    """One row per batch that was taken in: `source`, `batch`, and the `staging` whose rows count."""
    return entered.select(*BATCH, "staging").unique().collect()


def taken_in(lake: Lake) -> dict[tuple[str, str], str]:
    """`taken_in_by` the entries that hold."""
    return taken_in_by(entries(lake))


def taken_in_by(entered: pl.LazyFrame) -> dict[tuple[str, str], str]:
    """The last decision that each batch `(batch, source)` in the ledger obeys, "" for none."""
    known = entered.select("batch", "source", "decided").unique().collect()
    return {(batch, source): decided for batch, source, decided in known.iter_rows()}


def stale(lake: Lake, stamps: Mapping[str, str]) -> pl.DataFrame:
    """`stale_in` of the entries that hold."""
    return stale_in(entries(lake), stamps)


def stale_in(entered: pl.LazyFrame, stamps: Mapping[str, str]) -> pl.DataFrame:
    """Batches of these sources that were staged by another profile, or by other code, than the `stamp` that
    each has now: `source`, `batch`, oldest first. Of lakes that did not keep it nothing is stale."""
    now = pl.col("source").replace_strict(stamps, default=None, return_dtype=pl.String)
    other = entered.filter(now != pl.col("profile_hash"))
    return other.select(*BATCH).unique().sort("batch", "source").collect()
