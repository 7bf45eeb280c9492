"""What was known of a line's customer and product on the day of its sale, where its source keeps that.

Of a thing the last version holds whose `version_at` lies before the end of the business date, in UTC; where
all are later, the first one, as it tells best how it was. Versions that say it was deleted tell nothing.
"""

from collections.abc import Mapping

import polars as pl

from saleslake_processor import keys
from saleslake_processor.contracts.entities import ENTITIES
from saleslake_processor.derive.terms import DEEPEST
from saleslake_processor.versions import LATER

Frames = Mapping[str, pl.LazyFrame]

ENTITY = {
    "customer.segment": "customer",
    "customer.place": "customer",
    "product.category": "product",
}
"""Of what the attribute is, by the name that profiles have for it."""

COLUMN = {
    "customer.segment": "customer_segment_at_sale",
    "customer.place": "customer_place_key_at_sale",
    "product.category": "product_category_at_sale",
}
"""Columns of `fact_sales`; null where nobody asks."""

_UNKNOWN = {"customer.place": keys.UNKNOWN}

PAST = ("customer", "product", "category")
"""Entities of which all versions are asked."""


def kept(lines: pl.LazyFrame, past: Frames) -> pl.LazyFrame:
    """The lines with the columns of `COLUMN`; `past` are all versions of the entities of `PAST`."""
    said = ["order_line_key", "order_date", "customer_key", "product_key", "at_sale"]
    asking = lines.filter(pl.col("at_sale").is_not_null()).select(said).collect()
    if asking.is_empty():
        return lines.with_columns(**{name: pl.lit(None, _dtype(of)) for of, name in COLUMN.items()})
    rows = asking.with_columns(
        until=pl.col("order_date").dt.offset_by("1d").cast(pl.Datetime("us")).dt.replace_time_zone("UTC")
    )
    customers = _then(rows, past["customer"], "customer", ["segment", "place_key"])
    found = {
        "customer.segment": customers["segment"],
        "customer.place": customers["place_key"],
        "product.category": _category(rows, past),
    }
    asked = rows["at_sale"].str.split(",")
    columns = {
        COLUMN[of]: pl.select(
            pl.when(asked.list.contains(of)).then(values.fill_null(_UNKNOWN.get(of, "unknown")))
        ).to_series()
        for of, values in found.items()
    }
    return lines.join(rows.select("order_line_key", **columns).lazy(), on="order_line_key", how="left")


def touched(difference_keys: Mapping[str, pl.DataFrame], sales: pl.LazyFrame) -> list[pl.LazyFrame]:
    """`touch_key` of lines that keep something of these members, by entity of `PAST`."""
    found = []
    for of, entity in ENTITY.items():
        asking = sales.filter(pl.col(COLUMN[of]).is_not_null())
        changed = difference_keys[entity]
        if changed.height:
            found.append(asking.join(changed.lazy(), on=f"{entity}_key", how="semi"))
        if of == "product.category" and difference_keys["category"].height:
            # Below which categories a product was is not kept: few sources ask, and categories seldom change.
            found.append(asking)
    return [rows.select("touch_key") for rows in found]


def _category(rows: pl.DataFrame, past: Frames) -> pl.Series:
    """Name of the topmost category, walked up by the versions of then."""
    leaf = _then(rows, past["product"], "product", ["category_key", "category_id"])
    at = rows.select("until").with_columns(leaf)
    for _ in range(DEEPEST):
        above = _then(at, past["category"], "category", ["parent_key", "parent_id"])
        if above["parent_key"].null_count() == at.height:
            break
        at = at.with_columns(
            category_key=pl.select(pl.coalesce(above["parent_key"], at["category_key"])).to_series(),
            category_id=pl.select(pl.coalesce(above["parent_id"], at["category_id"])).to_series(),
        )
    names = _then(at, past["category"], "category", ["name"])["name"]
    return pl.select(pl.coalesce(names, at["category_id"])).to_series()


def _then(rows: pl.DataFrame, versions: pl.LazyFrame, entity: str, values: list[str]) -> pl.DataFrame:
    """What was known of each row's member until then: the values, in the order of the rows."""
    key = ENTITIES[entity].key
    wanted = rows.select(key, "until").with_row_index("position")
    known = (
        versions.filter(~pl.col("deleted"))
        .join(wanted.lazy().select(key).drop_nulls().unique(), on=key, how="semi")
        .sort(LATER)
        .unique([key, "version_at"], keep="last", maintain_order=True)
        .select(key, "version_at", *values, told=True)
        .collect()
    )
    last = wanted.sort("until").join_asof(
        known,
        left_on="until",
        right_on="version_at",
        by=key,
        strategy="backward",
        allow_exact_matches=False,
        check_sortedness=False,
    )
    first = known.unique(key, keep="first", maintain_order=True).drop("version_at", "told")
    both = last.join(first, on=key, how="left", suffix=":first")
    named = [pl.when("told").then(name).otherwise(f"{name}:first").alias(name) for name in values]
    return both.sort("position").select(named)


def _dtype(of: str) -> pl.DataType:
    return pl.Int64() if of == "customer.place" else pl.String()
