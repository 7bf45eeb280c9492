"""A batch counted again: its raw rows staged anew, and what the log holds of it."""

from collections.abc import Sequence

import polars as pl

from saleslake.lake import Lake
from saleslake.profiles import Source
from saleslake.raw import read_commit
from saleslake_processor import control, log_view
from saleslake_processor.contracts.entities import ENTITIES, Entity
from saleslake_processor.contracts.operations import OUTCOMES
from saleslake_processor.decisions import Decisions
from saleslake_processor.ingest import raw_seen, refused_of, staged_of
from saleslake_processor.staging.stage import Staged
from saleslake_processor.versions import LATER, said_values

_GRAIN = ["raw_table", "entity"]


def counted_again(
    lake: Lake, source: Source, batch: str, entries: pl.DataFrame, decisions: Decisions
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The ledger's `entries` of a batch with all counts and control totals made anew, and its refused rows.

    What each version did when it came is as the log says: it depends on what was there by then.
    """
    commit = read_commit(lake, source.name, batch)
    staged = list(staged_of(lake, source, commit, decisions))
    rows = []
    for entry in entries.to_dicts():
        of_table = [
            each
            for table, entity, each in staged
            if (table, entity.name) == (entry["raw_table"], entry["entity"])
        ]
        if not entry["entity"]:
            seen = commit.rows.get(entry["raw_table"], 0)
            rows.append(entry | {"seen": seen, "ignored": seen})
            continue
        entity = ENTITIES[entry["entity"]]
        said = entry | raw_seen(entry["raw_table"], entity, of_table)
        aside = "dropped" if decisions.of_batch(source.name, batch) == "drop batch" else "held"
        if entry[aside] and not any(entry[name] for name in (*OUTCOMES, "deleted", "quarantined")):
            counts = {aside: said["seen"] - said["ignored"], "refused_amount": said["said_amount"]}
        else:
            log = log_view.scan_only(lake, entity.name, entries.select("source", "batch", "staging").unique())
            mine = log.filter(pl.col("raw_table") == entry["raw_table"]).collect()
            counts = _counts(entity, of_table, mine)
        rows.append(said | counts)
    schema = {
        name: control.SUM if name.endswith("_amount") else dtype for name, dtype in entries.schema.items()
    }
    again = pl.DataFrame(rows, schema=schema).cast(pl.Schema(entries.schema), strict=False)
    refused = refused_of(staged)
    if decisions.of_batch(source.name, batch) == "drop batch":
        refused = refused.with_columns(dropped=pl.lit(True))
    return again, refused


def _counts(entity: Entity, staged: Sequence[Staged], log: pl.DataFrame) -> dict[str, object]:
    """Rows by what became of them, and what they say that they are worth."""
    said = log.filter(pl.col("row") > 0)
    identity = [entity.key, *LATER]
    accepted = pl.concat([each.accepted for each in staged])
    # What the log does not keep repeats what it has, or is overruled by the same raw row.
    kept = said.group_by(identity).agg(pl.len().alias("times"))
    beside = accepted.join(kept, on=identity, how="left", nulls_equal=True)
    nth = pl.struct(identity).cum_count(reverse=True).over(identity)
    rest = beside.filter(pl.col("times").is_null() | (nth > pl.col("times"))).drop("times")
    same = rest.join(
        said.select(entity.key, *said_values(entity)),
        on=[entity.key, *said_values(entity)],
        how="semi",
        nulls_equal=True,
    )
    outcomes = dict(said["outcome"].value_counts().iter_rows())
    overruled = rest.height - same.height
    kept_rows = pl.col("outcome").is_in(["new", "updated", "unchanged"])
    superseded = [
        said.filter(~kept_rows).select(control.said(entity)).to_series(),
        rest.select(control.said(entity)).to_series(),
    ]
    return {
        **dict.fromkeys((*OUTCOMES, "deleted"), 0),
        **outcomes,
        "duplicate": outcomes.get("duplicate", 0) + same.height,
        "superseded": outcomes.get("superseded", 0) + overruled,
        "quarantined": sum((~each.refused["dropped"]).sum() for each in staged),
        "dropped": sum(each.refused["dropped"].sum() for each in staged),
        "missing": log.filter(pl.col("row") <= 0).height,
        "kept_amount": control.total(said.filter(kept_rows), entity),
        "superseded_amount": control.summed(superseded, entity),
        "refused_amount": control.summed([each.refused["amount"] for each in staged], entity),
    }
