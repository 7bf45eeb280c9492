"""What is wrong with the data, or was: by source and batch where it came in, else by company."""

from collections.abc import Mapping

import polars as pl

from saleslake_processor.contracts.columns import MONEY
from saleslake_processor.contracts.operations import DataQuality
from saleslake_processor.derive.touched import DIMENSIONS
from saleslake_processor.reference.frames import LEVELS
from saleslake_processor.reference.lines import TARGETS

Frames = Mapping[str, pl.LazyFrame]

_ORIGIN = ["company", "source", "batch", "raw_table", "entity"]
_GRAIN = [*_ORIGIN, "check", "field"]


def data_quality(given: Frames) -> pl.LazyFrame:
    """Refusals, holds and drift of the batches as they were staged last; what waits and what is lacking."""
    found = [_refused(given), _held(given), _waiting(given), _inferred(given), *_doubtful(given)]
    found += [_reference(given), _drifting(given)]
    found += [_columns(given, change) for change in ("appeared", "vanished")]
    empty = {"source": "", "batch": "", "raw_table": "", "field": ""}
    return pl.concat(
        rows.with_columns(
            pl.lit(value).alias(name) for name, value in empty.items() if name not in rows.collect_schema()
        )
        .with_columns(
            pl.lit(None, dtype).alias(name)
            for name, dtype in _ABSENT.items()
            if name not in rows.collect_schema()
        )
        .with_columns(pl.col("rows", "dropped").fill_null(0).cast(pl.Int64))
        .select(DataQuality.column_names())
        for rows in found
    )


_ABSENT: dict[str, pl.DataType] = {"dropped": pl.Int64(), "said_amount": MONEY, "detail": pl.String()}


def _refused(given: Frames) -> pl.LazyFrame:
    rows = given["refused"].with_columns(check="rule", field=pl.col("field").fill_null(""))
    dropped = pl.col("dropped").fill_null(False)
    said = pl.when(pl.col("amount").count() > 0).then(pl.col("amount").sum()).cast(MONEY)
    return rows.group_by(_GRAIN).agg(rows=pl.len(), dropped=dropped.sum(), said_amount=said)


def _held(given: Frames) -> pl.LazyFrame:
    held = given["ledger"].filter(pl.col("set_aside") == "held")
    return held.with_columns(check=pl.lit("held_back"), detail="held_for", rows="held")


def _columns(given: Frames, change: str) -> pl.LazyFrame:
    drifted = given["ledger"].filter(pl.col(change).list.len() > 0)
    columns = drifted.unique(["source", "batch", "raw_table"]).explode(change)
    return columns.with_columns(
        check=pl.lit(f"column_{change}"), field=pl.col(change), entity=pl.lit(""), rows=pl.lit(0)
    ).drop("said_amount", "dropped")


def _waiting(given: Frames) -> pl.LazyFrame:
    """What waits is told by the ledger's company: rows that wait do not say whose they are."""
    of_batch = given["ledger"].select("company", "source", "batch", "raw_table", "entity")
    counts = given["waiting"].group_by("source", "batch", "raw_table", "entity").agg(rows=pl.len())
    return counts.join(of_batch, on=["source", "batch", "raw_table", "entity"]).with_columns(
        check=pl.lit("waits_for_date_or_rate")
    )


def _inferred(given: Frames) -> pl.LazyFrame:
    members = [
        given["references"]
        .filter(pl.col("entity") == name)
        .join(given[f"current/{name}"], left_on="key", right_on=f"{name}_key", how="anti")
        for name in DIMENSIONS
    ]
    counts = pl.concat(members).group_by("company", "entity").agg(rows=pl.len())
    return counts.with_columns(check=pl.lit("inferred_members"))


def _doubtful(given: Frames) -> list[pl.LazyFrame]:
    """Order lines that count as they are said, though something is odd about them."""
    odd = {
        "no_amount": (pl.col("unit_price") == 0) & (pl.col("status") != "cancelled"),
        "returned_more_than_sold": pl.col("returned_quantity") > pl.col("quantity"),
    }
    return [
        given["fact_sales"]
        .filter(where)
        .group_by("company")
        .agg(rows=pl.len())
        .with_columns(check=pl.lit(name), entity=pl.lit("order_line"))
        for name, where in odd.items()
    ]


def _drifting(given: Frames) -> pl.LazyFrame:
    """Forecasts that were published and whose actuals left their bounds more often than chance explains."""
    about = pl.format("{} by {}, {}", "kpi", "freq", "level")
    detail = pl.format(
        "of {} forecasts {} lay outside their 80 % bounds, {} outside their 95 % bounds",
        *("checked", "outside80", "outside95"),
    )
    return (
        given["learnt/forecast_accuracy"]
        .filter("is_drifting")
        .select(
            "company",
            check=pl.lit("forecast_drift"),
            entity=pl.lit(""),
            field=about,
            rows="outside80",
            detail=detail,
        )
    )


def _reference(given: Frames) -> pl.LazyFrame:
    """Reference lines that changed nothing: their row says something else by now, or is not there."""
    seen = [
        given["ledger"]
        .select("company", "batch", line=name)
        .explode("line")
        .group_by("company", "line")
        .agg(pl.col("batch").max().alias(name))
        for name in ("obeyed", "passed_over")
    ]
    members = pl.concat(
        given[f"current/{level}"].select(level=pl.lit(level), member_key=f"{level}_key") for level in LEVELS
    )
    whole = given["reference"].join(members.with_columns(there=True), on=["level", "member_key"], how="left")
    for each in seen:
        whole = whole.join(each, on=["company", "line"], how="left")
    is_target = pl.col("file") == TARGETS
    gone = is_target & (pl.col("level") != "company") & pl.col("there").is_null()
    expired = pl.col("passed_over").is_not_null() & (
        pl.col("obeyed").is_null() | (pl.col("passed_over") > pl.col("obeyed"))
    )
    never = ~is_target & pl.col("obeyed").is_null() & pl.col("passed_over").is_null()
    return (
        whole.filter(gone | expired | never)
        .with_columns(
            check=pl.when(expired).then(pl.lit("reference_expired")).otherwise(pl.lit("reference_unused")),
            batch=pl.when(expired).then("passed_over").otherwise(pl.lit("")),
            raw_table=pl.format("reference/{}.csv", "file"),
            field="about",
            rows=pl.lit(0),
        )
        .unique([name for name in _GRAIN if name != "source"], keep="first", maintain_order=True)
    )
