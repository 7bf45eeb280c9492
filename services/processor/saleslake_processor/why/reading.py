"""All that is asked of a lake to say where a value of its gold comes from."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from saleslake.lake import Lake
from saleslake.profiles import Source
from saleslake.settings import Settings
from saleslake_processor import gold_files, ledger, log_view, publish, quarantine, runs
from saleslake_processor import state as states
from saleslake_processor.contracts.entities import ENTITIES
from saleslake_processor.decisions import Decisions
from saleslake_processor.decisions import load as load_decisions
from saleslake_processor.gold_files import Manifest
from saleslake_processor.learnt import state as models
from saleslake_processor.reference import frames as reference_frames
from saleslake_processor.why.chosen import Versions
from saleslake_processor.why.raw_rows import Reading, read_again

Frames = Mapping[str, pl.LazyFrame]


class NotPublishedError(Exception):
    """Gold is not what the state holds, so that nothing can be proved by it; the message says what to do."""


@dataclass(frozen=True)
class Known:
    """A lake as its gold reflects it."""

    lake: Lake
    sources: tuple[Source, ...]
    manifest: Manifest
    decisions: Decisions
    log: Frames
    """The versions that count, by entity."""
    state: Frames
    """What gold is made of, as far as the state holds it; only asked which rows may matter."""
    records: Frames
    """Frames that are derived of no version: ledger, refused rows, runs, publication, reference lines."""

    def gold(self, table: str) -> pl.LazyFrame:
        return gold_files.read(self.lake, self.manifest, table)

    def log_of(self, ledger_version: int) -> Frames:
        """The versions that counted as of a version of the ledger."""
        among = ledger.stagings(self.lake, ledger_version)
        return {name: log_view.scan(self.lake, name, among) for name in ENTITIES}

    def read_again(self, versions: Versions) -> Reading:
        """The versions as their raw rows say them."""
        return read_again(self.lake, self.sources, self.decisions, versions)


def known(lake: Lake, manifest: Manifest, sources: Iterable[Source], settings: Settings) -> Known:
    """A lake to be explained. Raises `NotPublishedError` where its gold lags behind its state."""
    state = states.load(lake)
    decisions = load_decisions(lake)
    stamp = reference_frames.stamp(decisions.references())
    learnt = models.load(lake)
    holds = (state.versions, stamp, learnt.stamp())
    if holds != (manifest.reflects, manifest.reference, manifest.learnt):
        raise NotPublishedError(
            f"{lake.gold_manifest}: gold is not what the state holds; `saleslake process` comes first"
        )
    version = manifest.reflects.get(ledger.LEDGER)
    among = ledger.stagings(lake, version)
    at = datetime.fromisoformat(manifest.published_at)
    as_published = settings.model_copy(update={"fiscal_year_start": manifest.fiscal_year_start})
    return Known(
        lake=lake,
        sources=tuple(sources),
        manifest=manifest,
        decisions=decisions,
        log={name: log_view.scan(lake, name, among) for name in ENTITIES},
        state=publish.of_state(state.frames(lake)),
        records={
            "ledger": ledger.entries(lake, version),
            "refused": quarantine.scan(lake),
            "runs": runs.scan(lake),
            "publication": publish.publication(manifest.snapshot, at, as_published),
            **publish.of_references(decisions.references()),
            **learnt.said(lake),
        },
    )
