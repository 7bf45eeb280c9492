"""Refused rows on disk: one Parquet file a batch, so that staging it again replaces them."""

import polars as pl

from saleslake.durable import replacing
from saleslake.lake import Lake
from saleslake_processor.staging.stage import QUARANTINE


def write(lake: Lake, source: str, batch: str, refused: pl.DataFrame) -> None:
    """Keep the batch's refused rows; a batch without any has no file."""
    path = lake.quarantine(source, batch)
    if refused.is_empty():
        path.unlink(missing_ok=True)
        return
    with replacing(path) as aside:
        refused.write_parquet(aside, compression="zstd")


def scan(lake: Lake) -> pl.LazyFrame:
    """All refused rows, see `QUARANTINE`."""
    files = sorted(lake.quarantines.glob("*/[!.]*.parquet"))
    return pl.scan_parquet(files) if files else pl.LazyFrame(schema=QUARANTINE)
