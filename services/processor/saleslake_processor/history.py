"""What was known of a thing, and from when until when."""

import polars as pl

from saleslake_processor.contracts.entities import Entity
from saleslake_processor.staging.stage import terms
from saleslake_processor.versions import LATER


def history(versions: pl.LazyFrame, entity: Entity) -> pl.LazyFrame:
    """The versions that counted, with `valid_from` and `valid_to` (UTC, not included; null: it still counts).

    Of several versions of one instant the last one counts (`versions.LATER`); of those one after the other
    that say the same the first one is left. That a thing was deleted is a version, too. A version counts from
    the instant that it names (`version_at`), whenever it came in.
    """
    said = pl.struct(*entity.fields, *terms(entity), "deleted")
    last = versions.sort(LATER).unique([entity.key, "version_at"], keep="last")
    first = pl.col("version_at") == pl.col("version_at").min().over(entity.key)
    before = said.shift(1).over(entity.key, order_by="version_at")
    until = pl.col("version_at").shift(-1).over(entity.key, order_by="version_at")
    changed = last.filter(first | said.ne_missing(before))
    intervals = changed.with_columns(valid_from=pl.col("version_at"), valid_to=until)
    return intervals.sort(entity.key, "valid_from")


def at(intervals: pl.LazyFrame, instant: pl.Expr) -> pl.LazyFrame:
    """The versions that count at an instant, deleted ones included; of intervals as `history` gives them."""
    still = pl.col("valid_to").is_null() | (pl.col("valid_to") > instant)
    return intervals.filter((pl.col("valid_from") <= instant) & still)
