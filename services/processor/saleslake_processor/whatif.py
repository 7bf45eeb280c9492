"""What a step changes in gold, or would change: rows and money by table and month."""

from collections.abc import Callable, Collection, Iterable
from decimal import Decimal

import polars as pl

from saleslake.lake import Lake
from saleslake.profiles import Source
from saleslake.settings import Settings
from saleslake_processor import gold_files, scratch
from saleslake_processor.contracts.columns import MONEY
from saleslake_processor.marts.graph import MARTS, OPERATIONAL
from saleslake_processor.marts.mart import Mart
from saleslake_processor.process import Progress, bring_forward, take_in

CHANGES: dict[str, pl.DataType] = {
    "table": pl.String(),
    "company": pl.String(),
    "month": pl.String(),
    "changed": pl.Int64(),
    "rows_before": pl.Int64(),
    "rows_after": pl.Int64(),
    "amount": pl.String(),
    "before": MONEY,
    "after": MONEY,
}
"""One row per table, company and month in which something differs: rows that are new, gone or different,
rows before and after, and the sum of the table's `amount` before and after, null where it has none."""

_AMOUNTS = ("net_amount", "refunded_amount", "booked_amount", "opportunity_amount", "total_amount")
"""What tells most of a table's money, the first that it has."""


def changed_by(
    lake: Lake, settings: Settings, step: Callable[[Lake], None], *, dry_run: bool = False
) -> pl.DataFrame:
    """Take a step, bring gold forward, and tell how gold differs from what it was, see `CHANGES`.

    A dry run tells the same, and leaves the lake as it is. The caller holds the lake's lock.
    """
    with scratch.copy(lake) as beside:
        moved, still = (beside, lake) if dry_run else (lake, beside)
        step(moved)
        bring_forward(moved, settings)
        return changes(still, moved)


def changed_with(
    lake: Lake,
    settings: Settings,
    sources: Iterable[Source],
    beside: Lake,
    batches: Collection[tuple[str, str]],
    progress: Progress,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """How gold would differ with raw batches `(batch, source)` of another lake (`CHANGES`), and their ledger.

    Both lakes stay as they are. The caller holds the lake's lock.
    """
    ledger: list[pl.DataFrame] = []

    def step(at: Lake) -> None:
        scratch.joined(at, beside, batches)
        ledger.append(take_in(at, sources, progress, only=set(batches)).ledger)

    return changed_by(lake, settings, step, dry_run=True), ledger[0]


def changes(before: Lake, after: Lake) -> pl.DataFrame:
    """How gold of two lakes differs, see `CHANGES`; tables about the lakes themselves are left out."""
    found = [pl.DataFrame(schema=CHANGES)]
    for mart in MARTS:
        if mart.name not in OPERATIONAL:
            found.append(_of_table(mart, _rows(before, mart), _rows(after, mart)))
    return pl.concat(found)


def _rows(lake: Lake, mart: Mart) -> pl.LazyFrame:
    manifest = gold_files.load(lake)
    if manifest is None or mart.name not in manifest.tables:
        columns = mart.contract.columns()
        return pl.LazyFrame(schema={name: columns[name].dtype for name in mart.columns})
    return gold_files.read(lake, manifest, mart.name).select(mart.columns)


def _of_table(mart: Mart, before: pl.LazyFrame, after: pl.LazyFrame) -> pl.DataFrame:
    columns = {name: column.dtype for name, column in mart.contract.columns().items()}
    dates = [name for name in mart.columns if columns[name] == pl.Date()]
    at = {
        "company": pl.col("company") if "company" in columns else pl.lit(""),
        "month": pl.col(dates[0]).dt.strftime("%Y-%m") if dates and _by_month(mart) else pl.lit(""),
    }
    amount = next((name for name in _AMOUNTS if name in columns), None)
    worth = pl.col(amount).sum().cast(MONEY) if amount else pl.lit(None, MONEY)
    sides = []
    for side, rows in (("before", before), ("after", after)):
        cells = rows.with_columns(**at).group_by(*at)
        sides.append(cells.agg(pl.len().cast(pl.Int64).alias(f"rows_{side}"), worth.alias(side)))
    both = sides[0].join(sides[1], on=[*at], how="full", coalesce=True, nulls_equal=True)
    differing = (
        pl.concat([before, after])
        .unique(keep="none")
        .with_columns(**at)
        .group_by(*at)
        .agg(changed=pl.struct(mart.contract.primary_key()).n_unique().cast(pl.Int64))
    )
    return (
        both.join(differing, on=[*at], nulls_equal=True)
        .with_columns(
            pl.col("rows_before", "rows_after").fill_null(0),
            table=pl.lit(mart.name),
            amount=pl.lit(amount, pl.String),
            month=pl.col("month").fill_null(""),
        )
        .with_columns(pl.col("before", "after").fill_null(pl.lit(Decimal(0) if amount else None, MONEY)))
        .select(*CHANGES)
        .sort("company", "month")
        .collect()
    )


def _by_month(mart: Mart) -> bool:
    """Whether its rows happened on a day: of a member of a dimension days are attributes."""
    return not mart.name.startswith("dim_")
