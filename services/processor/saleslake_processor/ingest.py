"""One committed raw batch becomes rows of the log, refused rows, and an account of both."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import polars as pl

from saleslake.lake import Lake
from saleslake.profiles import Source
from saleslake.raw import ORIGIN, Commit
from saleslake_processor import control, holding, lake_log, ledger, log_view, quarantine
from saleslake_processor.contracts.columns import MONEY
from saleslake_processor.contracts.entities import ENTITIES, Entity
from saleslake_processor.contracts.operations import OUTCOMES
from saleslake_processor.control import SUM
from saleslake_processor.decisions import Decisions
from saleslake_processor.reference.lines import asks
from saleslake_processor.snapshots import missing
from saleslake_processor.staging.refused import QUARANTINE
from saleslake_processor.staging.stage import Staged, log_schema, stage_table
from saleslake_processor.versions import COUNTED_AS, KEPT, judged

Count = dict[str, Any]
"""One row of the ledger, without what all rows of the batch have in common."""


class LedgerDoesNotTieError(Exception):
    """Of a batch's rows, or of what they are worth, not all can be accounted for; it was not taken in."""


@dataclass(frozen=True)
class _Batch:
    """A batch on its way into the log."""

    lake: Lake
    source: Source
    commit: Commit
    staging: int
    again: bool
    """It was in the log before, by another staging."""
    known: pl.DataFrame
    """The stagings that count."""

    def append(self, table: str, rows: pl.DataFrame, dated_by: str | None = None) -> None:
        """Once, however often it is tried."""
        name = f"{self.commit.source}/{self.commit.batch}/{self.staging}"
        rows = rows.with_columns(pl.lit(self.staging, pl.Int64).alias(log_view.STAGING))
        lake_log.append(self.lake, table, name, rows, dated_by)

    def log(self, entity: Entity) -> pl.LazyFrame:
        """What the log holds of the entity beside the batch; of a batch that is staged again only what came
        before it, so that its account is that of the first time."""
        rows = log_view.scan(self.lake, entity.name, self.known)
        own = (pl.col("batch") == self.commit.batch) & (pl.col("source") == self.source.name)
        others = rows.filter(~own).select(*log_schema(entity))
        return others.filter(pl.col("batch") < self.commit.batch) if self.again else others


def ingest(
    lake: Lake,
    source: Source,
    commit: Commit,
    decisions: Decisions | None = None,
    entered: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """Stage the batch, append it to the log of every entity, then enter it in the ledger; its rows there.

    `entered` are the ledger's entries that hold, where somebody has read them.

    What is appended counts once the ledger has it: a batch that was cut short is completed by the next
    pass. A batch that was staged before, and is to obey a later decision, is staged again, and what it
    gave before counts no more. Raises `LedgerDoesNotTieError`.
    """
    decided = decisions or Decisions([])
    last = decided.last().get((commit.batch, source.name), "")
    stamp = ledger.stamp(source.mapping_hash)
    # Rows of a pass that was killed count for nothing where other lines hold by now.
    lines = ",".join(sorted(asks(decided.reference(source.name).lines)))
    number = ledger.staging(source.name, commit.batch, last, f"{stamp}{lines}")
    entered = ledger.entries(lake).collect() if entered is None else entered
    known = ledger.stagings_in(entered.lazy())
    again = known.filter(pl.col("source") == source.name, pl.col("batch") == commit.batch).height > 0
    batch = _Batch(lake, source, commit, number, again, known)
    staged = list(staged_of(lake, source, commit, decided))
    verdict = decided.of_batch(source.name, commit.batch)
    drift = holding.drifted(source, commit, entered.filter(pl.col("source") == source.name))
    why = holding.held_for(source, [rows for _, _, rows in staged], drift)
    aside = "dropped" if verdict == "drop batch" else "held" if why and verdict is None else None
    refused = refused_of(staged)
    if aside == "dropped":
        refused = refused.with_columns(dropped=pl.lit(True))
    quarantine.write(lake, source.name, commit.batch, refused)
    if aside is not None:
        counts = _set_aside(staged, aside)
    else:
        counts = [each for entity in ENTITIES.values() for each in _append(batch, entity, staged)]
    counts += _unmapped(commit, staged)
    of_staging = {"decided": last, "profile_hash": stamp, "held_for": why, "set_aside": aside}
    rows = _ledger(batch, counts, drift, of_staging)
    batch.append(ledger.LEDGER, rows)
    return rows


def staged_of(
    lake: Lake, source: Source, commit: Commit, decisions: Decisions
) -> Iterator[tuple[str, Entity, Staged]]:
    """What each mapping makes of the batch's raw rows, by raw table."""
    at = seen_at(lake, commit)
    decided, reference = decisions.of_rows(source.name, commit.batch), decisions.reference(source.name)
    for table in sorted(set(commit.files) & set(source.tables)):
        raw = commit.scan(lake, table).sort("_row").with_columns(_fetched_at=at).collect()
        for entity, _, rows in stage_table(raw, source, table, commit.batch, decided, reference):
            yield table, entity, rows


def seen_at(lake: Lake, commit: Commit) -> pl.Expr:
    """One instant for the batch: which body arrived first must not decide which of two rows wins."""
    fetched = [commit.scan(lake, table).select(pl.col("_fetched_at").min()) for table in commit.files]
    first = pl.concat(fetched).min().collect().item() if fetched else None
    return pl.lit(first, ORIGIN["_fetched_at"])


def refused_of(staged: list[tuple[str, Entity, Staged]]) -> pl.DataFrame:
    """The rows for the quarantine."""
    return pl.concat([pl.DataFrame(schema=QUARANTINE), *(rows.refused for _, _, rows in staged)])


def _append(batch: _Batch, entity: Entity, staged: list[tuple[str, Entity, Staged]]) -> Iterator[Count]:
    """Judge and append the batch's rows of one entity; the counts by raw table."""
    of_entity = [(table, rows) for table, to, rows in staged if to is entity]
    if not of_entity:
        return
    incoming = pl.concat([rows.accepted for _, rows in of_entity])
    log = batch.log(entity)
    refused = pl.concat([rows.refused for _, rows in of_entity]).select(pl.col("key").alias(entity.key))
    present = pl.concat([incoming.select(entity.key), refused])
    gone = missing(batch.source, batch.commit, entity, log, present)
    both = pl.concat([incoming, gone])
    known = log.join(both.lazy().select(entity.key).unique(), on=entity.key, how="semi").collect()
    rows = judged(both, known, entity)
    batch.append(entity.name, rows.filter(pl.col("outcome").is_in(KEPT)), entity.dated_by)
    said = rows.filter(pl.col("row") > 0)
    for table in dict.fromkeys(table for table, _ in of_entity):
        of_table = [rows for name, rows in of_entity if name == table]
        outcomes = said.filter(pl.col("raw_table") == table).with_columns(
            pl.col("outcome").replace(COUNTED_AS)
        )
        kept = pl.col("outcome").is_in(["new", "updated", "unchanged"])
        yield {
            **raw_seen(table, entity, of_table),
            "quarantined": sum((~each.refused["dropped"]).sum() for each in of_table),
            "dropped": sum(each.refused["dropped"].sum() for each in of_table),
            "missing": gone.filter(pl.col("raw_table") == table).height,
            **dict(outcomes["outcome"].value_counts().iter_rows()),
            "kept_amount": control.total(outcomes.filter(kept), entity),
            "superseded_amount": control.total(outcomes.filter(~kept), entity),
            "refused_amount": control.summed([each.refused["amount"] for each in of_table], entity),
        }


def _set_aside(staged: list[tuple[str, Entity, Staged]], outcome: str) -> list[Count]:
    """The counts of a batch that is held back, or was given up, whole."""
    counts = []
    for table, entity in dict.fromkeys((table, entity) for table, entity, _ in staged):
        of_table = [rows for name, to, rows in staged if name == table and to is entity]
        seen = raw_seen(table, entity, of_table)
        counts.append(seen | {outcome: seen["seen"] - seen["ignored"], "refused_amount": seen["said_amount"]})
    return counts


def raw_seen(table: str, entity: Entity, rows: list[Staged]) -> Count:
    """What a raw table held for an entity, and what reference lines did to it, whatever became of it."""
    return {
        "raw_table": table,
        "entity": entity.name,
        "seen": sum(each.seen for each in rows),
        "ignored": sum(each.ignored for each in rows),
        "said_amount": control.summed([pl.Series([each.said_amount], dtype=SUM) for each in rows], entity),
        "obeyed": sorted({line for each in rows for line in each.obeyed}),
        "passed_over": sorted({line for each in rows for line in each.passed_over}),
    }


def _unmapped(commit: Commit, staged: list[tuple[str, Entity, Staged]]) -> list[Count]:
    """Rows of tables that the profile maps to nothing. A batch without any row is entered too: what is not
    in the ledger is taken in again at every pass."""
    tables = set(commit.files) - {table for table, _, _ in staged}
    counts: list[Count] = [
        {"raw_table": table, "entity": "", "seen": rows, "ignored": rows}
        for table, rows in commit.rows.items()
        if table in tables
    ]
    return counts if counts or staged else [{"raw_table": "", "entity": ""}]


def _tie(batch: _Batch, counts: list[Count]) -> None:
    """Rows and what they are worth go where they are counted to, and nowhere else."""
    for count in counts:
        of_rows = (count["seen"], sum(count[name] for name in _ACCOUNTED))
        of_money = (count["said_amount"], sum(count[name] or Decimal(0) for name in _AMOUNTS))
        for what, (said, found) in {"rows": of_rows, "worth": of_money}.items():
            if said is not None and said != found:
                where = f"{count['raw_table']} as {count['entity']}"
                raise LedgerDoesNotTieError(
                    f"batch {batch.commit.batch} of {batch.source.name}, {where}: {what} seen {said},"
                    f" accounted for {found}, difference {said - found}"
                )


def _ledger(
    batch: _Batch, counts: list[Count], drift: dict[str, tuple[list[str], list[str]]], of_staging: Count
) -> pl.DataFrame:
    plain: Count = dict.fromkeys(_ACCOUNTED, 0) | dict.fromkeys(("said_amount", *_AMOUNTS), None)
    plain |= {"seen": 0, "missing": 0, "obeyed": [], "passed_over": []}
    counts = [plain | count for count in counts]
    _tie(batch, counts)
    same = of_staging | {
        "company": batch.source.company,
        "source": batch.source.name,
        "batch": batch.commit.batch,
        "fetched_on": batch.commit.started_at.date(),
        "staging": batch.staging,
    }
    rows = []
    for count in counts:
        appeared, vanished = drift.get(count["raw_table"], ([], []))
        columns = holding.columns(batch.commit, count["raw_table"])
        rows.append(same | count | {"columns": columns, "appeared": appeared, "vanished": vanished})
    wide = {name: SUM if dtype == MONEY else dtype for name, dtype in ledger.SCHEMA.items()}
    # Control totals beyond what an amount holds are not kept: they are those of refused rows.
    return pl.DataFrame(rows, schema=wide).cast(pl.Schema(ledger.SCHEMA), strict=False)


_ACCOUNTED = (*OUTCOMES, "deleted", "ignored", "quarantined", "dropped", "held")
_AMOUNTS = ("kept_amount", "superseded_amount", "refused_amount")
