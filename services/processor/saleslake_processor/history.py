"""What was known of a thing, and from when until when."""

import polars as pl

from saleslake.raw import fetched_from
from saleslake_processor.contracts.entities import Entity
from saleslake_processor.staging.stage import terms
from saleslake_processor.versions import LATER


def history(versions: pl.LazyFrame, entity: Entity) -> pl.LazyFrame:
    """The versions that counted, with `valid_from` and `valid_to` (UTC, not included; null: it still counts).

    Of several versions of one instant the last one counts (`versions.LATER`); of those one after the other
    that say the same the first one is left. That a thing was deleted is a version, too. A version counts from
    the instant that it names (`version_at`), whenever it came in; one that a snapshot lacks is gone from the
    fetch of that on.
    """
    said = pl.struct(*entity.fields, *terms(entity), "deleted")
    last = _since(versions, entity).unique([entity.key, "valid_from"], keep="last")
    first = pl.col("valid_from") == pl.col("valid_from").min().over(entity.key)
    before = said.shift(1).over(entity.key, order_by="valid_from")
    until = pl.col("valid_from").shift(-1).over(entity.key, order_by="valid_from")
    changed = last.filter(first | said.ne_missing(before))
    return changed.with_columns(valid_to=until).sort(entity.key, "valid_from")


def _since(versions: pl.LazyFrame, entity: Entity) -> pl.LazyFrame:
    """The versions in order, with `valid_from`; without those that a later one was ahead of.

    A row that says so of a snapshot (`snapshots.missing`) has the instant of the version that is gone, as has
    one that brings the same version back.
    """
    of_instant = [entity.key, "version_at"]
    gone = (pl.col("deleted") & (pl.col("row") == 0)).cum_max().over(of_instant)
    later = pl.max_horizontal(
        fetched_from(pl.col("batch")), pl.col("version_at") + pl.duration(microseconds=1)
    )
    following = pl.col("version_at").shift(-1)
    ahead = pl.when(following != pl.col("version_at")).then(following).backward_fill().over(entity.key)
    dated = versions.sort(LATER).with_columns(
        valid_from=pl.when(gone).then(later).otherwise("version_at"), ahead=ahead
    )
    return dated.filter(pl.col("ahead").is_null() | (pl.col("valid_from") < pl.col("ahead"))).drop("ahead")


def at(intervals: pl.LazyFrame, instant: pl.Expr) -> pl.LazyFrame:
    """The versions that count at an instant, deleted ones included; of intervals as `history` gives them."""
    still = pl.col("valid_to").is_null() | (pl.col("valid_to") > instant)
    return intervals.filter((pl.col("valid_from") <= instant) & still)
