"""From the state to gold: every table built, held to its contract, and published as one snapshot."""

from collections.abc import Callable, Mapping
from datetime import datetime

import dataframely as dy
import polars as pl

from saleslake.lake import Lake
from saleslake.settings import Settings
from saleslake_processor import gold_files, ledger, made_of, quarantine, runs
from saleslake_processor.derive import advance
from saleslake_processor.derive.sums import SUMS
from saleslake_processor.derive.touched import KEPT
from saleslake_processor.gold_files import GoldColumn, GoldFile, GoldTable, Manifest
from saleslake_processor.learnt.state import Models
from saleslake_processor.marts.graph import MARTS, OPERATIONAL
from saleslake_processor.marts.mart import STATE, Mart
from saleslake_processor.reference import frames as reference_frames
from saleslake_processor.reference.frames import References
from saleslake_processor.state import State
from saleslake_processor.totals.figures import held as held_to_totals

SCHEMA_VERSION = 1
"""Raised when a change of gold breaks readers."""

_FIGURES = ("company", "date", "month", "net_amount")
"""Columns that control totals read back of the files."""

_NO_MONTH = "none"
"""Part of a table in months that has none, so that its columns are always there."""


class ContractBrokenError(Exception):
    """A gold table does not keep its contract; nothing was published, the old gold stays."""


def publish(
    lake: Lake,
    state: State,
    references: References,
    models: Models,
    settings: Settings,
    at: datetime,
    progress: Callable[[str], None],
) -> Manifest:
    """Build all gold tables and publish them as a new snapshot; equal tables keep their files.

    A table that is made of the same as that of the last snapshot is not built again.

    Raises `ContractBrokenError` where a table breaks its contract, `UntiedError` where control totals do not
    tie: the old gold stays.
    """
    old = gold_files.load(lake)
    snapshot = (old.snapshot if old else 0) + 1
    stored = of_state(state.frames(lake))
    frames = {
        **stored,
        "ledger": ledger.entries(lake),
        "refused": quarantine.scan(lake),
        "runs": runs.scan(lake),
        "publication": publication(snapshot, at, settings),
        **of_references(references),
        **models.said(lake),
    }
    reference = reference_frames.stamp(references)
    stamps = {
        **made_of.of_state(state, settings, reference, STATE),
        **made_of.of_learnt(models.stamps()),
    }
    code = gold_files.code()
    tables = {}
    for mart in MARTS:
        if mart.kind == "additive":
            progress(mart.name)
            tables[mart.name] = _described(mart, _by_month(lake, mart, state, old))
            continue
        stamp = made_of.stamp(mart, stamps, code)
        kept = _kept(lake, mart, old, stamp)
        if kept is None:
            progress(mart.name)
            rows = held(mart, mart.build(_said_to(mart, frames)))
            frames[mart.name] = rows.lazy()
            files = [gold_files.write(lake, mart.name, rows)]
            tables[mart.name] = _described(mart, files).model_copy(update={"made_of": stamp})
        else:
            frames[mart.name] = gold_files.read_back(lake, kept, mart.columns)
            tables[mart.name] = kept
        stamps[mart.name] = made_of.of_table(tables[mart.name])
    manifest = Manifest(
        snapshot=snapshot,
        schema_version=SCHEMA_VERSION,
        published_at=at.isoformat(timespec="seconds"),
        reflects=state.versions,
        reference=reference,
        learnt=models.stamp(),
        fiscal_year_start=settings.fiscal_year_start,
        tables=tables,
    )
    progress("control totals")
    on_disk = {name: gold_files.read_back(lake, table, _FIGURES) for name, table in tables.items()}
    held_to_totals(stored, {mart.name: frames[mart.name] for mart in MARTS}, on_disk)
    gold_files.publish(lake, manifest, settings.gold_snapshots_kept)
    return manifest


def is_current(
    lake: Lake,
    manifest: Manifest,
    state: State,
    references: References,
    models: Models,
    settings: Settings,
) -> bool:
    """Whether the snapshot is there as a whole, and what `publish` would give now."""
    if not all(
        (lake.gold / file.path).exists() for table in manifest.tables.values() for file in table.files
    ):
        return False
    if any(
        mart.name not in manifest.tables or manifest.tables[mart.name].columns != _columns(mart)
        for mart in MARTS
    ):
        return False
    said = (manifest.reflects, manifest.reference, manifest.learnt)
    holds = (state.versions, reference_frames.stamp(references), models.stamp())
    made = (manifest.schema_version, manifest.fiscal_year_start)
    return said == holds and made == (SCHEMA_VERSION, settings.fiscal_year_start)


def held(mart: Mart, rows: pl.LazyFrame) -> pl.DataFrame:
    """The table in the order of its columns and keys; raises `ContractBrokenError` where it breaks it."""
    frame = rows.select(mart.contract.column_names()).collect()
    try:
        valid = mart.contract.validate(frame)
    except dy.exc.ValidationError as error:
        raise ContractBrokenError(f"{mart.name}: {error}") from error
    return valid.select(mart.columns).sort(mart.contract.primary_key())


def publication(snapshot: int, at: datetime, settings: Settings) -> pl.LazyFrame:
    """One row: what tables say of the snapshot that they are in."""
    return pl.LazyFrame(
        {
            "snapshot": snapshot,
            "published_on": at.date(),
            "published_at": at.isoformat(timespec="seconds"),
            "schema_version": SCHEMA_VERSION,
            "fiscal_year_start": settings.fiscal_year_start,
        }
    )


def of_references(references: References) -> dict[str, pl.LazyFrame]:
    """What gold tables are made of, as far as people said it."""
    return {
        "reference": reference_frames.stated(references),
        made_of.TARGETS: reference_frames.targets(references),
    }


def of_state(stored: Mapping[str, pl.LazyFrame]) -> dict[str, pl.LazyFrame]:
    """What gold tables are made of, as far as the state holds it, by the names of `marts.mart.STATE`."""
    return {
        "fact_sales": advance.fact(stored, "fact_sales"),
        "fact_returns": advance.fact(stored, "fact_returns"),
        "references": advance.referred(stored),
        "waiting": advance.waiting(stored),
        "places_at_sale": advance.places_at_sale(stored),
        **{f"current/{name}": advance.members(stored, name) for name in KEPT},
        **{f"sums/{name}": advance.sums(stored, name) for name in SUMS},
    }


def _kept(lake: Lake, mart: Mart, old: Manifest | None, stamp: str | None) -> GoldTable | None:
    """The table of the last snapshot, where it is what would be built."""
    if old is None or stamp is None or mart.name not in old.tables:
        return None
    table = old.tables[mart.name]
    return table if table.made_of == stamp and gold_files.is_there(lake, table) else None


def _said_to(mart: Mart, frames: Mapping[str, pl.LazyFrame]) -> Mapping[str, pl.LazyFrame]:
    """What a table is made of: one that may be kept does not know in which snapshot it is first."""
    if mart.name in OPERATIONAL:
        return frames
    said = frames[made_of.PUBLICATION].select(made_of.SAID_TO_ALL)
    return {**frames, made_of.PUBLICATION: said}


def _by_month(lake: Lake, mart: Mart, state: State, old: Manifest | None) -> list[GoldFile]:
    """Files of a table that is the state's own, month by month; months that did not change keep theirs."""
    same_columns = old is not None and old.tables[mart.name].columns == _columns(mart)
    known = {file.made_of: file for file in old.tables[mart.name].files} if old and same_columns else {}
    stored = state.frames(lake)
    files = []
    for name, source in sorted(state.files.items()):
        if not name.startswith(f"{mart.name}/"):
            continue
        if source in known and (lake.gold / known[source].path).exists():
            files.append(known[source])
            continue
        rows = held(mart, mart.build({mart.name: stored[name]}))
        file = gold_files.write(lake, mart.name, rows, name.removeprefix(f"{mart.name}/"))
        files.append(file.model_copy(update={"made_of": source}))
    if not files:
        rows = held(mart, mart.build({mart.name: advance.fact({}, mart.name)}))
        files.append(gold_files.write(lake, mart.name, rows, _NO_MONTH))
    return files


def _described(mart: Mart, files: list[GoldFile]) -> GoldTable:
    return GoldTable(
        description=(mart.contract.__doc__ or "").strip(),
        rows=sum(file.rows for file in files),
        columns=_columns(mart),
        files=files,
    )


def _columns(mart: Mart) -> list[GoldColumn]:
    columns = mart.contract.columns()
    return [
        GoldColumn(name=name, type=_type(columns[name]), description=columns[name].description or "")
        for name in mart.columns
    ]


def _type(column: dy.Column) -> str:
    return {"String": "string", "Int64": "int64", "Date": "date", "Boolean": "bool", "Float64": "double"}.get(
        str(column.dtype), "decimal(18,4)"
    )
