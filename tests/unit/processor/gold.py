"""All gold tables of a lake in memory, built and held to their contracts as a publication does it."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import polars as pl

from saleslake_processor.derive import advance
from saleslake_processor.derive.sums import SUMS
from saleslake_processor.derive.touched import KEPT
from saleslake_processor.learnt import frames as learnt
from saleslake_processor.ledger import SCHEMA as LEDGER_SCHEMA
from saleslake_processor.marts.graph import MARTS
from saleslake_processor.publish import held, of_references
from saleslake_processor.reference.frames import References
from saleslake_processor.runs import SCHEMA as RUNS
from saleslake_processor.staging.refused import QUARANTINE
from tests.property.memory_lake import COMPANY, Event, MemoryLake
from tests.unit.processor.derived import Row, taken

LEDGER: Row = {
    "company": COMPANY,
    "source": "test",
    "batch": "a",
    "raw_table": "order_line",
    "entity": "order_line",
    "fetched_on": date(2026, 1, 1),
}


def ledger(*rows: Row) -> pl.LazyFrame:
    """Rows of the ledger; what one does not say is that of `LEDGER`, or 0."""
    counts = {name: 0 for name, dtype in LEDGER_SCHEMA.items() if dtype == pl.Int64}
    return pl.LazyFrame([counts | LEDGER | row for row in rows], schema=LEDGER_SCHEMA)


def accounted(lake: MemoryLake) -> pl.LazyFrame:
    """The ledger of what the lake holds of each batch, beside the row that is always there."""
    found = [
        {"source": source, "batch": batch, "raw_table": table, "entity": name, "seen": rows.height}
        | dict(rows["outcome"].value_counts().iter_rows())
        for name, log in lake.log.items()
        for (source, batch, table), rows in log.group_by("source", "batch", "raw_table", maintain_order=True)
    ]
    of_lines = [
        row for row in found if (row["source"], row["batch"], row["entity"]) == ("test", "a", "order_line")
    ]
    return ledger(*found) if of_lines else ledger({}, *found)


def given(
    lake: MemoryLake,
    fiscal_year_start: int = 1,
    references: References | None = None,
    **more: pl.LazyFrame,
) -> dict[str, pl.LazyFrame]:
    """What gold tables are made of."""
    state = {name: frame.lazy() for name, frame in lake.state.items()}
    publication = {
        "snapshot": 1,
        "published_on": date(2026, 5, 1),
        "published_at": "2026-05-01T00:00:00+00:00",
        "schema_version": 1,
        "fiscal_year_start": fiscal_year_start,
    }
    return {
        "fact_sales": advance.fact(state, "fact_sales"),
        "fact_returns": advance.fact(state, "fact_returns"),
        "references": advance.referred(state),
        "places_at_sale": advance.places_at_sale(state),
        "waiting": advance.waiting(state),
        "ledger": accounted(lake),
        "refused": pl.LazyFrame(schema=QUARANTINE),
        "runs": pl.LazyFrame(schema=RUNS),
        "publication": pl.LazyFrame(publication),
        **of_references(references or {}),
        **learnt.whole({}),
        **{f"current/{name}": advance.members(state, name) for name in KEPT},
        **{f"sums/{name}": advance.sums(state, name) for name in SUMS},
        **more,
    }


class Gold(Mapping[str, pl.DataFrame]):
    """Gold tables by name; each is made, and held to its contract, when it is asked for."""

    def __init__(self, frames: dict[str, pl.LazyFrame]) -> None:
        self.frames, self.made = frames, dict[str, pl.DataFrame]()

    def __getitem__(self, name: str) -> pl.DataFrame:
        if name not in self.made:
            mart = _MARTS[name]
            # A fact table is made of the facts of its own name.
            tables = {each: self[each].lazy() for each in mart.inputs if each in _MARTS and each != name}
            self.made[name] = held(mart, mart.build({**self.frames, **tables}))
        return self.made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(_MARTS)

    def __len__(self) -> int:
        return len(_MARTS)


_MARTS = {mart.name: mart for mart in MARTS}


def built(frames: dict[str, pl.LazyFrame]) -> Gold:
    """Gold tables by name."""
    return Gold(frames)


def table(name: str, *events: Event, **said: Any) -> list[Row]:
    """The rows of a gold table that the events give."""
    return built(given(taken(*events), **said))[name].to_dicts()


def member(name: str, identifier: str, *events: Event) -> Row:
    """One member of a dimension."""
    [row] = [row for row in table(name, *events) if row[f"{name.removeprefix('dim_')}_id"] == identifier]
    return row
