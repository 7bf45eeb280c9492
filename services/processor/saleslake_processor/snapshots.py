"""Deletions that a source tells by leaving rows out of a snapshot."""

import polars as pl

from saleslake.profiles import Source
from saleslake.raw import Commit
from saleslake_processor.contracts.entities import Entity
from saleslake_processor.versions import winners


def missing(
    source: Source, commit: Commit, entity: Entity, log: pl.LazyFrame, present: pl.DataFrame
) -> pl.DataFrame:
    """The last versions of rows that the batch's snapshots no longer hold, now said to be deleted.

    `present` are the keys that the batch brings, refused rows among them: a row that cannot be read is
    still there. Judged are the files that the batch fetched, and those that a whole table no longer
    lists. An entity that several raw tables feed is not judged: another one may still name the row.
    """
    feeding = {mapping.from_ for mapping in source.entities[entity.name]}
    (table, *others) = feeding
    kind = "none" if others or table not in commit.files else source.tables[table].snapshot
    # A row whose key cannot be read may be any of those that would be missing.
    if kind == "none" or present[entity.key].null_count() > 0:
        return log.clear().collect()
    fetched = [report.address for report in commit.addresses if report.status == "fetched"]
    judged = pl.col("address").is_in(fetched)
    if kind == "table":
        judged |= pl.col("address").is_in(commit.gone)
    # A batch that is staged again must not judge what came after it.
    before = (pl.col("source") == source.name) & (pl.col("batch") < commit.batch)
    there = winners(log.filter(before), entity).filter(~pl.col("deleted"))
    return (
        there.filter(judged)
        .join(present.lazy(), on=entity.key, how="anti")
        .with_columns(deleted=True, batch=pl.lit(commit.batch), row=pl.lit(0, pl.Int64))
        .collect()
    )
