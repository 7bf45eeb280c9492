"""What may be offered to whom, and how often that was right about months that were held out."""

from collections.abc import Mapping

import polars as pl

from saleslake_processor import keys
from saleslake_processor.contracts.affinity import HELD_OUT, LIKED, OFFERED, POPULAR, SOLD
from saleslake_processor.marts.affinity import POINTS, affinity, bought, by_id, sold
from saleslake_processor.marts.as_of import business_dates
from saleslake_processor.marts.ratios import of

Frames = Mapping[str, pl.LazyFrame]

_CUSTOMER = ["company", "customer_key"]
_OFFER = [*_CUSTOMER, "product_key"]
_KNOWN = pl.col("customer_key") != keys.UNKNOWN
_SHIFT = 2**32
"""Points, and below them the place of a product: the greatest of such numbers has the most points, and of
equal ones the first product."""


def recommendation_accuracy(given: Frames) -> pl.LazyFrame:
    """Both methods, made of what was known before the months held out, against what was then bought."""
    as_of = business_dates(given).select("company", as_of=pl.col("last_date").dt.offset_by("1d"))
    products = by_id(given["dim_product"]).collect().lazy()
    until = as_of.select("company", until=pl.col("as_of").dt.offset_by(f"-{HELD_OUT}mo"))
    lines = sold(given["fact_sales"]).collect().lazy()
    before = bought(lines, until).collect().lazy()
    had = _had(before).collect().lazy()
    now = bought(lines, as_of.rename({"as_of": "until"}))
    since = until.select("company", since="until")
    first_bought = (
        _had(now.join(since, on="company").filter(pl.col("order_date") >= pl.col("since")))
        .join(had, on="customer_key", how="semi")
        .join(had, on=_OFFER, how="anti")
        .collect()
        .lazy()
    )
    customers = first_bought.select(_CUSTOMER).unique()
    theirs = had.join(customers, on="customer_key", how="semi").collect().lazy()
    pairs = affinity(before, products).collect().lazy()
    popular = _popular(before, products).collect().lazy()
    offers = {
        "item_item": _filled(_by_pairs(theirs, pairs, before, products), theirs, popular),
        "popularity": _filled(_none(theirs), theirs, popular),
    }
    hits = pl.concat(
        offered.join(first_bought, on=_OFFER, how="semi")
        .group_by("company")
        .agg(hits=pl.col("customer_key").n_unique().cast(pl.Int64))
        .with_columns(method=pl.lit(method))
        for method, offered in offers.items()
    )
    better = pl.col("hits").filter(pl.col("method") == "item_item") > pl.col("hits").filter(
        pl.col("method") == "popularity"
    )
    return (
        now.filter(_KNOWN)
        .select("company")
        .unique()
        .join(pl.LazyFrame({"method": list(offers)}), how="cross")
        .join(customers.group_by("company").agg(customers=pl.len().cast(pl.Int64)), on="company", how="left")
        .join(hits, on=["company", "method"], how="left")
        .join(as_of, on="company")
        .join(until, on="company")
        .with_columns(pl.col("customers", "hits").fill_null(0))
        .with_columns(
            offered=pl.lit(OFFERED, pl.Int64),
            hit_rate=of(pl.col("hits"), pl.col("customers")),
            is_used=better.first().over("company") == (pl.col("method") == "item_item"),
        )
        .rename({"until": "held_out_from", "as_of": "held_out_until"})
    )


def customer_recommendations(given: Frames) -> pl.LazyFrame:
    """What is offered to every customer of the window, by the method that is used for the company."""
    until = business_dates(given).select("company", until=pl.col("last_date").dt.offset_by("1d"))
    products = by_id(given["dim_product"]).collect().lazy()
    rows = bought(sold(given["fact_sales"]), until).collect().lazy()
    had = _had(rows).collect().lazy()
    by_pairs = given["recommendation_accuracy"].filter((pl.col("method") == "item_item") & pl.col("is_used"))
    found = _by_pairs(had.join(by_pairs, on="company", how="semi"), given["product_affinity"], rows, products)
    names = products.select("product_key", product="name")
    reasons = products.select(because_of_key="product_key", because_of="name", because="place")
    return (
        _filled(found, had, _popular(rows, products))
        .join(names, on="product_key")
        .join(reasons, on="because", how="left")
        .with_columns(
            pl.col("because_of_key").fill_null(keys.UNKNOWN),
            method=pl.when(pl.col("points") > 0).then(pl.lit("item_item")).otherwise(pl.lit("popularity")),
            score_rate=pl.col("points") / POINTS,
        )
    )


def _had(rows: pl.LazyFrame) -> pl.LazyFrame:
    """What known customers bought, each product once."""
    return rows.filter(_KNOWN).select(_OFFER).unique()


def _none(had: pl.LazyFrame) -> pl.LazyFrame:
    """No offer of pairs."""
    numbers = {name: pl.lit(0, pl.Int64) for name in ("points", "because", "rank")}
    return had.filter(pl.lit(False)).with_columns(**numbers)


def _by_pairs(
    had: pl.LazyFrame, pairs: pl.LazyFrame, rows: pl.LazyFrame, products: pl.LazyFrame
) -> pl.LazyFrame:
    """What goes best with all that each customer bought, and the product that says most for it."""
    places = products.select("product_key", "place")
    confidence = pl.col("both_orders").cast(pl.Float64) / pl.col("product_orders").cast(pl.Float64)
    points = (confidence * POINTS).round(mode="half_away_from_zero").cast(pl.Int64)
    reason = points * _SHIFT + (_SHIFT - 1 - pl.col("place"))
    weighed = (
        pairs.join(_still_sold(rows), left_on="other_key", right_on="product_key", how="semi")
        .join(places, on="product_key")
        .select("product_key", "other_key", points=points, reason=reason)
    )
    best_first = pl.struct(-pl.col("points"), "place")
    return (
        had.select("customer_key", "product_key")
        .join(weighed, on="product_key")
        .group_by("customer_key", product_key="other_key")
        .agg(pl.col("points").sum(), because=_SHIFT - 1 - pl.col("reason").max() % _SHIFT)
        .join(had, on=["customer_key", "product_key"], how="anti")
        .join(places, on="product_key")
        .with_columns(rank=best_first.rank("ordinal").over("customer_key").cast(pl.Int64))
        .filter(pl.col("rank") <= OFFERED)
        .join(had.select(_CUSTOMER).unique(), on="customer_key")
        .select(*_OFFER, "points", "because", "rank")
    )


def _popular(rows: pl.LazyFrame, products: pl.LazyFrame) -> pl.LazyFrame:
    """The products with the most orders lately, by `place_of_liking`."""
    late = rows.filter(pl.col("order_date") >= pl.col("until").dt.offset_by(f"-{LIKED}mo"))
    most_first = pl.struct(-pl.col("liked"), "place")
    return (
        late.join(_still_sold(rows), on="product_key", how="semi")
        .group_by("company", "product_key")
        .agg(liked=pl.col("order_key").n_unique().cast(pl.Int64))
        .join(products.select("product_key", "place"), on="product_key")
        .select(
            "company",
            "product_key",
            place_of_liking=most_first.rank("ordinal").over("company").cast(pl.Int64),
        )
        .filter(pl.col("place_of_liking") <= POPULAR)
    )


def _filled(found: pl.LazyFrame, had: pl.LazyFrame, popular: pl.LazyFrame) -> pl.LazyFrame:
    """The offers that were found, and popular products that the customer has not bought after them."""
    counts = found.group_by("customer_key").agg(offers=pl.len().cast(pl.Int64))
    rest = (
        had.select(_CUSTOMER)
        .unique()
        .join(counts, on="customer_key", how="left")
        .with_columns(pl.col("offers").fill_null(0))
        .filter(pl.col("offers") < OFFERED)
        .join(popular, on="company")
        .join(had, on=["customer_key", "product_key"], how="anti")
        .join(found, on=["customer_key", "product_key"], how="anti")
        .with_columns(
            rank=pl.col("offers")
            + pl.col("place_of_liking").rank("ordinal").over("customer_key").cast(pl.Int64),
            points=pl.lit(0, pl.Int64),
            because=pl.lit(None, pl.Int64),
        )
        .filter(pl.col("rank") <= OFFERED)
        .select(*_OFFER, "points", "because", "rank")
    )
    return pl.concat([found, rest])


def _still_sold(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Products that are still sold."""
    late = pl.col("order_date") >= pl.col("until").dt.offset_by(f"-{SOLD}mo")
    return rows.filter(late).select("product_key").unique()
