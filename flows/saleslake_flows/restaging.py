"""`saleslake restage` and `saleslake hold`: batches that are staged again, and batches that are held back."""

from collections.abc import Sequence
from typing import Literal

import polars as pl

from saleslake.lake import Lake
from saleslake.profiles import Source
from saleslake.settings import Settings
from saleslake_flows import choose
from saleslake_flows.deciding import Wish, carried_out
from saleslake_flows.exits import WrongUseError
from saleslake_flows.screen import Screen, count, counted
from saleslake_processor import ledger
from saleslake_processor.decide import held_back


def restaged(
    screen: Screen,
    lake: Lake,
    settings: Settings,
    names: Sequence[str],
    by: str,
    reason: str,
    dry_run: bool,
) -> None:
    """Stage batches of the named sources, or of all, again that were staged by another profile."""
    sources = choose.required(settings.sources, names)

    def wishes() -> Sequence[Wish]:
        stale = _stale(lake, sources)
        for source, batches in stale:
            many = counted(batches.height, "batch was", "batches were")
            screen.note(f"{source.name}: {many} staged by another profile")
        return [Wish(source, "restage", batches) for source, batches in stale]

    batches = carried_out(screen, lake, settings, wishes, by, reason, dry_run)
    if not batches:
        screen.say("nothing to restage: every batch was staged by its profile as it is")
        return
    screen.say(f"{counted(batches, 'batch', 'batches')} {'would be ' if dry_run else ''}staged again")


def held(screen: Screen, lake: Lake) -> None:
    """Tell the batches that are held back."""
    rows = held_back(lake)
    if rows.is_empty():
        screen.say("no batch is held back")
        return
    screen.table(rows.columns, rows.iter_rows())


def decided(
    screen: Screen,
    lake: Lake,
    settings: Settings,
    action: Literal["release batch", "drop batch"],
    batches: Sequence[str],
    by: str,
    reason: str,
    dry_run: bool,
) -> None:
    """Take in batches that are held back all the same, or give them up."""

    def wishes() -> Sequence[Wish]:
        rows = held_back(lake)
        for batch in batches:
            if batch not in rows["batch"]:
                known = ", ".join(rows["batch"]) or "none"
                raise WrongUseError(f"batch {batch} is not held back; there are: {known}")
        chosen = rows.filter(pl.col("batch").is_in(list(batches)))
        names = chosen["source"].unique().sort().to_list()
        return [
            Wish(source, action, chosen.filter(pl.col("source") == source.name))
            for source in choose.required(settings.sources, names)
        ]

    again = carried_out(screen, lake, settings, wishes, by, reason, dry_run)
    done = {"release batch": "released", "drop batch": "dropped"}[action]
    screen.say(
        f"{counted(len(batches), 'batch', 'batches')} {'would be ' if dry_run else ''}{done};"
        f" {count(again)} staged again"
    )


def _stale(lake: Lake, sources: Sequence[Source]) -> list[tuple[Source, pl.DataFrame]]:
    stale = ledger.stale(lake, {source.name: ledger.stamp(source.mapping_hash) for source in sources})
    found = [(source, stale.filter(pl.col("source") == source.name)) for source in sources]
    return [(source, batches) for source, batches in found if batches.height]
