"""Batches that are held back whole, because of what they bring, until a person decides."""

from collections.abc import Sequence

import polars as pl

from saleslake.profiles import Source
from saleslake.raw import Commit
from saleslake_processor.staging.stage import Staged


def columns(commit: Commit, table: str) -> list[str]:
    """The columns of a raw table in a batch, in order of name."""
    reports = commit.addresses
    return sorted({column for report in reports for column in report.columns.get(table, [])})


def drifted(source: Source, commit: Commit, before: pl.DataFrame) -> dict[str, tuple[list[str], list[str]]]:
    """Columns that have appeared and vanished, by raw table; nothing where the profile ignores it.

    `before` are the ledger's entries of the source: `batch`, `raw_table`, `columns`, `set_aside`. A column
    appears that no earlier batch had; one vanishes that the last of them had. Where drift holds batches back,
    those that nobody took in do not make their columns known: the next batch is like them.
    """
    found = {}
    known = before.filter(pl.col("batch") < commit.batch, pl.col("columns").list.len() > 0)
    if source.drift == "hold":
        known = known.filter(pl.col("set_aside").is_null())
    for table in commit.files if source.drift != "ignore" else ():
        of_table = known.filter(pl.col("raw_table") == table).sort("batch")
        now = set(columns(commit, table))
        if of_table.is_empty() or not now:
            continue
        ever = set(of_table["columns"].explode())
        last = set(of_table["columns"][-1])
        if now - ever or last - now:
            found[table] = (sorted(now - ever), sorted(last - now))
    return found


def held_for(
    source: Source, staged: Sequence[Staged], drift: dict[str, tuple[list[str], list[str]]]
) -> str | None:
    """Why the batch is to be held back by the profile; none where nothing speaks against it."""
    reasons = []
    taken = sum(rows.seen - rows.ignored for rows in staged)
    refused = sum(rows.refused.height for rows in staged)
    limit = source.refused_limit
    if limit is not None and taken and refused > limit * taken:
        reasons.append(f"{refused} of {taken} rows are refused, above the limit of {limit:.2%}")
    if source.drift == "hold":
        for table, (appeared, vanished) in drift.items():
            reasons += [f"{table}: column {name} has appeared" for name in appeared]
            reasons += [f"{table}: column {name} has vanished" for name in vanished]
    return "; ".join(reasons) or None
