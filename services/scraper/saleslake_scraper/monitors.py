"""What a crawl found beside what the last ones found: a site that changes fails silently otherwise."""

from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median

from saleslake_scraper.counting import Seen
from saleslake_scraper.history import History

FILLED, BARE = 0.5, 0.1
"""Shares of filled fields: from the one or more to less than the other is an alarm."""


@dataclass(frozen=True)
class Alarm:
    """Something that looks wrong with a raw table."""

    table: str
    reason: str
    drop: bool
    """Rows are missing, rather than fields."""


def alarms(seen: Seen, past: History) -> Iterator[Alarm]:
    """Compare with the median of the last crawls."""
    for table, rows in seen.standing.items():
        usual = median(past.standing.get(table, [0]))
        if usual and not rows:
            yield Alarm(table, f"no rows, where there were {usual:g}", drop=True)
        elif rows < usual / 2:
            yield Alarm(table, f"{rows} rows, where there were {usual:g}", drop=True)
    for table, shares in seen.filled.items():
        before = past.filled.get(table, ())
        for column in sorted({name for each in before for name in each}):
            usual = median(each.get(column, 0.0) for each in before)
            now = shares.get(column, 0.0)
            if usual >= FILLED and now < BARE:
                reason = f"column {column!r} is filled in {now:.0%} of the rows, where it was in {usual:.0%}"
                yield Alarm(table, reason, drop=False)
