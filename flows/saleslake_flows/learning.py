"""`saleslake learn`: which models there are, how good they are beside the simplest one, and what they say of
customers."""

import traceback
from decimal import Decimal
from typing import TYPE_CHECKING

import polars as pl

from saleslake.lake import Lake
from saleslake_flows import exits, headline, summary
from saleslake_flows.screen import Screen, count, money
from saleslake_processor import gold_files
from saleslake_processor.gold_files import Manifest

if TYPE_CHECKING:
    from saleslake_processor.learnt.learn import Learning

SHOWN = ("total", "store_category", "product")
"""Levels that are told: the sum of all, and the parts."""


def told(screen: Screen, lake: Lake, done: "Learning", forced: bool) -> None:
    """Tell what was learnt, or that nothing was due."""
    if done.manifest is None:
        screen.say("nothing to learn: no sales have been taken in yet (saleslake run)")
        return
    if not done.studies and not done.failed:
        too_soon = "" if forced else ", or it is too soon (--force)"
        screen.say(f"nothing to learn: no sales that count have changed{too_soon}")
    models(screen, lake, done.manifest)
    summary.expected(screen, headline.outlooks(lake, done.manifest))
    futures(screen, lake, done.manifest)
    clusters(screen, lake, done.manifest)
    screen.say(f"\nsnapshot {done.manifest.snapshot}")


def well(screen: Screen, done: "Learning") -> bool:
    """Tell which studies failed, and why; whether none did."""
    for name, error in done.failed.items():
        foreseen = exits.told(error)
        said = "; ".join(foreseen[1]) if foreseen else exits.unforeseen(error)
        screen.error(f"study {name} failed, what it learnt before holds: {said}")
        if screen.verbose:
            traceback.print_exception(error)
    return not done.failed


def models(screen: Screen, lake: Lake, manifest: Manifest) -> None:
    """Tell which method is published of what, and its errors."""
    rows = (
        gold_files.read(lake, manifest, "forecast_accuracy")
        .filter(pl.col("is_used"), pl.col("level").is_in(SHOWN))
        .sort(
            "company", "freq", "kpi", pl.col("level").replace_strict(dict(zip(SHOWN, range(3), strict=True)))
        )
        .collect()
    )
    if rows.is_empty():
        screen.say("no company has sold for long enough to be forecast")
        return
    screen.say("forecasts", "bold")
    screen.table(
        (
            "company",
            "by",
            "what",
            "level",
            "method",
            "error",
            "naive is 1",
            "bias",
            "in 80%",
            "in 95%",
            "drift",
        ),
        [
            (
                *(row[name] for name in ("company", "freq", "kpi", "level", "method")),
                _number(row["rmsse_rate"]),
                _number(row["beside_naive_rate"]),
                _percent(row["bias_rate"]),
                _percent(row["coverage80_rate"]),
                _percent(row["coverage95_rate"]),
                "drifts" if row["is_drifting"] else "",
            )
            for row in rows.iter_rows(named=True)
        ],
    )
    if rows.filter(pl.col("beside_naive_rate") >= 1).height:
        screen.note(
            "where naive is 1 and so is the forecast, nothing was better than the same time last season"
        )


def futures(screen: Screen, lake: Lake, manifest: Manifest) -> None:
    """Tell what is expected of each company's customers together, and how far off that was the last time."""
    errors = gold_files.read(lake, manifest, "customer_accuracy").select(
        "company", "method", "total_error_rate", "auc_rate"
    )
    model, naive = (errors.filter(pl.col("method") == name).drop("method") for name in ("model", "naive"))
    rows = (
        gold_files.read(lake, manifest, "customer_analysis")
        .drop_nulls("expected_from")
        .group_by("company")
        .agg(
            pl.col("expected_from").first(),
            customers=pl.len(),
            orders=pl.col("expected_orders").sum(),
            spend=pl.col("expected_spend_mean").sum(),
        )
        .join(model, on="company", how="left")
        .join(naive.drop("auc_rate"), on="company", how="left", suffix="_naive")
        .join(headline.currencies(lake, manifest, "fact_sales"), on="company", how="left")
        .sort("company")
        .collect()
    )
    if rows.is_empty():
        return
    screen.say("\ncustomers, the 90 days ahead", "bold")
    screen.table(
        (
            *("company", "from", "customers", "days with orders", "spend", "total was off by"),
            *("as before was off by", "auc"),
        ),
        [
            (
                *(row["company"], row["expected_from"], count(row["customers"]), _number(row["orders"])),
                money(row["spend"], row["currency"] or ""),
                *(_percent(row["total_error_rate"]), _percent(row["total_error_rate_naive"])),
                _number(row["auc_rate"]),
            )
            for row in rows.iter_rows(named=True)
        ],
    )


def clusters(screen: Screen, lake: Lake, manifest: Manifest) -> None:
    """Tell which clusters of customers there are."""
    rows = (
        gold_files.read(lake, manifest, "customer_clusters")
        .join(headline.currencies(lake, manifest, "fact_sales"), on="company", how="left")
        .sort("company", "cluster")
        .collect()
    )
    if rows.is_empty():
        return
    screen.say("\nclusters of customers", "bold")
    screen.table(
        ("company", "cluster", "name", "customers", "days since", "orders", "net", "stability"),
        [
            (
                *(row["company"], row["cluster"], row["cluster_name"], count(row["customers"])),
                *(f"{row['centre_recency']:.1f}", f"{row['centre_orders']:.1f}"),
                money(row["centre_net_amount"], row["currency"] or ""),
                _number(row["stability_rate"]),
            )
            for row in rows.iter_rows(named=True)
        ],
    )


def _number(value: float | Decimal | None) -> str:
    return "" if value is None else f"{value:.2f}"


def _percent(value: float | None) -> str:
    return "" if value is None else f"{value:.1%}"
