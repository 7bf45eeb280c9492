"""A small shop for the processor: its profile, raw batches as the scraper leaves them, and its gold."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from saleslake.lake import Lake
from saleslake.profiles import Source
from saleslake.raw import ORIGIN, ROWS_PER_FILE, AddressReport, BatchWriter, Commit
from saleslake.settings import Settings
from saleslake_processor import gold_files
from saleslake_processor.process import Processed, process
from saleslake_scraper.history import history
from saleslake_scraper.unlisted import gone

Row = dict[str, Any]
SETTINGS = Settings(_env_file=None, reference=Path("not there"))
START = datetime(2026, 3, 1, 12, tzinfo=UTC)

ENTITIES: dict[str, Any] = {
    "order_line": {
        "from": "lines",
        "key": "id",
        "where": {"kind": {"not": "note"}},
        "fields": {
            "order_id": "order",
            "order_date": "day",
            "product_id": "product",
            "customer_id": "customer",
            "store_id": "store",
            "status": "status",
            "quantity": "quantity",
            "unit_price": "price",
        },
    },
    "return": {
        "from": "returns",
        "key": "id",
        "fields": {
            "order_line_id": "line",
            "product_id": "product",
            "return_date": "day",
            "quantity": "quantity",
        },
    },
    "product": {
        "from": "products",
        "key": "id",
        "fields": {"name": "name", "category_id": "category", "list_price": "price", "unit_cost": "cost"},
    },
    "store": {"from": "stores", "key": "id", "fields": {"name": "name", "place_id": "place"}},
    "place": {"from": "places", "key": "id", "fields": {"city": "city", "region": "region"}},
}
"""What the raw tables mean; `extras` means nothing."""


def source(name: str = "shop", snapshot: str = "none", entities: Any = ENTITIES, **said: Any) -> Source:
    """The shop's profile; `snapshot` is that of its lines and products."""
    tables = {
        table: {"files": f"{table}*.csv", "snapshot": snapshot if table in {"lines", "products"} else "none"}
        for table in ("lines", "returns", "products", "stores", "places", "extras")
    }
    plain = {"company": "acme", "address": "exports", "currency": "EUR", "tables": tables}
    return Source.model_validate({**plain, "name": name, "entities": entities, **said})


def line(identifier: str, **fields: Any) -> Row:
    """A raw line; two units of `p` at 10 on 2026-01-30, unless it says otherwise."""
    plain: Row = {"id": identifier, "order": identifier.split("-")[0], "day": "2026-01-30", "product": "p"}
    plain |= {"customer": None, "store": None, "status": None, "quantity": "2", "price": "10"}
    return {**plain, "kind": None, **fields}


def write(
    lake: Lake,
    tables: Mapping[str, Iterable[Row] | Mapping[str, Iterable[Row]]],
    name: str = "shop",
    at: datetime = START,
    **others: str,
) -> Commit:
    """Commit a raw batch: rows by table, or by table and file; `others` are files by status."""
    with BatchWriter(lake, name, "-") as writer:
        reports: list[AddressReport] = []
        for table, given in tables.items():
            files = given if isinstance(given, Mapping) else {f"{table}.csv": given}
            for file, rows in files.items():
                number = len(reports) + 1
                address = f"exports/{file}"
                raw = _raw(list(rows), address, number, at)
                writer.write(table, raw)
                columns = {table: [name for name in raw.columns if name not in ORIGIN]}
                reports.append(
                    AddressReport(
                        address=address,
                        number=number,
                        status="fetched",
                        columns=columns,
                        rows={table: raw.height},
                    )
                )
        for file, status in others.items():
            address = f"exports/{file}.csv"
            report = {"address": address, "number": len(reports) + 1, "status": status}
            reports.append(AddressReport.model_validate(report))
        return writer.commit(reports, gone(source(snapshot="table"), reports, history(lake, name)))


def _raw(rows: list[Row], address: str, number: int, at: datetime) -> pl.DataFrame:
    columns = list(rows[0]) if rows else ["id"]
    frame = pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String))
    return frame.with_columns(
        _address=pl.lit(address),
        _fetched_at=pl.lit(at, pl.Datetime("us", "UTC")),
        _row=pl.int_range(1, pl.len() + 1, dtype=pl.Int64) + number * ROWS_PER_FILE,
        _content_hash=pl.lit("0"),
    )


def later(hours: int) -> datetime:
    """An instant of a later fetch."""
    return START + timedelta(hours=hours)


def passed(lake: Lake, *sources: Source, settings: Settings = SETTINGS) -> Processed:
    """One pass of the processor."""
    return process(lake, sources or (source(),), settings)


def gold(lake: Lake, table: str) -> pl.DataFrame:
    """A table of the current snapshot."""
    manifest = gold_files.load(lake)
    assert manifest is not None
    return gold_files.read(lake, manifest, table).collect()


def net(lake: Lake) -> dict[str, Any]:
    """Net by line."""
    return dict(gold(lake, "fact_sales").select("order_line_id", "net_amount").iter_rows())


def bytes_of(folder: Path) -> dict[str, bytes]:
    """Every file below the folder with its bytes."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def trade(lake: Lake) -> None:
    """Three batches of sales, returns and members, with corrections, refused, ignored and waiting rows."""
    write(
        lake,
        {
            "lines": [line("o1-1"), line("o1-2", product="q", store="s"), line("o2-1", day="2026-02-03")],
            "products": [{"id": "p", "name": "Tea", "category": "drinks", "price": "12", "cost": "4"}],
            "extras": [{"id": "x"}],
        },
    )
    write(
        lake,
        {
            "lines": [line("o1-1", price="11"), line("o3-1", quantity="many"), line("n", kind="note")],
            "returns": [{"id": "r", "line": "o1-2", "product": None, "day": "2026-02-05", "quantity": "1"}],
            "stores": [{"id": "s", "name": None, "place": "x"}],
        },
        at=later(1),
    )
    write(
        lake,
        {
            "lines": [line("o1-1", price="11"), line("o4-1", day=None), line("o2-1", day="2026-02-04")],
            "places": [{"id": "x", "city": "Lyon", "region": "south"}],
        },
        at=later(2),
    )
