"""What people decided about refused rows and about batches: an append-only record, which a rebuild obeys.

A decision names the batches that are staged again because of it. Of several that speak of the same row or
batch the last one holds.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Literal

import polars as pl
from pydantic import AwareDatetime, BaseModel

from saleslake.damage import readable
from saleslake.durable import replace_text
from saleslake.lake import Lake
from saleslake_processor.reference.apply import NOTHING, Reference
from saleslake_processor.reference.lines import Line

Action = Literal["release", "drop", "release batch", "drop batch", "restage", "reference"]
"""
- `release`: refused rows are taken in without the values for which they were refused;
- `drop`: refused rows are given up;
- `release batch`: a batch that was held back is taken in;
- `drop batch`: a batch that was held back is given up;
- `restage`: batches are staged again, by the profile as it is then;
- `reference`: the reference files say something else of the source's company.
"""

ROW: dict[str, pl.DataType] = {
    "batch": pl.String(),
    "raw_table": pl.String(),
    "entity": pl.String(),
    "row": pl.Int64(),
}
"""Columns by which a decision names a refused row."""


class Decision(BaseModel):
    """One decision about one source."""

    id: str = ""
    """Instant at which it was made; decisions sort by it."""
    at: AwareDatetime
    by: str
    """Who made it: a name of the system, or as it was given."""
    reason: str
    action: Action
    source: str
    batches: list[str]
    """Batches that are staged again to obey it."""
    about: list[str] = []
    """Batches that it is about: those released or dropped, or with the rows that are."""
    rows: dict[str, list[str | int]] = {}
    """Refused rows, by the columns of `ROW`."""
    company: str = ""
    """Of a `reference`: whose lines these are."""
    lines: list[Line] = []
    """Of a `reference`: all that its files say of the company from now on."""

    def named(self) -> pl.DataFrame:
        """The refused rows that it is about, see `ROW`."""
        return pl.DataFrame(self.rows or None, schema=ROW)


class Decisions:
    """All decisions of a lake, in the order in which they were made."""

    def __init__(self, made: Sequence[Decision]) -> None:
        self.made = sorted(made, key=lambda decision: decision.id)

    def last(self) -> dict[tuple[str, str], str]:
        """The last decision for which each batch `(batch, source)` is staged again."""
        return {(batch, each.source): each.id for each in self.made for batch in each.batches}

    def of_rows(self, source: str, batch: str) -> pl.DataFrame:
        """What holds of refused rows of a batch: the columns of `ROW`, and the `action`."""
        said = [
            each.named().filter(pl.col("batch") == batch).with_columns(action=pl.lit(str(each.action)))
            for each in self.made
            if each.source == source and batch in each.about and each.rows
        ]
        found = pl.concat([pl.DataFrame(schema={**ROW, "action": pl.String()}), *said])
        return found.unique([*ROW], keep="last", maintain_order=True)

    def reference(self, source: str) -> Reference:
        """The reference lines that staging of the source obeys."""
        return self._of_sources.get(source, NOTHING)

    @cached_property
    def _of_sources(self) -> dict[str, Reference]:
        # Once: what lines ask for is worked out of them, and asked of every batch and row.
        said = (each for each in self.made if each.action == "reference")
        return {each.source: Reference(tuple(each.lines)) for each in said}

    def references(self) -> dict[str, Reference]:
        """The reference lines that hold, by company."""
        said = (each for each in self.made if each.action == "reference")
        return {each.company: Reference(tuple(each.lines)) for each in said}

    def of_batch(self, source: str, batch: str) -> Literal["release batch", "drop batch"] | None:
        """What holds of a batch as a whole."""
        for each in reversed(self.made):
            if each.source == source and batch in each.about:
                match each.action:
                    case "release batch" | "drop batch":
                        return each.action
                    case "restage":
                        # Another profile may read it well, or worse: it is judged anew.
                        return None
        return None


def load(lake: Lake) -> Decisions:
    """The decisions made so far; raises `DamagedError` where a file of them cannot be read."""
    made = []
    for file in lake.decisions.glob("[!.]*.json"):
        with readable(file, "a decision"):
            made.append(Decision.model_validate_json(file.read_bytes()))
    return Decisions(made)


def record(lake: Lake, decision: Decision) -> Decision:
    """Keep a decision, which from now on holds; with the id that it got. Only the holder of the lock may."""
    last = max((file.stem for file in lake.decisions.glob("[!.]*.json")), default="")
    moment = decision.at.astimezone(UTC)
    if last:
        moment = max(moment, datetime.strptime(last, _ID).replace(tzinfo=UTC) + timedelta(microseconds=1))
    made = decision.model_copy(update={"id": moment.strftime(_ID)})
    replace_text(lake.decision(made.id), made.model_dump_json(indent=1))
    return made


_ID = "%Y%m%dT%H%M%S%fZ"
