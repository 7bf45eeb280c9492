"""The processor's core without a disk: logs and state as frames in memory."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import polars as pl

from saleslake_processor import keys
from saleslake_processor.contracts.entities import ENTITIES
from saleslake_processor.derive.advance import advance
from saleslake_processor.derive.difference import Difference, gained
from saleslake_processor.log_view import SCHEMAS
from saleslake_processor.staging.stage import log_schema
from saleslake_processor.versions import KEPT, judged
from tests.property.plain_amounts import REPORTING as REPORTING
from tests.property.plain_amounts import Event as Event

COMPANY = "acme"
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)


def instant(version: int) -> datetime:
    """When a version counts from; number 6 begins with 31 January, on which there are sales."""
    return EPOCH + timedelta(days=5 * version)


def source_of(batch: str) -> str:
    """Two sources of one company tell of the same things, a batch each in turn."""
    return "other" if batch in ("b", "d") else "test"


def rows(events: list[Event], batch: str) -> dict[str, pl.DataFrame]:
    """The events as rows of the logs, as staging would give them."""
    found = {}
    for name, entity in ENTITIES.items():
        of_entity = [event for event in events if event["entity"] == name]
        schema = log_schema(entity)
        if not of_entity:
            found[name] = pl.DataFrame(schema=schema)
            continue
        plain = {column: dtype for column, dtype in schema.items() if not column.endswith("_key")}
        frame = pl.DataFrame(
            [
                {
                    "company": COMPANY,
                    "version_at": instant(event["version"]),
                    "source": source_of(batch),
                    "raw_table": name,
                    "batch": batch,
                    "row": number,
                    "address": "memory",
                    "profile_hash": "-",
                    "deleted": event.get("deleted", False),
                    "source_currency": event.get("source_currency", REPORTING),
                    "reporting_currency": REPORTING,
                    "tax_rate": Decimal(event.get("tax_rate", "0")),
                    "prices_include_tax": event.get("prices_include_tax", False),
                    "money_places": event.get("money_places", 2),
                    "at_sale": event.get("at_sale"),
                }
                | {field: event.get(field) for field in entity.fields}
                for number, event in enumerate(of_entity, 1)
            ],
            schema=plain,
        )
        references = {
            f"{field.removesuffix('_id')}_key": (to, field) for field, to in entity.references.items()
        }
        found[name] = frame.with_columns(
            keys.key(COMPANY, name, pl.col(entity.id)).alias(entity.key),
            *(keys.key(COMPANY, to, pl.col(field)).alias(key) for key, (to, field) in references.items()),
        ).select(*schema)
    return found


@dataclass
class MemoryLake:
    """A lake of frames; `take` is what the processor does with a batch."""

    log: dict[str, pl.DataFrame] = field(
        default_factory=lambda: {
            name: pl.DataFrame(schema=SCHEMAS[name]) for name, entity in ENTITIES.items()
        }
    )
    state: dict[str, pl.DataFrame] = field(default_factory=dict)

    def append(self, events: list[Event], batch: str) -> dict[str, pl.DataFrame]:
        """Judge and append a batch; what each log gained."""
        return self._append(rows(events, batch), self.log)

    def _append(
        self, staged: dict[str, pl.DataFrame], known: dict[str, pl.DataFrame]
    ) -> dict[str, pl.DataFrame]:
        added = {}
        for name in ENTITIES:
            incoming = staged.get(name)
            if incoming is None or incoming.is_empty():
                added[name] = self.log[name].clear()
                continue
            entity = ENTITIES[name]
            of_keys = known[name].drop("outcome").join(incoming, on=entity.key, how="semi")
            gained = judged(incoming, of_keys, entity).filter(pl.col("outcome").is_in(KEPT))
            added[name] = gained.select(self.log[name].columns)
            self.log[name] = pl.concat([self.log[name], added[name]])
        return added

    def bring_forward(
        self,
        added: dict[str, pl.DataFrame],
        lost: dict[str, pl.DataFrame] | None = None,
        again: str = "",
        source: str = "",
    ) -> None:
        """Let the state reflect the log; `lost` is what a batch of a source gave that is staged again."""

        def lazy(frames: dict[str, pl.DataFrame]) -> dict[str, pl.LazyFrame]:
            return {name: frame.lazy() for name, frame in frames.items()}

        difference = gained(lazy(added))
        if lost is not None:
            batch = pl.DataFrame({"source": [source], "batch": [again]})
            difference = Difference(lazy(added), lazy(lost), batch)
        for name, frame in advance(lazy(self.state), lazy(self.log), difference).items():
            self.state.pop(name, None)
            if not frame.is_empty():
                self.state[name] = frame

    def stage_again(self, events: list[Event], batch: str) -> None:
        """What the processor does with a batch that is read in another way than before."""
        self.replace(rows(events, batch), batch, source_of(batch))

    def replace(self, staged: dict[str, pl.DataFrame], batch: str, source: str) -> None:
        """Rows of the logs in the place of all that the batch gave before."""
        lost = {name: log.filter(pl.col("batch") == batch) for name, log in self.log.items()}
        self.log = {name: log.filter(pl.col("batch") != batch) for name, log in self.log.items()}
        before = {name: log.filter(pl.col("batch") < batch) for name, log in self.log.items()}
        self.bring_forward(self._append(staged, before), lost, batch, source)

    def take(self, events: list[Event], batch: str) -> None:
        self.bring_forward(self.append(events, batch))

    def take_staged(self, staged: dict[str, pl.DataFrame]) -> None:
        """What the processor does with rows of the logs that staging gave."""
        self.bring_forward(self.append_staged(staged))

    def append_staged(self, staged: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
        """Judge and append rows of the logs; what each log gained."""
        return self._append(staged, self.log)


def built_at_once(batches: dict[str, list[Event]]) -> MemoryLake:
    """A lake that takes in all batches in order, and derives its state only then."""
    lake = MemoryLake()
    for batch in sorted(batches):
        lake.append(batches[batch], batch)
    lake.bring_forward(lake.log)
    return lake
