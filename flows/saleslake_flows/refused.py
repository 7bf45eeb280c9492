"""`saleslake quarantine`: refused rows, what has become of them, and what a person decides about them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import polars as pl

from saleslake.lake import Lake
from saleslake.settings import Settings
from saleslake_flows import choose
from saleslake_flows.deciding import Wish, carried_out
from saleslake_flows.exits import WrongUseError
from saleslake_flows.screen import Screen, count, counted
from saleslake_processor import log_view, quarantine

_SHOWN = ("source", "batch", "raw_table", "entity", "id", "rule", "value", "row_in_file", "row", "address")


@dataclass(frozen=True)
class Which:
    """Refused rows that are meant; what is none is any."""

    source: str | None = None
    rule: str | None = None
    batch: str | None = None
    row: int | None = None

    def of(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Those of the rows; raises `WrongUseError` where nothing is like one of the conditions."""
        for name in ("source", "rule", "batch", "row"):
            wanted = getattr(self, name)
            if wanted is None:
                continue
            known = rows[name].unique().sort()
            if wanted not in known:
                there = ", ".join(map(str, known.head(12))) or "none"
                raise WrongUseError(f"no refused row has the {name} {wanted!r}; there are: {there}")
            rows = rows.filter(pl.col(name) == wanted)
        return rows


def listed(screen: Screen, lake: Lake, which: Which, every: bool) -> None:
    """Tell refused rows by source, batch and rule; those that are mended or dropped only if `every`."""
    rows = which.of(_told(lake))
    kinds = ["source", "batch", "raw_table", "entity", "rule"]
    counted = [(pl.col("status") == status).sum().alias(status) for status in ("open", "mended", "dropped")]
    groups = rows.group_by(kinds).agg(*counted, pl.col("amount").sum()).sort(kinds)
    shown = groups if every else groups.filter(pl.col("open") > 0)
    if shown.is_empty():
        screen.say("no refused row is open")
    else:
        screen.table(shown.columns, shown.iter_rows())
    done = groups.select("mended", "dropped").sum().row(0)
    if not every and any(done):
        screen.note(f"{count(done[0])} were mended since, {count(done[1])} dropped; --all shows them")


def shown(screen: Screen, lake: Lake, which: Which, every: bool, limit: int) -> None:
    """Tell refused rows one by one, with the whole raw row."""
    rows = which.of(_told(lake))
    rows = rows if every else rows.filter(pl.col("status") == "open")
    screen.table([*_SHOWN, "status", "raw"], rows.head(limit).select(*_SHOWN, "status", "raw").iter_rows())
    if rows.height > limit:
        screen.note(f"{count(limit)} of {count(rows.height)} rows; --limit shows more")


def decided(
    screen: Screen,
    lake: Lake,
    settings: Settings,
    action: Literal["release", "drop"],
    which: Which,
    by: str,
    reason: str,
    dry_run: bool,
) -> None:
    """Release or drop the rows, and tell what that changes."""
    if which == Which():
        raise WrongUseError("which rows? --source, --rule, --batch or --row says it")
    told: list[int] = []

    def wishes() -> Sequence[Wish]:
        rows = which.of(_told(lake)).filter(pl.col("status") != "dropped")
        told.append(rows.height)
        names = rows["source"].unique().sort().to_list()
        sources = choose.required(settings.sources, names) if names else []
        return [Wish(source, action, rows.filter(pl.col("source") == source.name)) for source in sources]

    batches = carried_out(screen, lake, settings, wishes, by, reason, dry_run)
    done = {"release": "released", "drop": "dropped"}[action]
    screen.say(
        f"{counted(told[0], 'row', 'rows')} {'would be ' if dry_run else ''}{done};"
        f" {counted(batches, 'batch', 'batches')} staged again"
    )


def _told(lake: Lake) -> pl.DataFrame:
    return quarantine.told(quarantine.scan(lake).collect(), log_view.scan_all(lake))
