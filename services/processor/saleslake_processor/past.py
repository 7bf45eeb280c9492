"""What gold would have said of the batches that were fetched until an instant, built in memory."""

from collections.abc import Iterable
from datetime import UTC, datetime

import polars as pl

from saleslake import raw
from saleslake.lake import Lake
from saleslake.settings import Settings
from saleslake_processor import ledger, log_view, publish, quarantine, runs
from saleslake_processor.contracts.entities import ENTITIES
from saleslake_processor.decisions import load as load_decisions
from saleslake_processor.derive.advance import advance
from saleslake_processor.derive.difference import gained
from saleslake_processor.learnt import state as models
from saleslake_processor.marts.graph import MARTS
from saleslake_processor.marts.mart import STATE


class NothingYetError(Exception):
    """No batch was fetched until the instant; the message names the first one."""


def tables(lake: Lake, settings: Settings, names: Iterable[str], until: datetime) -> dict[str, pl.DataFrame]:
    """Tables of gold, made of the batches whose fetch began until then, as they are staged now.

    Decisions that people made later hold, too. Runs are those that were entered until then. Nothing is
    written. Raises `NothingYetError`.
    """
    frames = _frames(lake, settings, until.astimezone(UTC))
    built: dict[str, pl.DataFrame] = {}
    for name in names:
        _build(name, frames, built)
    return {name: built[name] for name in names}


def _frames(lake: Lake, settings: Settings, until: datetime) -> dict[str, pl.LazyFrame]:
    """What gold tables are made of, see `marts.mart.STATE`."""
    last = pl.lit(raw.batch_id(until))
    entries = ledger.entries(lake)
    known = entries.filter(pl.col("batch") <= last).collect()
    if known.is_empty():
        first = entries.select(pl.col("batch").min()).collect().item()
        raise NothingYetError(f"nothing was fetched until then; the first batch is {first}")
    stagings = known.select(*ledger.BATCH, "staging").unique()
    log = {entity: log_view.scan(lake, entity, stagings) for entity in ENTITIES}
    # Whatever a version did when it came: all that is touched is all that there is.
    added = {entity: rows.with_columns(outcome=pl.lit("new")) for entity, rows in log.items()}
    state = {at: rows.lazy() for at, rows in advance({}, log, gained(added)).items()}
    entered = runs.scan(lake).filter(pl.col("at") <= until).collect().lazy()
    snapshot = entered.select(pl.col("snapshot").max().fill_null(0)).collect().item()
    return {
        **publish.of_state(state),
        "ledger": known.lazy(),
        "refused": quarantine.scan(lake).filter(pl.col("batch") <= last),
        "runs": entered,
        "publication": publish.publication(snapshot or 0, until, settings),
        **publish.of_references(load_decisions(lake).references()),
        # Models of then are not kept: what was learnt is of now.
        **models.load(lake).said(lake),
    }


def _build(name: str, frames: dict[str, pl.LazyFrame], built: dict[str, pl.DataFrame]) -> None:
    """Build a table, after those that it is made of."""
    if name in built:
        return
    [mart] = [mart for mart in MARTS if mart.name == name]
    others = [each for each in mart.inputs if each not in STATE]
    for each in others:
        _build(each, frames, built)
    built[name] = publish.held(mart, mart.build({**frames, **{each: built[each].lazy() for each in others}}))
