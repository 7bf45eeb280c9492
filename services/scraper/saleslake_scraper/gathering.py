"""Frames of many small files, gathered into few Parquet files."""

import polars as pl

from saleslake.raw import BatchWriter
from saleslake_scraper.counting import Written

ENOUGH_ROWS = 250_000
ENOUGH_BYTES = 64 * 1024 * 1024
ENOUGH_FRAMES = 1_000
"""Frames of a page's one row weigh more than what is in them."""


class Gathering:
    """Holds frames by raw table until they are worth a file."""

    def __init__(self, writer: BatchWriter) -> None:
        self._writer = writer
        self._frames: dict[str, list[pl.DataFrame]] = {}
        self._rows: dict[str, int] = {}
        self._bytes: dict[str, int] = {}
        self._cells: dict[str, dict[str, int]] = {}
        self.total: dict[str, int] = {}
        """Rows by raw table, gathered or written."""

    def add(self, table: str, frame: pl.DataFrame) -> None:
        """Take rows (text columns and `ORIGIN`) of a raw table."""
        self.total[table] = self.total.get(table, 0) + frame.height
        frames = self._frames.setdefault(table, [])
        frames.append(frame)
        self._rows[table] = self._rows.get(table, 0) + frame.height
        self._bytes[table] = self._bytes.get(table, 0) + int(frame.estimated_size())
        if self._rows[table] >= ENOUGH_ROWS or self._bytes[table] >= ENOUGH_BYTES:
            self._write(table)
        elif len(frames) >= ENOUGH_FRAMES:
            frames[:] = [_one(frames).rechunk()]

    def finish(self) -> dict[str, Written]:
        """Write what is left; all that was written, by raw table."""
        for table in list(self._frames):
            self._write(table)
        return {table: Written(rows, self._cells[table]) for table, rows in self.total.items()}

    def _write(self, table: str) -> None:
        frame = _one(self._frames.pop(table))
        del self._rows[table], self._bytes[table]
        cells = self._cells.setdefault(table, {})
        for name, empty in frame.null_count().row(0, named=True).items():
            if not name.startswith("_"):
                cells[name] = cells.get(name, 0) + frame.height - empty
        self._writer.write(table, frame)


def _one(frames: list[pl.DataFrame]) -> pl.DataFrame:
    # Columns come and go over the years: what a file does not have is null.
    return pl.concat(frames, how="diagonal")
