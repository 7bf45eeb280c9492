"""How much a source holds after a crawl, whether it was written now or before."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from saleslake.raw import AddressReport
from saleslake_scraper.history import History

ENOUGH_ROWS = 20
"""Rows of a crawl for what is new, from which on the share of filled fields says something."""


@dataclass
class Seen:
    """What stands at the source, as a commit keeps it."""

    standing: dict[str, int] = field(default_factory=dict)
    filled: dict[str, dict[str, float]] = field(default_factory=dict)


@dataclass(frozen=True)
class Written:
    """What was written of one raw table."""

    rows: int = 0
    cells: dict[str, int] = field(default_factory=dict)
    """Fields that hold something, by column."""


def seen(
    tables: Iterable[str],
    partial: set[str],
    reports: Iterable[AddressReport],
    written: dict[str, Written],
    past: History,
) -> Seen:
    """Count rows and filled fields; of `partial` tables only what is new was asked for."""
    result = Seen()
    standing = _standing(reports, past)
    for table in tables:
        new = written.get(table, Written())
        if table not in partial:
            result.standing[table] = standing.get(table, 0)
            rows = max(result.standing[table], new.rows)
        else:
            rows = new.rows if new.rows >= ENOUGH_ROWS else 0
        if rows:
            before = past.filled[table][-1] if table in past.filled else None
            result.filled[table] = _shares(new, rows, before)
    return result


def _standing(reports: Iterable[AddressReport], past: History) -> dict[str, int]:
    there, members = past.there, dict[str, list[str]]()
    for address in there:
        archive, hash_sign, _ = address.rpartition("#")
        if hash_sign:
            members.setdefault(archive, []).append(address)
    rows: dict[str, int] = {}
    for report in reports:
        # What failed is still there: that it failed is told anyway.
        known = [report.address, *members.get(report.address, [])] if report.status != "fetched" else []
        before = [there[address] for address in known if address in there]
        for counted in before or [report]:
            for table, count in counted.rows.items():
                rows[table] = rows.get(table, 0) + count
    return rows


def _shares(new: Written, rows: int, before: dict[str, float] | None) -> dict[str, float]:
    """Rows that were not written again are taken to be filled as they were."""
    if before is None:
        # Nobody knows of the others.
        rows = new.rows
    if not rows:
        return {}
    old = before or {}
    kept = rows - new.rows
    columns = dict.fromkeys([*old, *new.cells])
    return {name: round((new.cells.get(name, 0) + old.get(name, 0) * kept) / rows, 4) for name in columns}
