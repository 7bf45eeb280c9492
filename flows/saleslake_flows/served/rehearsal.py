"""The flow `backfill-rehearsal`: what batches that were fetched for a trial would change in gold."""

import signal
from typing import Any

import polars as pl
from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Completed, Crashed, Failed

from saleslake.lake import Lake
from saleslake.raw import commits
from saleslake.settings import Settings
from saleslake_flows import choose, soundness, tether, trial
from saleslake_flows.screen import count
from saleslake_flows.served import discreet, run_page
from saleslake_flows.served.names import REHEARSAL
from saleslake_processor import whatif
from saleslake_processor.lock import writing
from saleslake_processor.marts.graph import MARTS

MOST = 200
"""Rows of the table of changes that are shown."""


@flow(name=REHEARSAL, flow_run_name=f"{REHEARSAL} {{backfill}}")
def rehearsal(backfill: str) -> State:
    """Show what the batches of a trial would change, by table and month, and remove them."""
    if not tether.to_starter(signal.SIGTERM):
        return Crashed(message="its service ended before it began")
    settings = Settings()
    lake = Lake(settings.lake.absolute())
    try:
        changed, rows = _changed(lake, settings, backfill)
    except Exception as error:
        return Failed(message=str(discreet.told(error)))
    run_page.table("changes", _rows(changed), f"What would change in gold: {count(changed.height)} cells")
    ends = (
        f"{count(changed.height)} cells of gold would change"
        if changed.height
        else "gold would stay as it is"
    )
    return Completed(message=f"{count(rows)} rows seen; {ends}")


def _changed(lake: Lake, settings: Settings, id: str) -> tuple[pl.DataFrame, int]:
    beside = trial.of(lake, id)
    try:
        made = [each for each in commits(beside) if each.backfill is not None and each.backfill.id == id]
        sources = choose.required(settings.sources.absolute(), [each.source for each in made])
        steps = run_page.Steps("rehearsing", len(MARTS) + len(made) + 1)
        with writing(lake):
            soundness.manifests(lake)
            batches = [(each.batch, each.source) for each in made]
            changed, ledger = whatif.changed_with(lake, settings, sources, beside, batches, steps)
        steps.ended()
        return changed, int(ledger["seen"].sum())
    finally:
        trial.ended(lake, id)


def _rows(changed: pl.DataFrame) -> list[dict[str, Any]]:
    """A row a table, company and month; money as text, so that it is exact."""
    shown = changed.head(MOST).with_columns(
        pl.col("before", "after").cast(pl.String),
        difference=(pl.col("after") - pl.col("before")).cast(pl.String),
    )
    return shown.to_dicts()
