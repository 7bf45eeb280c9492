"""What discounts cost."""

from collections.abc import Mapping

import polars as pl

from saleslake_processor.derive.discounts import BANDS
from saleslake_processor.marts.members import UNKNOWN, category_names
from saleslake_processor.marts.ratios import of

Frames = Mapping[str, pl.LazyFrame]

_OFF = pl.col("discount_amount")


def discount_impact(given: Frames) -> pl.LazyFrame:
    """Sums by month, category, promotion and band of discount."""
    lost = pl.when(pl.col("uncosted_amount") == 0).then(_OFF)
    return (
        given["sums/month_discount"]
        .filter(pl.col("counted") > 0)
        .join(category_names(given), on="category_key", how="left")
        .with_columns(
            pl.col("category").fill_null(UNKNOWN),
            band=pl.col("discount_band").replace_strict(dict(enumerate(BANDS)), return_dtype=pl.String),
            is_inferred=(_OFF > 0) & (pl.col("promotion") == ""),
            discount_rate=of(_OFF, pl.col("gross_amount")),
            return_rate=of(pl.col("returned_units"), pl.col("units")),
            margin_rate=of(pl.col("margin_amount"), pl.col("net_amount") - pl.col("uncosted_amount")),
            margin_lost_amount=lost,
            break_even_rate=pl.when(lost > 0).then(of(lost, pl.col("margin_amount") + lost)),
        )
    )
