"""Reads the demo shop's files the naive way, knowing nothing of how they were made."""

import csv
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path

Row = dict[str, str]


def rows_of(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def daily_rows(folder: Path, kind: str) -> list[tuple[date, Row]]:
    """All rows of the daily files with their day of export, in order of file and row."""
    return [
        (date.fromisoformat(path.stem.removeprefix(f"{kind}_")), row)
        for path in sorted((folder / kind).glob("*.csv"))
        for row in rows_of(path)
    ]


def day_of(text: str) -> date:
    """The date of a dd/mm/yyyy text."""
    day, month, year = text.split("/")
    return date(int(year), int(month), int(day))


def is_day(text: str) -> bool:
    """Whether a calendar has the date of a dd/mm/yyyy text."""
    try:
        day_of(text)
    except ValueError:
        return False
    return True


def sale_flaws(row: Row) -> list[str]:
    """Why a sales row must be refused."""
    found = {
        "date": not is_day(row["order_date"]),
        "quantity": int(row["quantity"]) <= 0,
        "price": row["unit_price"] == "N/A",
        "product": not row["product_id"],
    }
    return [name for name, is_bad in found.items() if is_bad]


def return_is_good(row: Row) -> bool:
    """Whether a returns row is one to be kept."""
    return is_day(row["return_date"]) and int(row["quantity"]) > 0


def last_versions(rows: Iterable[Row], *key: str) -> dict[tuple[str, ...], Row]:
    """The version of each key that wins: the last `updated_at`, then the last one read."""
    kept: dict[tuple[str, ...], Row] = {}
    for row in rows:
        name = tuple(row[column] for column in key)
        known = kept.get(name)
        if known is None or when(row) >= when(known):
            kept[name] = row
    return kept


def when(row: Row) -> datetime:
    return datetime.fromisoformat(row["updated_at"])


def contents(folder: Path) -> dict[str, tuple[bytes, float]]:
    """Bytes and modification time of each file on offer; bytes alone of the stamp."""
    return {
        path.relative_to(folder).as_posix(): (
            path.read_bytes(),
            path.stat().st_mtime if path.suffix == ".csv" else 0,
        )
        for path in folder.rglob("*")
        if path.is_file()
    }
