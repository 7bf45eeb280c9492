"""What a microbatch took in, as a run shows it: its name, its last word, and its tables."""

from collections.abc import Iterable, Sequence
from typing import Any

import polars as pl

from saleslake.lake import Lake
from saleslake_flows.screen import count
from saleslake_processor import gold_files
from saleslake_processor.contracts.operations import BatchLedger
from saleslake_processor.gold_files import GoldTable, Manifest

MOST = 100
"""Rows of the ledger and of the refusals that are shown."""

LEDGER = {name: column.dtype for name, column in BatchLedger.columns().items()}
"""Columns of the ledger, as gold has it."""

_AMOUNTS = ("sales_amount", "net_amount", "refunded_amount")

Batch = tuple[str, str]
"""A batch's id, and its source."""


def run_name(batches: Sequence[Batch]) -> str:
    """`<source> <batch>` of the first batch, and how many came with it."""
    if not batches:
        return "nothing new"
    batch, source = batches[0]
    return f"{source} {batch}" + (f" and {count(len(batches) - 1)} more" if len(batches) > 1 else "")


def ledger(lake: Lake, published: Manifest | None, batches: Sequence[Batch]) -> pl.DataFrame:
    """What became of the batches' rows, as gold has it: there, what waits is told from what is new."""
    if published is None:
        return pl.DataFrame(schema=LEDGER)
    taken = pl.LazyFrame(list(batches), schema={"batch": pl.String, "source": pl.String}, orient="row")
    of_all = gold_files.read(lake, published, "batch_ledger").select(*LEDGER)
    return of_all.join(taken, on=["batch", "source"], how="semi").collect()


def message(batches: Sequence[Batch], ledger: pl.DataFrame, published: Manifest | None) -> str:
    """What came in and where gold stands, in one line."""
    gold = f"gold is snapshot {published.snapshot}" if published else "gold stays as it was"
    if not batches:
        return f"nothing new; {gold}"
    seen, refused, waiting, held = (
        int(ledger[name].sum()) for name in ("seen", "quarantined", "waiting", "held")
    )
    waits = f", {count(waiting)} waiting for a date or an exchange rate" if waiting else ""
    waits += f", {count(held)} held back" if held else ""
    many = "batch" if len(batches) == 1 else "batches"
    return f"{count(len(batches))} {many}, {count(seen)} rows seen, {count(refused)} refused{waits}; {gold}"


def ledger_markdown(ledger: pl.DataFrame) -> str:
    """A table a batch, with what became of the rows in words: a column each would not fit on the page."""
    outcomes = [name for name, dtype in LEDGER.items() if dtype == pl.Int64 and name != "seen"]
    shown = ledger.sort("batch", "source", "raw_table", "entity").head(MOST)
    lines = []
    for (source, batch), rows in shown.group_by("source", "batch", maintain_order=True):
        lines += [f"**{source} {batch}**", ""]
        lines += ["| raw table | entity | seen | of them |", "| --- | --- | ---: | --- |"]
        for row in rows.to_dicts():
            became = ", ".join(f"{count(row[name])} {name}" for name in outcomes if row[name])
            cells = (row["raw_table"], row["entity"], count(row["seen"]), became)
            lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
        lines.append("")
    more = ledger.height - shown.height
    return "\n".join([*lines, *([f"and {count(more)} rows more: `batch_ledger` of gold"] if more else [])])


def refusals(lake: Lake, batches: Iterable[Batch]) -> list[dict[str, Any]]:
    """A row a rule that rows of the batches broke: where, which, how many; no row's values."""
    files = [path for batch, source in batches if (path := lake.quarantine(source, batch)).is_file()]
    if not files:
        return []
    by = ["source", "raw_table", "entity", "field", "rule"]
    found = (
        pl.scan_parquet(files)
        .group_by(by)
        .agg(rows=pl.len())
        .sort("rows", *by, descending=[True] + [False] * 5)
    )
    return found.head(MOST).collect().to_dicts()


def gold_rows(lake: Lake, manifest: Manifest, company: str = "company") -> list[dict[str, Any]]:
    """A row a table of gold and company: rows, and sums of amounts; money as text, so that it is exact.

    Tables with money come first: the page shows ten rows at once.
    """
    found = []
    for table, of in sorted(manifest.tables.items(), key=lambda each: not _has_money(each[1])):
        columns = [column.name for column in of.columns]
        if company not in columns:
            found.append({"table": table, "company": "", "rows": of.rows, **dict.fromkeys(_AMOUNTS, "")})
            continue
        amounts = [name for name in _AMOUNTS if name in columns]
        sums = (
            gold_files.read(lake, manifest, table)
            .group_by(company)
            .agg(pl.len().alias("rows"), *(pl.col(name).sum() for name in amounts))
            .sort(company)
            .collect()
        )
        for row in sums.to_dicts():
            money = {name: str(row[name]) if name in amounts else "" for name in _AMOUNTS}
            found.append({"table": table, "company": row[company], "rows": row["rows"], **money})
    return found


def _has_money(table: GoldTable) -> bool:
    return any(column.name in _AMOUNTS for column in table.columns)
