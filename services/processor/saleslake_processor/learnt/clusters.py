"""The study of clusters: of each company's customers, as they stand."""

from collections.abc import Mapping

import polars as pl

from saleslake_processor import keys
from saleslake_processor.clusters import CENTRES, Clusters, cluster
from saleslake_processor.learnt.frames import FRAMES
from saleslake_processor.learnt.study import Lessons, Study, Tell
from saleslake_processor.marts.as_of import business_dates

NAMES = ("customer_cluster", "cluster_centre")


def learn(inputs: Mapping[str, pl.DataFrame], before: Lessons, tell: Tell) -> Lessons:
    """Clusters of all companies; a customer is one who is known and has an order that counts."""
    last = before.frames.get("cluster_centre", pl.DataFrame(schema=FRAMES["cluster_centre"]))
    rows = {name: [pl.DataFrame(schema=FRAMES[name])] for name in NAMES}
    every = customers(inputs)
    for company in every["company"].unique().sort():
        of_company = pl.col("company") == company
        found = cluster(every.filter(of_company), last.filter(of_company).select(CENTRES.names()))
        tell(f"{company}: {found.centres.height} clusters of {found.customers.height:,} customers")
        for name, frame in _frames(found).items():
            rows[name].append(frame.select(pl.lit(company).alias("company"), pl.all()))
    whole = {name: pl.concat(parts).select(FRAMES[name].names()) for name, parts in rows.items()}
    return Lessons({name: frame.sort(frame.columns[:2]) for name, frame in whole.items()})


def customers(inputs: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """`company`, `customer_key` and the three figures of each, at the company's `as_of`."""
    given = {name: frame.lazy() for name, frame in inputs.items()}
    until = business_dates(given).select("company", as_of=pl.col("last_date").dt.offset_by("1d"))
    ordered = (pl.col("orders") > 0) & (pl.col("customer_key") != keys.UNKNOWN)
    last = (
        given["sums/date_customer"]
        .filter(pl.col("lines") > 0)
        .group_by("company", "customer_key")
        .agg(last_order_date=pl.col("date").max())
    )
    return (
        given["sums/customer"]
        .filter(ordered)
        .join(last, on=["company", "customer_key"])
        .join(until, on="company")
        .select(
            "company",
            "customer_key",
            recency_days=(pl.col("as_of") - pl.col("last_order_date")).dt.total_days(),
            orders="orders",
            net_amount="net_amount",
        )
        .collect()
    )


CLUSTERS = Study(
    "clusters", ("sums/customer", "sums/date_customer", "sums/date_store_category"), NAMES, learn
)


def _frames(found: Clusters) -> dict[str, pl.DataFrame]:
    return {"customer_cluster": found.customers, "cluster_centre": found.centres}
