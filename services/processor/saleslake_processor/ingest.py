"""One committed raw batch becomes rows of the log, refused rows, and an account of both."""

from collections.abc import Iterable

import polars as pl

from saleslake.lake import Lake
from saleslake.profiles import Source
from saleslake.raw import ORIGIN, Commit
from saleslake_processor import lake_log, quarantine
from saleslake_processor.contracts.entities import ENTITIES, Entity
from saleslake_processor.contracts.operations import OUTCOMES, BatchLedger
from saleslake_processor.snapshots import missing
from saleslake_processor.staging.stage import QUARANTINE, Staged, log_schema, stage_table
from saleslake_processor.versions import KEPT, OVERRULED, judged

LEDGER = "batch_ledger"
"""Log with one row per batch, raw table and entity; a batch that is in it needs no further work."""

LEDGER_SCHEMA: dict[str, pl.DataType] = {
    name: column.dtype for name, column in BatchLedger.columns().items() if name != "waiting"
}


def full_log_schema(entity: Entity) -> dict[str, pl.DataType]:
    """Columns of an entity's log as it lies: with what the version did when it came (`versions.judged`)."""
    return {**log_schema(entity), "outcome": pl.String()}


def ingest(lake: Lake, source: Source, commit: Commit) -> pl.DataFrame:
    """Stage the batch, append it to the log of every entity, then enter it in the ledger; its rows there.

    Each append happens once, whatever run it takes: a batch that was cut short is completed by the
    next one, which judges it against the log without its own rows.
    """
    tables = sorted(set(commit.files) & set(source.tables))
    staged = [item for table in tables for item in _staged(lake, source, commit, table)]
    refused = pl.concat([pl.DataFrame(schema=QUARANTINE), *(rows.refused for _, _, rows in staged)])
    quarantine.write(lake, source.name, commit.batch, refused)
    counts = []
    for entity in ENTITIES.values():
        of_entity = [(table, rows) for table, to, rows in staged if to is entity]
        if of_entity:
            counts += _append(lake, source, commit, entity, of_entity)
    unmapped = set(commit.files) - {table for table, _, _ in staged}
    counts += [
        {"raw_table": table, "entity": "", "seen": rows, "ignored": rows}
        for table, rows in commit.rows.items()
        if table in unmapped
    ]
    # A batch without any row is entered too: what is not in the ledger is taken in again at every pass.
    ledger = _ledger(source, commit, counts or [{"raw_table": "", "entity": ""}])
    lake_log.append(lake, LEDGER, application(commit.source, commit.batch), ledger)
    return ledger


def _staged(lake: Lake, source: Source, commit: Commit, table: str) -> Iterable[tuple[str, Entity, Staged]]:
    raw = commit.scan(lake, table).sort("_row").with_columns(_fetched_at=_seen_at(lake, commit)).collect()
    for entity, _, rows in stage_table(raw, source, table, commit.batch):
        yield table, entity, rows


def _seen_at(lake: Lake, commit: Commit) -> pl.Expr:
    """One instant for the batch: which body arrived first must not decide which of two rows wins."""
    fetched = [commit.scan(lake, table).select(pl.col("_fetched_at").min()) for table in commit.files]
    return pl.lit(pl.concat(fetched).min().collect().item(), ORIGIN["_fetched_at"])


def _append(
    lake: Lake, source: Source, commit: Commit, entity: Entity, staged: list[tuple[str, Staged]]
) -> list[dict[str, str | int]]:
    """Judge and append the batch's rows of one entity; the counts by raw table."""
    incoming = pl.concat([rows.accepted for _, rows in staged])
    log = lake_log.scan(lake, entity.name, log_schema(entity)).filter(
        ~((pl.col("batch") == commit.batch) & (pl.col("source") == source.name))
    )
    refused = pl.concat([rows.refused for _, rows in staged]).select(pl.col("key").alias(entity.key))
    present = pl.concat([incoming.select(entity.key), refused])
    gone = missing(source, commit, entity, log, present)
    both = pl.concat([incoming, gone])
    known = log.join(both.lazy().select(entity.key).unique(), on=entity.key, how="semi").collect()
    rows = judged(both, known, entity)
    kept = rows.filter(pl.col("outcome").is_in(KEPT))
    lake_log.append(lake, entity.name, application(commit.source, commit.batch), kept, entity.dated_by)
    said = rows.filter(pl.col("row") > 0)
    counts = []
    for table in dict.fromkeys(table for table, _ in staged):
        of_table = [rows for name, rows in staged if name == table]
        outcomes = said.filter(pl.col("raw_table") == table)["outcome"].replace(OVERRULED, "superseded")
        counts.append(
            {
                "raw_table": table,
                "entity": entity.name,
                "seen": sum(rows.seen for rows in of_table),
                "ignored": sum(rows.ignored for rows in of_table),
                "quarantined": sum(rows.refused.height for rows in of_table),
                "missing": gone.filter(pl.col("raw_table") == table).height,
                **dict(outcomes.value_counts().iter_rows()),
            }
        )
    return counts


def _ledger(source: Source, commit: Commit, counts: list[dict[str, str | int]]) -> pl.DataFrame:
    names = [*OUTCOMES, "seen", "deleted", "ignored", "quarantined", "missing"]
    same = {
        "company": source.company,
        "source": source.name,
        "batch": commit.batch,
        "fetched_on": commit.started_at.date(),
    }
    rows = [same | dict.fromkeys(names, 0) | count for count in counts]
    return pl.DataFrame(rows, schema=LEDGER_SCHEMA)


def application(source: str, batch: str) -> str:
    """The name under which a batch's appends are known to the logs."""
    return f"{source}/{batch}"
