"""Refused rows on disk: one Parquet file a batch, so that staging it again replaces them."""

from collections.abc import Mapping

import polars as pl

from saleslake.durable import remove, replacing
from saleslake.lake import Lake
from saleslake_processor.contracts.entities import ENTITIES
from saleslake_processor.staging.refused import QUARANTINE
from saleslake_processor.versions import winners


def write(lake: Lake, source: str, batch: str, refused: pl.DataFrame) -> None:
    """Keep the batch's refused rows; a batch without any has no file."""
    path = lake.quarantine(source, batch)
    if refused.is_empty():
        remove(path)
        return
    with replacing(path) as aside:
        refused.write_parquet(aside, compression="zstd")


def scan(lake: Lake) -> pl.LazyFrame:
    """All refused rows, see `QUARANTINE`."""
    files = sorted(lake.quarantines.glob("*/[!.]*.parquet"))
    if not files:
        return pl.LazyFrame(schema=QUARANTINE)
    return pl.scan_parquet(files, schema=QUARANTINE, missing_columns="insert", extra_columns="ignore")


def told(refused: pl.DataFrame, log: Mapping[str, pl.LazyFrame]) -> pl.DataFrame:
    """Refused rows with what has become of them, `status`: `open`, `dropped`, or `mended` where a later batch
    brought the thing in a way that was not refused. `log` are the versions that count, by entity."""
    found = []
    for (name,), rows in refused.group_by("entity", maintain_order=True):
        entity = ENTITIES[str(name)]
        of_rows = log[entity.name].join(
            rows.lazy().select(pl.col("key").alias(entity.key)), on=entity.key, how="semi"
        )
        last = winners(of_rows, entity).select(key=entity.key, since="batch").collect()
        status = (
            pl.when(pl.col("dropped").fill_null(False))
            .then(pl.lit("dropped"))
            .when(pl.col("since") > pl.col("batch"))
            .then(pl.lit("mended"))
            .otherwise(pl.lit("open"))
        )
        found.append(rows.join(last, on="key", how="left", maintain_order="left").with_columns(status=status))
    return pl.concat(found).drop("since") if found else refused.with_columns(status=pl.lit("open"))
