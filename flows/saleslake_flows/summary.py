"""What is told after a run: what was fetched, what became of the rows, and where gold stands."""

from collections.abc import Collection, Sequence

import polars as pl

from saleslake.lake import Lake
from saleslake_flows import headline, reference
from saleslake_flows.crawl import Crawl
from saleslake_flows.headline import Headline, Leader, Outlook, Pipeline
from saleslake_flows.screen import Screen, count, counted, money
from saleslake_processor.gold_files import Manifest
from saleslake_processor.process import Processed

MOST_FAILURES = 20
"""Failures of one source that are named."""

_COUNTS = (
    "new",
    "updated",
    "unchanged",
    "superseded",
    "duplicate",
    "deleted",
    "ignored",
    "dropped",
    "held",
    "missing",
)


def fetched(screen: Screen, crawls: Sequence[Crawl]) -> bool:
    """Tell what was fetched, and on stderr what failed; whether nothing did."""
    if not screen.quiet and any(crawl.batch for crawl in crawls):
        screen.say("fetched", "bold")
        screen.table(
            ("source", "fetched", "unchanged", "failed", "rows", "MB"),
            [
                (
                    crawl.source,
                    *(count(number) for number in (crawl.fetched, crawl.unchanged, crawl.failed)),
                    count(sum(crawl.rows.values())),
                    f"{crawl.bytes / 1e6:,.1f}",
                )
                for crawl in crawls
            ],
        )
    for crawl in crawls:
        for warning in crawl.warnings[:MOST_FAILURES]:
            screen.note(f"{crawl.source}: {warning.address}: {warning.reason}")
        for failure in crawl.failures[:MOST_FAILURES]:
            screen.error(f"{crawl.source}: {failure.address}: {failure.reason}")
        if (more := len(crawl.failures) - MOST_FAILURES) > 0:
            screen.error(f"{crawl.source}: and {count(more)} failures more")
    return not any(crawl.failures for crawl in crawls)


def taken_in(screen: Screen, ledger: pl.DataFrame) -> None:
    """Tell what became of the rows that were taken in; outcomes that no row had are left out."""
    sums = ledger.group_by("source", "entity").agg(
        pl.col("seen", *_COUNTS, "quarantined").sum(), pl.col("raw_table").unique().sort().str.join(", ")
    )
    rows = sums.sort("source", "entity").to_dicts()
    shown = [name for name in _COUNTS if name in ("new", "updated") or any(row[name] for row in rows)]
    screen.say("\nrows", "bold")
    screen.table(
        ("source", "table", "entity", "seen", *shown, "refused"),
        [
            (
                row["source"],
                row["raw_table"],
                row["entity"] or "(none)",
                *(count(row[name]) for name in ("seen", *shown, "quarantined")),
            )
            for row in rows
        ],
    )
    if ledger["quarantined"].sum():
        screen.note("rows were refused: `saleslake quarantine list` counts them by rule, `show` names each")
    if "held" in ledger["set_aside"]:
        screen.note("a batch is held back whole: `saleslake hold list` tells why")


def outcome(screen: Screen, lake: Lake, processed: Processed, companies: Collection[str], well: bool) -> None:
    """Tell what came in and where gold stands, `companies` in detail: all of them where none is said."""
    if screen.quiet:
        return
    for absent in processed.absent:
        screen.note(str(absent))
    for source, batches in processed.stale.items():
        screen.note(
            f"{source}: {counted(batches, 'batch was', 'batches were')} staged by another profile;"
            f" `saleslake restage {source} --dry-run` shows what its change changes"
        )
    reference.asked(screen, processed.reference)
    if not processed.ledger.is_empty():
        taken_in(screen, processed.ledger)
    elif not processed.published:
        # What failed may hold something.
        screen.say("nothing new" if well else "nothing came in")
    if processed.manifest is not None:
        standing(screen, lake, processed.manifest, companies)


def standing(screen: Screen, lake: Lake, manifest: Manifest, companies: Collection[str]) -> None:
    """Tell gold's headline figures and where it lies."""
    heads = headline.headlines(lake, manifest)
    pipelines = headline.pipelines(lake, manifest)
    if heads or not pipelines:
        _sales(screen, heads)
    if pipelines:
        _pipelines(screen, pipelines)
    currencies = {head.company: head.currency for head in heads if not companies or head.company in companies}
    for title, leaders in (
        ("product", headline.top_products(lake, manifest, currencies)),
        ("region", headline.top_regions(lake, manifest, currencies)),
    ):
        if leaders:
            _leaders(screen, title, leaders, currencies)
    expected(screen, headline.outlooks(lake, manifest))
    screen.say("\ngold", "bold")
    screen.table(
        ("", ""),
        [
            ("files for people", lake.gold_latest.resolve()),
            ("manifest", lake.gold_manifest.resolve()),
            ("snapshot", manifest.snapshot),
        ],
    )


def expected(screen: Screen, outlooks: Sequence[Outlook]) -> None:
    """Tell what is expected of the days and weeks ahead."""
    if not outlooks:
        return
    screen.say("\nexpected net sales", "bold")
    screen.table(
        ("company", "ahead", "from", "expected", "in 8 of 10 cases above", "and below", "a year before"),
        [
            (
                each.company,
                f"{each.periods} {each.freq}s",
                each.first,
                *(money(amount, each.currency) for amount in (each.expected, each.low, each.high)),
                "" if each.year_before is None else money(each.year_before, each.currency),
            )
            for each in outlooks
        ],
    )


def _sales(screen: Screen, heads: list[Headline]) -> None:
    screen.say("\nsales", "bold")
    screen.table(
        ("company", "net sales", "orders", "lines", "from", "to", "as of"),
        [
            (
                head.company,
                money(head.net, head.currency),
                count(head.orders),
                count(head.lines),
                head.first,
                head.last,
                head.as_of,
            )
            for head in heads
        ],
    )


def _pipelines(screen: Screen, pipelines: list[Pipeline]) -> None:
    screen.say("\nsales team", "bold")
    screen.table(
        ("company", "opportunities", "signed", "bookings", "booked"),
        [
            (
                each.company,
                count(each.opportunities),
                money(each.signed, each.currency),
                count(each.bookings),
                money(each.booked, each.currency),
            )
            for each in pipelines
        ],
    )


def _leaders(screen: Screen, title: str, leaders: list[Leader], currencies: dict[str, str]) -> None:
    screen.say(f"\ntop {headline.MOST} {title}s by net of all time", "bold")
    screen.table(
        ("company", title, "net sales", "share"),
        [
            (
                leader.company,
                leader.name,
                money(leader.net, currencies[leader.company]),
                "" if leader.share is None else f"{leader.share:.1%}",
            )
            for leader in leaders
        ],
    )
