"""Reference files that say something else than before become a decision, which staging and rebuilds obey."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import polars as pl

from saleslake.lake import Lake
from saleslake.profiles import Source
from saleslake_processor import keys, ledger, log_view, quarantine
from saleslake_processor.contracts.entities import ENTITIES, Entity
from saleslake_processor.decide import following
from saleslake_processor.decisions import Decision, Decisions
from saleslake_processor.reference.lines import MERGES, Line, Merge, asks, changes, merges

_HIDDEN = ("unchanged", "superseded", "duplicate", "deleted")
"""Outcomes of rows of which the log does not have what they say, or not all."""


@dataclass(frozen=True)
class Asked:
    """What the reference files ask for beside what holds."""

    decisions: tuple[Decision, ...] = ()
    """To be recorded: one for each source of a company whose lines are other ones."""
    waiting: tuple[str, ...] = ()
    """Sources for which they wait: batches of theirs were staged by another profile, and are to be staged
    again first."""


def asked(
    lake: Lake, sources: Iterable[Source], lines: Sequence[Line], decided: Decisions, at: datetime
) -> Asked:
    """What is to be decided so that these lines hold, and no others.

    Batches whose rows they may change are staged again; what they ask for beyond that holds from now on.
    """
    said = ((source, tuple(line for line in lines if line.company == source.company)) for source in sources)
    others = [(source, now) for source, now in said if now != decided.reference(source.name).lines]
    if not others:
        # Mostly; the ledger is long, and this is asked at every pass.
        return Asked()
    made, waiting = [], []
    entered = ledger.entries(lake).collect()
    for source, now in others:
        before = decided.reference(source.name).lines
        came, went = (
            [line for line in now if line not in before],
            [line for line in before if line not in now],
        )
        differ = asks(came) ^ asks(went)
        changed = [line for line in (*came, *went) if line.id in differ]
        batches = _met(lake, source, entered, changed, [*merges(before), *merges(now)])
        stamp = {source.name: ledger.stamp(source.mapping_hash)}
        if batches and ledger.stale_in(entered.lazy(), stamp).height:
            waiting.append(source.name)
            continue
        made.append(
            Decision(
                at=at,
                by=", ".join(sorted({line.said["author"] for line in came or went})),
                reason=f"lines of reference files: {len(came)} more, {len(went)} less",
                action="reference",
                source=source.name,
                company=source.company,
                lines=list(now),
                batches=sorted(batches),
            )
        )
    return Asked(tuple(made), tuple(waiting))


@dataclass
class _Place:
    """Rows of an entity that lines may be about."""

    every: bool = False
    ids: dict[str, set[str]] = field(default_factory=dict)
    """Natural ids by the field that has one of them."""
    left_out: bool = False
    """Rows may be ignored for what a line says."""


def _met(
    lake: Lake, source: Source, entered: pl.DataFrame, lines: Sequence[Line], ends: Sequence[Merge]
) -> set[str]:
    """Batches of the source with a row that one of the lines may be about, now or without another line.

    A row that said what was there is not in the log, nor are those of a batch that is set aside: batches
    that had such rows of the entity are met.
    """
    own = entered.filter(pl.col("source") == source.name)
    known = ledger.stagings_in(own.lazy())
    found: set[str] = set()
    for name, place in _places(source, lines, ends).items():
        entity, of_entity = ENTITIES[name], own.filter(pl.col("entity") == name)
        hidden = pl.sum_horizontal(*_HIDDEN, *(["ignored"] if place.left_out else [])) > 0
        met = pl.lit(place.every) | pl.col("set_aside").is_not_null() | hidden
        found |= {*of_entity.filter(met)["batch"]}
        refused = quarantine.scan(lake).filter(pl.col("source") == source.name, pl.col("entity") == name)
        if place.ids.keys() == {entity.id}:
            refused = refused.filter(pl.col("id").is_in(list(place.ids[entity.id])))
        rows = log_view.scan(lake, name, known).filter(
            pl.col("source") == source.name, _holds(source, entity, place)
        )
        for each in (refused, rows):
            found |= {*each.select("batch").unique().collect()["batch"]}
    # Where a batch may no longer be held back, later ones are judged by other columns.
    whole = source.refused_limit is not None
    return following(lake, source, found, whole=whole) if found else found


def _holds(source: Source, entity: Entity, place: _Place) -> pl.Expr:
    """Whether a version of the entity is, or refers to, one of the things."""
    found = pl.lit(False)
    for name, ids in place.ids.items():
        id = pl.DataFrame({"id": sorted(ids)}, schema={"id": pl.String})
        key = id.select(keys.key(source.company, entity.references.get(name, entity.name), pl.col("id")))
        found |= pl.col(f"{name.removesuffix('_id')}_key").is_in(key.to_series().implode())
    return found.fill_null(False)


def _places(source: Source, lines: Sequence[Line], ends: Sequence[Merge]) -> dict[str, _Place]:
    """Where the lines may change something, by entity of the source."""
    found = {name: _Place() for name in source.entities}
    for each in changes(lines):
        if each.entity in found and each.id is None:
            found[each.entity].every = True
        elif each.entity in found and each.id is not None:
            found[each.entity].ids.setdefault(ENTITIES[each.entity].id, set()).add(each.id)
    merged = {(line.said["entity"], line.said["id"]) for line in lines if line.file == MERGES}
    into = [(each.entity, each.id, each.into_id) for each in ends if (each.entity, each.id) in merged]
    for of, *both in into:
        for name, place in found.items():
            # Its own row is left out where it is another one.
            place.left_out |= name == of
            columns = [at for at, target in ENTITIES[name].references.items() if target == of]
            for at in [*columns, *([ENTITIES[of].id] if name == of else [])]:
                place.ids.setdefault(at, set()).update(both)
    return {name: place for name, place in found.items() if place.every or place.ids}
