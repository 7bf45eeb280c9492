"""What the committed batches of a source say to its next crawl."""

from collections import deque
from dataclasses import dataclass, field
from typing import NamedTuple

from saleslake.lake import Lake
from saleslake.raw import AddressReport, commits

LAST = 5
"""Batches that a crawl is measured by."""


class Reached(NamedTuple):
    """How far a batch came in an API that is asked for what is new."""

    address: str
    reading: str | None
    value: str
    """The greatest stamp that it knew, from which the next crawl goes on."""
    newest: str
    """The greatest stamp of its records."""
    steady: bool
    """Whether the next crawl may go on from there."""
    files: dict[str, list[str]]
    """Its Parquet files by raw table, relative to the lake's `raw` folder."""


@dataclass
class History:
    """Empty for a source that was never fetched."""

    reports: dict[str, AddressReport] = field(default_factory=dict)
    """The last report with a body of each address."""
    gone: set[str] = field(default_factory=set)
    """Addresses of which the last batch without failures said that they are gone."""
    standing: dict[str, deque[int]] = field(default_factory=dict)
    """Rows that stood at the source by raw table, of the last crawls that saw all of it."""
    filled: dict[str, deque[dict[str, float]]] = field(default_factory=dict)
    """Share of rows in which each column holds something, by raw table, of the last crawls."""
    reached: list[Reached] = field(default_factory=list)
    """Oldest first."""

    @property
    def there(self) -> dict[str, AddressReport]:
        """The last report of each address whose rows still stand: what comes back is new."""
        return {address: report for address, report in self.reports.items() if address not in self.gone}


def history(lake: Lake, source: str) -> History:
    """Read all commits of the source, one at a time."""
    past = History()
    for commit in commits(lake, source):
        if all(report.status != "failed" for report in commit.addresses):
            past.gone = set(commit.gone)
        for table in commit.accepted:
            past.standing.pop(table, None)
        for table, rows in commit.standing.items():
            past.standing.setdefault(table, deque(maxlen=LAST)).append(rows)
        for table, shares in commit.filled.items():
            past.filled.setdefault(table, deque(maxlen=LAST)).append(shares)
        for report in commit.addresses:
            if report.status == "fetched":
                past.reports[report.address] = report
                if report.reached is not None:
                    at = (report.address, report.reading, report.reached, report.newest or report.reached)
                    past.reached.append(Reached(*at, report.steady, commit.files))
    return past
