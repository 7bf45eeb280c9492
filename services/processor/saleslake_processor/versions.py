"""Which version of a row counts, and what a new one does to what is known."""

import polars as pl

from saleslake_processor import keys
from saleslake_processor.contracts.entities import Entity
from saleslake_processor.staging.stage import terms

LATER = ["version_at", "batch", "row", "source"]
"""The last version by these wins, in whatever order versions arrive."""

CHANGING = ("new", "updated", "deleted")
"""Outcomes after which the current row differs from before."""

REPEATED = "repeated"
"""Outcome of what a batch says of a key, where the last version is of the same batch and instant and says the
same."""

OVERRULED = "overruled"
"""Outcome of what a raw row says of a key, where the same row says something else of it further on."""

KEPT = (*CHANGING, "unchanged", "superseded", "duplicate")
"""Outcomes of versions that the log keeps: also those that count for nothing now, and may count when a batch
is taken back."""

_TAKEN_BACK = ["source", "batch", "version_at"]
"""What is staged again together, and says from when on it counts."""

COUNTED_AS = {REPEATED: "duplicate", OVERRULED: "superseded"}
"""Outcomes that the ledger counts among others."""


def winners(versions: pl.LazyFrame, entity: Entity) -> pl.LazyFrame:
    """One row per key: its last version, deleted ones included."""
    # Most rows have one version: only the others are put in order.
    alone = pl.col(entity.key).is_unique()
    several = versions.filter(~alone).sort(LATER).unique(entity.key, keep="last", maintain_order=False)
    return pl.concat([versions.filter(alone), several])


def current(versions: pl.LazyFrame, entity: Entity) -> pl.LazyFrame:
    """One row per key that is there now: its last version, unless that says it was deleted."""
    return winners(versions, entity).filter(~pl.col("deleted"))


def judged(incoming: pl.DataFrame, known: pl.DataFrame, entity: Entity) -> pl.DataFrame:
    """The incoming versions with their `outcome` against the known versions of the same keys.

    - `new`, `updated`, `deleted`: it is now the last version, and the current row changes by it;
    - `unchanged`: it is the last version, with the values that were there;
    - `duplicate`: it is not the last version, but says the same as that;
    - `repeated`: so does it, and the last version is of the same batch, with which alone it is taken back,
      and of the same instant: nothing would count from another one on;
    - `superseded`: it is not the last version, and says something else;
    - `overruled`: the same raw row says something else of the key further on, as by another mapping; the log
      cannot keep it, since nothing there puts the two in order.

    Raises `KeyCollisionError` where two natural ids have one key: one of them would pass for a version
    of the other.
    """
    named = [entity.key, "company", entity.id]
    keys.check_collisions(pl.concat([known.select(named), incoming.select(named)]), entity.key, named[1:])
    # Nothing else speaks of most rows of a first load: there is nothing to compare them with.
    alone = pl.col(entity.key).is_unique() & ~pl.col(entity.key).is_in(known[entity.key].implode())
    first = incoming.filter(alone).with_columns(
        outcome=pl.when("deleted").then(pl.lit("deleted")).otherwise(pl.lit("new"))
    )
    others = incoming.filter(~alone)
    again = _again(others, entity)
    versions = others.filter(~again)
    repeated = _repeated(others.filter(again), versions, entity)
    return pl.concat([first, _judged(versions, known, entity), repeated])


def _again(rows: pl.DataFrame, entity: Entity) -> pl.Series:
    """Whether the same raw row gives the same key again further on."""
    # Mostly a raw row gives one row, and this is much cheaper to see.
    if rows["row"].n_unique() == rows.height:
        return pl.repeat(False, rows.height, dtype=pl.Boolean(), eager=True)
    identity = [entity.key, *LATER]
    count = pl.struct(identity).cum_count(reverse=True).over(identity)
    return rows.select(count > 1).to_series()


def _repeated(rows: pl.DataFrame, versions: pl.DataFrame, entity: Entity) -> pl.DataFrame:
    """Outcomes of rows beside the version that the same raw row gives of the same key."""
    values, identity = said_values(entity), [entity.key, *LATER]
    beside = rows.join(
        versions.select(*identity, *values), on=identity, how="left", nulls_equal=True, suffix=":last"
    )
    same = pl.all_horizontal(pl.col(name).eq_missing(pl.col(f"{name}:last")) for name in values)
    outcome = pl.when(same).then(pl.lit(REPEATED)).otherwise(pl.lit(OVERRULED))
    return beside.select(*rows.columns, outcome=outcome)


def _judged(incoming: pl.DataFrame, known: pl.DataFrame, entity: Entity) -> pl.DataFrame:
    """Outcomes of versions of which no two come from one raw row."""
    before = winners(known.lazy(), entity).collect()
    both = pl.concat([before.select(incoming.columns), incoming])
    last = winners(both.lazy(), entity).collect()
    values, identity = said_values(entity), [entity.key, *LATER]
    rows = (
        incoming.join(
            last.select(*identity).with_columns(is_last=True), on=identity, how="left", nulls_equal=True
        )
        .join(last.select(entity.key, *values, *_TAKEN_BACK), on=entity.key, how="left", suffix=":last")
        .join(before.select(entity.key, *values, had=True), on=entity.key, how="left", suffix=":before")
    )
    same_as_last = pl.all_horizontal(pl.col(name).eq_missing(pl.col(f"{name}:last")) for name in values)
    same_as_before = pl.all_horizontal(pl.col(name).eq_missing(pl.col(f"{name}:before")) for name in values)
    together = pl.all_horizontal(pl.col(name) == pl.col(f"{name}:last") for name in _TAKEN_BACK)
    gone = pl.col("deleted:before").fill_null(True)
    outcome = (
        pl.when(pl.col("is_last").is_null() & same_as_last)
        .then(pl.when(together).then(pl.lit(REPEATED)).otherwise(pl.lit("duplicate")))
        .when(pl.col("is_last").is_null())
        .then(pl.lit("superseded"))
        .when(pl.col("had") & same_as_before)
        .then(pl.lit("unchanged"))
        .when(pl.col("deleted"))
        .then(pl.lit("deleted"))
        .when(gone)
        .then(pl.lit("new"))
        .otherwise(pl.lit("updated"))
    )
    return rows.select(*incoming.columns, outcome=outcome)


def said_values(entity: Entity) -> list[str]:
    """The columns by which two versions say the same."""
    return [*entity.fields, *terms(entity), "deleted"]
