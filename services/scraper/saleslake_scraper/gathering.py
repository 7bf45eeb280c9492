"""Frames of many small files, gathered into few Parquet files."""

import polars as pl

from saleslake.raw import BatchWriter

ENOUGH_ROWS = 250_000
ENOUGH_BYTES = 64 * 1024 * 1024


class Gathering:
    """Holds frames by raw table until they are worth a file."""

    def __init__(self, writer: BatchWriter) -> None:
        self._writer = writer
        self._frames: dict[str, list[pl.DataFrame]] = {}
        self._rows: dict[str, int] = {}
        self._bytes: dict[str, int] = {}
        self.total: dict[str, int] = {}
        """Rows by raw table, gathered or written."""

    def add(self, table: str, frame: pl.DataFrame) -> None:
        """Take rows (text columns and `ORIGIN`) of a raw table."""
        self.total[table] = self.total.get(table, 0) + frame.height
        self._frames.setdefault(table, []).append(frame)
        self._rows[table] = self._rows.get(table, 0) + frame.height
        self._bytes[table] = self._bytes.get(table, 0) + int(frame.estimated_size())
        if self._rows[table] >= ENOUGH_ROWS or self._bytes[table] >= ENOUGH_BYTES:
            self._write(table)

    def finish(self) -> None:
        """Write what is left."""
        for table in list(self._frames):
            self._write(table)

    def _write(self, table: str) -> None:
        frames = self._frames.pop(table)
        del self._rows[table], self._bytes[table]
        # Columns come and go over the years: what a file does not have is null.
        self._writer.write(table, pl.concat(frames, how="diagonal"))
