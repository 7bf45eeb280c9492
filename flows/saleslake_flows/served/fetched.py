"""What a crawl came to, as a run shows it: its name, its last word, and its tables."""

import re
from typing import Any

from saleslake.lake import Lake
from saleslake.raw import read_commit
from saleslake_flows.crawl import Crawl
from saleslake_flows.screen import count
from saleslake_flows.served import discreet

MOST = 200
"""Addresses that a table shows; those that failed come first."""

_WRONG_PROFILE = 2

_ORDER = ("failed", "fetched")


def run_name(crawl: Crawl) -> str:
    """`<source> <batch>`; without a batch it says why there is none."""
    return f"{crawl.source} {crawl.batch or ('failed' if crawl.failures else 'nothing new')}"


def message(crawl: Crawl) -> str:
    """What it came to, in one line."""
    if crawl.died is not None:
        said = crawl.last_lines if crawl.died == _WRONG_PROFILE else discreet.lines(crawl.last_lines)
        return f"the scraper {crawl.ending} without a report: {' | '.join(said) or 'it said nothing'}"
    counts = (
        f"{count(crawl.fetched)} fetched, {count(crawl.unchanged)} unchanged, {count(crawl.failed)} failed"
    )
    rows = f"{count(sum(crawl.rows.values()))} rows in batch {crawl.batch}" if crawl.batch else "nothing new"
    if not crawl.failures:
        return f"{counts}; {rows}"
    first = crawl.failures[0]
    more = f", and {len(crawl.failures) - 1} more" if len(crawl.failures) > 1 else ""
    return f"{counts}; {rows if crawl.batch else 'nothing committed'}; {first.address}: {first.reason}{more}"


def addresses(lake: Lake, crawl: Crawl) -> list[dict[str, Any]]:
    """A row an address: what became of it, why, and its rows; what failed comes first."""
    if crawl.batch is None:
        found = [_row("failed", each.address, each.reason) for each in crawl.failures]
    else:
        reports = read_commit(lake, crawl.source, crawl.batch).addresses
        found = [
            _row(each.status, each.address, each.reason or "", sum(each.rows.values())) for each in reports
        ]
        known = {each.address for each in reports if each.status == "failed"}
        found += [
            _row("failed", each.address, each.reason) for each in crawl.failures if each.address not in known
        ]
    found.sort(key=lambda row: _ORDER.index(row["became"]))
    more = len(found) - MOST
    return [*found[:MOST], *([_row("", f"and {count(more)} more", "")] if more > 0 else [])]


def rows(crawl: Crawl) -> list[dict[str, Any]]:
    """A row a raw table: how many rows were written to it."""
    return [{"raw table": table, "rows": number} for table, number in sorted(crawl.rows.items())]


def key(kind: str, source: str) -> str:
    """Key of an artifact: Prefect takes small letters, digits and hyphens."""
    return re.sub(r"[^a-z0-9-]", "-", f"{kind}-{source}".lower())


def _row(became: str, address: str, reason: str, number: int = 0) -> dict[str, Any]:
    return {"became": became, "address": address, "reason": reason, "rows": number}
