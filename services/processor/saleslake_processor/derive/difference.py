"""What a log gained and lost since the state was derived from it."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from saleslake_processor.versions import CHANGING

Frames = Mapping[str, pl.LazyFrame]

_READ_BY = "profile_hash"
"""Column in which two stagings differ that read a row alike."""


@dataclass(frozen=True)
class Difference:
    """Versions that count now and did not, and that did and no longer do, by entity."""

    added: Frames
    lost: Frames
    """Versions of batches that were staged again; nothing where none was."""
    again: pl.DataFrame
    """Batches that were staged again: `source`, `batch`."""

    def changed(self, entity: str) -> pl.LazyFrame:
        """The versions by which the current row of their key may be another one than before."""
        added, lost = self.added[entity], self.lost[entity]
        batch = self.again.columns
        again = self.again.lazy()
        first = added.join(again, on=batch, how="anti").filter(pl.col("outcome").is_in(CHANGING))
        if self.again.is_empty():
            return first
        both = pl.concat([lost, added.join(again, on=batch, how="semi")])
        # What both stagings read alike is no change; what it did when it came is told of rows that wait.
        same = [name for name in both.collect_schema() if name != _READ_BY]
        return pl.concat([first, both.unique(same, keep="none")])

    def told(self, entity: str, key: str) -> pl.DataFrame:
        """Keys of which something else may be known than before, of whatever instant.

        The last version of all that says what the one before it says tells nothing.
        """
        added = self.added[entity].filter(pl.col("outcome") != "unchanged")
        return pl.concat([added.select(key), self.lost[entity].select(key)]).unique().collect()


def gained(added: Frames) -> Difference:
    """The difference where no batch was staged again."""
    again = pl.DataFrame(schema={"source": pl.String, "batch": pl.String})
    return Difference(added, {name: rows.clear() for name, rows in added.items()}, again)
