"""Tables as text: those of gold, now or as of then, what was refused, and the versions of an entity."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from saleslake.lake import Lake
from saleslake.settings import Settings
from saleslake_flows import soundness
from saleslake_flows import where as conditions
from saleslake_flows.exits import WrongUseError
from saleslake_flows.instants import until
from saleslake_flows.ordering import columns_of, ordered
from saleslake_flows.output import Output, given
from saleslake_flows.screen import Screen, count
from saleslake_flows.soundness import published
from saleslake_processor import gold_files, log_view, past, quarantine
from saleslake_processor.contracts.entities import ENTITIES
from saleslake_processor.history import history
from saleslake_processor.marts.graph import MARTS

QUARANTINE = "quarantine"
_REFUSED = "Rows that were refused: the rule that they broke, and where they came from."


@dataclass(frozen=True)
class Wanted:
    """What is to be shown."""

    table: str | None
    """None: the tables that there are."""
    as_of: str | None
    history: bool
    columns: Sequence[str]
    where: Sequence[str]
    """Such as `column=value`, of which all must hold."""
    sort: Sequence[str]
    """`column`, or `-column` from the highest down."""
    output: Output


def shown(screen: Screen, settings: Settings, lake: Lake, wanted: Wanted) -> None:
    """Give those rows of a table that are asked for, or tell which tables there are."""
    conditions.split(wanted.where)
    if wanted.history and (wanted.table is None or wanted.as_of is not None):
        raise WrongUseError("--history is of one entity, and of all instants: without --as-of")
    if wanted.table is None:
        if wanted.as_of is not None or wanted.output.format is not None:
            option = "--as-of" if wanted.as_of is not None else "--format"
            raise WrongUseError(f"{option} is of one table; which?")
        _list(screen, lake)
    elif wanted.history:
        _rows(screen, wanted, _versions(lake, wanted.table))
    elif wanted.as_of is not None:
        _rows(screen, wanted, _past(lake, settings, wanted.table, wanted.as_of))
    else:
        _rows(screen, wanted, _now(lake, wanted.table))


def _list(screen: Screen, lake: Lake) -> None:
    manifest = published(lake)
    refused = quarantine.scan(lake).select(pl.len()).collect().item()
    screen.say(f"snapshot {manifest.snapshot}, published {manifest.published_at}")
    rows = [(name, count(of.rows), _first_line(of.description)) for name, of in manifest.tables.items()]
    screen.table(("table", "rows", "meaning"), [*rows, (QUARANTINE, count(refused), _REFUSED)])


def _rows(screen: Screen, wanted: Wanted, frame: pl.LazyFrame) -> None:
    held = conditions.split(wanted.where)
    there = frame.collect_schema()
    for name in (*wanted.columns, *(each.column for each in held), *columns_of(wanted.sort)):
        if name not in there:
            raise WrongUseError(f"{wanted.table} has no column {name!r}; there are: {', '.join(there)}")
    for condition in held:
        frame = frame.filter(conditions.holds(condition, there[condition.column]))
    rows = ordered(frame, wanted.sort).select(wanted.columns or there.names())
    given(screen, rows, wanted.output)


def _now(lake: Lake, table: str) -> pl.LazyFrame:
    if table == QUARANTINE:
        return quarantine.scan(lake)
    manifest = published(lake)
    if table not in manifest.tables:
        hint = f"; --history shows the versions of the entity {table}" if table in ENTITIES else ""
        there = ", ".join([*manifest.tables, QUARANTINE])
        raise WrongUseError(f"no table {table!r}; there are: {there}{hint}")
    return gold_files.read(lake, manifest, table)


def _past(lake: Lake, settings: Settings, table: str, said: str) -> pl.LazyFrame:
    instant, there = until(said), [mart.name for mart in MARTS]
    if table not in there:
        raise WrongUseError(f"no table {table!r} to be had as of {said}; there are: {', '.join(there)}")
    soundness.manifests(lake)
    try:
        return past.tables(lake, settings, [table], instant)[table].lazy()
    except past.NothingYetError as error:
        raise WrongUseError(f"--as-of {said}: {error}") from error


def _versions(lake: Lake, entity: str) -> pl.LazyFrame:
    if entity not in ENTITIES:
        raise WrongUseError(f"no entity {entity!r}; there are: {', '.join(ENTITIES)}")
    of = ENTITIES[entity]
    rows = history(log_view.scan(lake, entity), of).sort("company", of.id, "valid_from")
    columns = ["company", *of.fields, "deleted", "valid_from", "valid_to", "source", "batch"]
    instant = pl.selectors.datetime().dt.strftime("%Y-%m-%dT%H:%M:%S%.fZ")
    return rows.select(columns).with_columns(instant)


def _first_line(text: str) -> str:
    return text.strip().split("\n", 1)[0]
