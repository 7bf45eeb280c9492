"""Raw rows of two sources of one company, profiles that are edited, and what plain Python reads in them.

It shares no code with staging: a row is read here by `read`, one after the other.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl
from hypothesis import strategies as st

from saleslake.profiles import Source
from saleslake.raw import ORIGIN
from saleslake_processor.decisions import ROW
from saleslake_processor.staging.stage import log_schema, stage_table
from tests.property.memory_lake import COMPANY, EPOCH, REPORTING, Event

Raw = dict[str, str | None]

CURRENCIES = {"shop": "EUR", "abroad": "CHF"}
"""The sources, and the currency of their rows."""

DAYS = ["2026-01-30", "2026-01-31", "2026-02-01", None]

ENTITIES = {"lines": "order_line", "products": "product", "categories": "category", "rates": "exchange_rate"}
"""What each raw table means."""


@dataclass(frozen=True)
class Profile:
    """What may be edited in a profile."""

    gifts: bool = True
    """Lines of this kind are taken."""
    tests: bool = True
    """Lines of this kind are no fault."""
    decimal: str = "."
    """Of prices; such with the other sign cannot be read."""
    units: str = "units"
    """The column of the quantity."""
    prefix: str = ""
    """Put before ids of products, so that lines name others."""

    def source(self, name: str, **said: Any) -> Source:
        """The profile of a source."""
        kinds = ["note"] if self.gifts else ["note", "gift"]
        key = {"columns": "id", "prefix": self.prefix}
        of_lines = {
            "order_id": "order",
            "order_date": "day",
            "product_id": "product",
            "ship_date": "shipped",
            "quantity": self.units,
            "unit_price": {"from": "price", "number": {"decimal": self.decimal}},
        }
        entities: dict[str, Any] = {
            "order_line": {
                "key": "id",
                "where": {"kind": {"not": kinds}},
                "refuse": {} if self.tests else {"row_of_a_test": {"kind": "test"}},
                "fields": of_lines,
            },
            "product": {
                "key": key,
                "fields": {"name": "name", "category_id": "category", "list_price": "price"},
            },
            "category": {"key": "id", "fields": {"name": "name", "parent_id": "parent"}},
            "exchange_rate": {
                "key": "day",
                "fields": {
                    "rate_date": "day",
                    "from_currency": {"const": "CHF"},
                    "to_currency": {"const": REPORTING},
                    "rate": "rate",
                },
            },
        }
        for table, entity in ENTITIES.items():
            entities[entity] |= {"from": table, "version_from": "changed"}
        return Source.model_validate(
            {
                "name": name,
                "company": COMPANY,
                "address": "exports",
                "currency": CURRENCIES[name],
                "reporting_currency": REPORTING,
                "tables": {table: {"files": f"{table}*.csv"} for table in ENTITIES},
                "entities": entities,
                **said,
            }
        )


@dataclass(frozen=True)
class Batch:
    """Raw rows by table, and how they were staged the last time."""

    name: str
    source: str
    tables: dict[str, list[Raw]]
    profile: Profile
    released: frozenset[int] = field(default_factory=frozenset)
    """Lines, counted from 0, that were let in without what they were refused for."""

    def edited(self, profile: Profile, released: Iterable[int] = ()) -> "Batch":
        """The same rows, staged another time."""
        return replace(self, profile=profile, released=self.released | frozenset(released))

    def releasable(self) -> list[int]:
        """Lines that are refused, and would be let in without what they are refused for."""
        lines = enumerate(self.tables.get("lines", []))
        return [
            number
            for number, row in lines
            if read(self, "lines", row, released=False) is None and read(self, "lines", row, released=True)
        ]

    def staged(self) -> dict[str, pl.DataFrame]:
        """Rows of the logs, as staging gives them."""
        source = self.profile.source(self.source)
        found: dict[str, pl.DataFrame] = {}
        for table, rows in self.tables.items():
            named = [(self.name, "lines", "order_line", number + 1) for number in sorted(self.released)]
            decided = pl.DataFrame(named, schema=ROW, orient="row").with_columns(action=pl.lit("release"))
            for entity, _, staged in stage_table(self.raw(table, rows), source, table, self.name, decided):
                found[entity.name] = staged.accepted.select(*log_schema(entity))
        return found

    @staticmethod
    def raw(table: str, rows: list[Raw]) -> pl.DataFrame:
        """The rows as a raw table."""
        frame = pl.DataFrame(rows, schema=dict.fromkeys(rows[0], pl.String))
        return frame.with_columns(
            _address=pl.lit(f"exports/{table}.csv"),
            _fetched_at=pl.lit(EPOCH, ORIGIN["_fetched_at"]),
            _row=pl.int_range(1, pl.len() + 1, dtype=pl.Int64),
            _content_hash=pl.lit("0"),
        )

    def events(self) -> list[Event]:
        """What plain Python reads in them."""
        return [
            event
            for table, rows in self.tables.items()
            for number, row in enumerate(rows)
            if (event := read(self, table, row, number in self.released)) is not None
        ]


def read(batch: Batch, table: str, row: Raw, released: bool) -> Event | None:
    """One row as its entity; none where it is left out or refused."""
    profile, entity = batch.profile, ENTITIES[table]
    event: Event = {
        "entity": entity,
        f"{entity}_id": row["day"] if table == "rates" else row["id"],
        "version": int(str(row["changed"])[14:16]),
        "source_currency": CURRENCIES[batch.source],
        "deleted": False,
    }
    if table == "products":
        identifier = f"{profile.prefix}|{row['id']}" if profile.prefix else row["id"]
        priced = {"list_price": None if row["price"] is None else Decimal(row["price"])}
        named = {"name": row["name"], "category_id": row["category"]}
        return event | {"product_id": identifier} | priced | named
    if table == "categories":
        return event | {"name": row["name"], "parent_id": row["parent"]}
    if table == "rates":
        rate = {"rate_date": date.fromisoformat(str(row["day"])), "rate": Decimal(str(row["rate"]))}
        return event | rate | {"from_currency": "CHF", "to_currency": REPORTING}
    left_out = row["kind"] == "note" or (row["kind"] == "gift" and not profile.gifts)
    if left_out or (row["kind"] == "test" and not profile.tests):
        return None
    units, price = row[profile.units], row["price"]
    unread = price is not None and ("." if profile.decimal == "," else ",") in price
    if not str(units).isdigit() or ((unread or row["shipped"] == "soon") and not released):
        return None
    own = None if price is None or unread else Decimal(price.replace(",", "."))
    return event | {
        "order_id": row["order"],
        "order_date": None if row["day"] is None else date.fromisoformat(row["day"]),
        "product_id": row["product"],
        "quantity": Decimal(str(units)),
        "unit_price": own,
    }


def instant(minutes: int) -> str:
    return f"2026-01-01T00:{minutes:02}:00Z"


def some(*values: str) -> st.SearchStrategy[str | None]:
    return st.sampled_from([None, *values])


CHANGED = st.integers(0, 12).map(instant)

ROWS: dict[str, st.SearchStrategy[Raw]] = {
    "lines": st.fixed_dictionaries(
        {
            "id": st.sampled_from(["o1-1", "o1-2", "o2-1", "o3-1"]),
            "order": st.sampled_from(["o1", "o2", "o3"]),
            "day": st.sampled_from(DAYS),
            # p4 is never told of but by lines; with a prefix none of them is.
            "product": st.sampled_from(["p1", "p2", "p4"]),
            "shipped": st.sampled_from([None, None, "2026-02-03", "soon"]),
            "units": st.sampled_from(["1", "2", "3", "some"]),
            "packs": st.sampled_from(["1", "6"]),
            "price": st.sampled_from([None, "10", "12.5", "0,99", "7"]),
            "kind": st.sampled_from([None, None, None, "gift", "note", "test"]),
            "changed": CHANGED,
        }
    ),
    "products": st.fixed_dictionaries(
        {
            "id": st.sampled_from(["p1", "p2"]),
            "name": some("Tea", "Cup"),
            "category": some("k1", "k2", "k3"),
            "price": some("3", "4.25"),
            "changed": CHANGED,
        }
    ),
    # A category is renamed, and hung elsewhere; k3 is named by products and parents alone.
    "categories": st.fixed_dictionaries(
        {
            "id": st.sampled_from(["k1", "k2"]),
            "name": some("Food", "Drinks", "Things"),
            "parent": some("k1", "k3"),
            "changed": CHANGED,
        }
    ),
    "rates": st.fixed_dictionaries(
        {
            "day": st.sampled_from(["2026-01-22", "2026-01-24", "2026-01-31"]),
            "rate": st.sampled_from(["0.5", "1.0514", "0.95"]),
            "changed": CHANGED,
        }
    ),
}

PROFILES = st.builds(
    Profile,
    gifts=st.booleans(),
    tests=st.booleans(),
    decimal=st.sampled_from([".", ","]),
    units=st.sampled_from(["units", "packs"]),
    prefix=st.sampled_from(["", "", "x"]),
)


@st.composite
def batches_of_rows(draw: st.DrawFn) -> list[Batch]:
    """Batches in the order of their names; each source has a profile that all of them are staged by."""
    profiles = {name: draw(PROFILES) for name in CURRENCIES}
    found = []
    for name in "abcd"[: draw(st.sampled_from([4, 3, 2, 1]))]:
        source = draw(st.sampled_from(sorted(CURRENCIES)))
        tables = {
            table: draw(st.lists(of, min_size=1, max_size=6 if table == "lines" else 3))
            for table, of in ROWS.items()
            if draw(st.sampled_from([True, True, False]))
        }
        if tables:
            found.append(Batch(name, source, tables, profiles[source]))
    return found
