"""Refused rows, as the quarantine keeps them."""

import polars as pl

from saleslake.raw import ORIGIN, ROWS_PER_FILE
from saleslake_processor import control
from saleslake_processor.contracts.columns import MONEY
from saleslake_processor.contracts.entities import Entity

QUARANTINE: dict[str, pl.DataType] = {
    "company": pl.String(),
    "source": pl.String(),
    "batch": pl.String(),
    "raw_table": pl.String(),
    "entity": pl.String(),
    "id": pl.String(),
    "key": pl.Int64(),
    "rule": pl.String(),
    "field": pl.String(),
    "value": pl.String(),
    "address": pl.String(),
    "row_in_file": pl.Int64(),
    "row": pl.Int64(),
    "profile_hash": pl.String(),
    "raw": pl.String(),
    "amount": MONEY,
    "dropped": pl.Boolean(),
}
"""One row per refused row: what it is about, the first rule that it broke, the field and what stood
there, where it came from (`row_in_file` counts from 1 below the header), the whole raw row as JSON, what it
says that it is worth (`control.said`), and whether a person gave it up."""


def whole(raw: pl.DataFrame) -> pl.Expr:
    fields = [column for column in raw.columns if column not in ORIGIN]
    return pl.struct(fields).alias("raw")


def quarantined(rows: pl.DataFrame, seen: pl.DataFrame, entity: Entity, dropped: pl.Series) -> pl.DataFrame:
    """The refused rows, beside what was seen of each: what it said by field, and the whole of it."""
    said = [name.removeprefix("said:") for name in seen.columns if name.startswith("said:")]
    value = pl.coalesce(
        [pl.when(pl.col("field") == name).then(pl.col(f"said:{name}")) for name in said]
        + [pl.when(pl.col("field") == entity.id).then(pl.col(entity.id))]
    )
    refused = pl.concat([rows, seen], how="horizontal").select(
        "company",
        "source",
        "batch",
        "raw_table",
        pl.lit(entity.name).alias("entity"),
        pl.col(entity.id).alias("id"),
        pl.col(entity.key).alias("key"),
        "rule",
        pl.col("field").cast(pl.String),
        value.alias("value"),
        "address",
        (pl.col("row") % ROWS_PER_FILE).alias("row_in_file"),
        "row",
        "profile_hash",
        pl.col("raw").struct.json_encode().alias("raw"),
        control.said(entity).alias("amount"),
        pl.col("row").is_in(dropped.implode()).alias("dropped"),
    )
    return refused.sort("row", maintain_order=True)
