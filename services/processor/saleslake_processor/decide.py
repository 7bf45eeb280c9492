"""From what a person wants to the decision that is recorded: which rows and batches it is about, which
batches are staged again for it, and why it may be impossible."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import polars as pl

from saleslake.lake import Lake
from saleslake.profiles import Source
from saleslake_processor import ledger
from saleslake_processor.contracts.entities import ENTITIES
from saleslake_processor.decisions import ROW, Action, Decision
from saleslake_processor.staging.judge import optional
from saleslake_processor.staging.stage import NO_SUCH_COLUMN, TOLD_APART


class CannotDecideError(Exception):
    """What is wanted cannot be done; the message says why and what can be."""


def on_rows(
    lake: Lake, source: Source, action: Action, rows: pl.DataFrame, at: datetime, by: str, reason: str
) -> Decision:
    """To release or drop refused rows of a source (rows of `QUARANTINE`)."""
    _is_not_stale(lake, source)
    about = set(rows["batch"])
    if held := sorted(about & set(held_back(lake).filter(pl.col("source") == source.name)["batch"])):
        raise CannotDecideError(
            f"batch {held[0]} of {source.name} is held back: `saleslake hold` comes first"
        )
    batches = about
    if action == "release":
        _can_be_released(rows)
        batches = following(lake, source, about)
    return Decision(
        at=at,
        by=by,
        reason=reason,
        action=action,
        source=source.name,
        batches=sorted(batches),
        about=sorted(about),
        rows=rows.select(*ROW).unique(maintain_order=True).to_dict(as_series=False),
    )


def on_batches(
    lake: Lake, source: Source, action: Action, about: Sequence[str], at: datetime, by: str, reason: str
) -> Decision:
    """To release or drop batches that are held back, or to stage batches again."""
    if action != "restage":
        _is_not_stale(lake, source)
    return Decision(
        at=at,
        by=by,
        reason=reason,
        action=action,
        source=source.name,
        batches=sorted(following(lake, source, about, whole=True)),
        about=sorted(about),
    )


def held_back(lake: Lake) -> pl.DataFrame:
    """Batches that are held back: `source`, `batch`, `fetched_on`, rows `held`, `said_amount`, `held_for`."""
    rows = ledger.entries(lake).filter(pl.col("set_aside") == "held")
    cells = rows.group_by("source", "batch", "fetched_on", "held_for")
    found = cells.agg(pl.col("held").sum(), pl.col("said_amount").sum())
    columns = ["source", "batch", "fetched_on", "held", "said_amount", "held_for"]
    return found.select(columns).sort("batch", "source").collect()


def following(lake: Lake, source: Source, batches: Iterable[str], whole: bool = False) -> set[str]:
    """The batches, and later ones of the source that judge by them what was deleted; or which columns are
    known, where they come or go as a `whole`."""
    chosen = set(batches)
    by_columns = whole and source.drift == "hold"
    if not by_columns and all(table.snapshot == "none" for table in source.tables.values()):
        return chosen
    later = {batch for batch, name in ledger.taken_in(lake) if name == source.name and batch > min(chosen)}
    return chosen | later


def _is_not_stale(lake: Lake, source: Source) -> None:
    stale = ledger.stale(lake, {source.name: ledger.stamp(source.mapping_hash)})
    if stale.height:
        raise CannotDecideError(
            f"{source.name}: its profile has changed since {stale.height} of its batches were staged;"
            f" `saleslake restage {source.name}` comes first"
        )


def _can_be_released(rows: pl.DataFrame) -> None:
    """Raise for the first kind of row that cannot do without the value for which it was refused."""
    for entity, rule, field in rows.select("entity", "rule", "field").unique().sort("entity").iter_rows():
        told = rule.endswith(NO_SUCH_COLUMN) or rule == TOLD_APART
        if told or field not in optional(ENTITIES[entity]):
            what = f"an {entity}" if entity[0] in "aeiou" else f"a {entity}"
            raise CannotDecideError(
                f"{rule}: {what.replace('_', ' ')} cannot be without {field or 'what this rule is about'};"
                " mend it at the source or in the profile, or drop the row"
            )
