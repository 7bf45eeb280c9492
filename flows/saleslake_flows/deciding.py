"""What a person decides about the lake: recorded, obeyed at once, and told by what it changes in gold."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import polars as pl

from saleslake import clock
from saleslake.lake import Lake
from saleslake.profiles import Source
from saleslake.settings import Settings
from saleslake_flows import soundness
from saleslake_flows.screen import Screen, cell, count
from saleslake_processor import decisions, whatif
from saleslake_processor.decide import on_batches, on_rows
from saleslake_processor.decisions import Action, Decision
from saleslake_processor.lock import writing
from saleslake_processor.process import take_in

MOST = 40
"""Rows of the table of changes that are shown."""


@dataclass(frozen=True)
class Wish:
    """What is wanted of one source, by whom and why."""

    source: Source
    action: Action
    about: pl.DataFrame
    """Rows of the quarantine, or of batches (`batch`)."""

    def decided(self, lake: Lake, by: str, reason: str) -> Decision:
        """The decision to be recorded; raises `CannotDecideError`."""
        if self.action in ("release", "drop"):
            return on_rows(lake, self.source, self.action, self.about, clock.now(), by, reason)
        batches = self.about["batch"].to_list()
        return on_batches(lake, self.source, self.action, batches, clock.now(), by, reason)


def carried_out(
    screen: Screen,
    lake: Lake,
    settings: Settings,
    wishes: Callable[[], Sequence[Wish]],
    by: str,
    reason: str,
    dry_run: bool,
) -> int:
    """Record a wish and obey it; tell what it changes, or would. How many batches it stages again."""
    with writing(lake), screen.steps() as progress:
        soundness.manifests(lake)
        made = [(wish, wish.decided(lake, by, reason)) for wish in wishes()]
        again = {(batch, decision.source) for _, decision in made for batch in decision.batches}

        def step(at: Lake) -> None:
            for _, decision in made:
                decisions.record(at, decision)
            take_in(at, [wish.source for wish, _ in made], progress, only=again)

        if not made:
            return 0
        changed = whatif.changed_by(lake, settings, step, dry_run=dry_run)
    told(screen, changed, dry_run)
    return len(again)


def somebody() -> str:
    """Who is at the keyboard, as far as the system knows."""
    return os.environ.get("USER") or os.environ.get("LOGNAME") or f"uid {os.getuid()}"


def told(screen: Screen, changed: pl.DataFrame, dry_run: bool) -> None:
    """Tell what has changed in gold, or would (`whatif.CHANGES`)."""
    if changed.is_empty():
        screen.say("gold would stay as it is" if dry_run else "gold stays as it was")
        return
    screen.say("gold would change" if dry_run else "gold has changed", "bold")
    columns = ("table", "company", "month", "changed", "rows", "amount", "before", "after", "difference")
    screen.table(columns, [_row(each) for each in changed.head(MOST).to_dicts()])
    if changed.height > MOST:
        screen.note(f"and {count(changed.height - MOST)} more")


def _row(of: dict[str, object]) -> list[str]:
    before, after = of["before"], of["after"]
    rows = f"{of['rows_before']} -> {of['rows_after']}" if of["rows_before"] != of["rows_after"] else ""
    difference = after - before if before is not None and after is not None else None  # type: ignore[operator]  # numbers
    told = [
        of["table"],
        of["company"],
        of["month"],
        of["changed"],
        rows,
        of["amount"],
        before,
        after,
        difference,
    ]
    return [cell(each) for each in told]
