"""Rows of the log made anew of their raw rows, by profile and decisions, and held against the log."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import polars as pl

from saleslake.lake import Lake
from saleslake.profiles import Mapping as Rows
from saleslake.profiles import Source
from saleslake.raw import Commit, read_commit
from saleslake_processor.contracts.entities import ENTITIES, Entity
from saleslake_processor.decisions import Decisions
from saleslake_processor.ingest import seen_at
from saleslake_processor.log_view import SCHEMAS
from saleslake_processor.staging import verbs
from saleslake_processor.staging.stage import log_schema, stage, unpivoted
from saleslake_processor.versions import LATER
from saleslake_processor.why.chosen import Versions

_GROUP = ["source", "batch", "raw_table"]
_UNLIKE = ("profile_hash", "outcome")
"""Columns that say how a row was read, and not what it says."""


@dataclass(frozen=True)
class Reading:
    """Versions as raw says them, and how they compare with the log."""

    versions: Versions
    read: int = 0
    """Versions that were made anew of raw rows."""
    batches: int = 0
    taken: dict[str, int] = field(default_factory=dict)
    """Versions taken as the log has them, by the reason why raw cannot say them again."""
    wrong: list[str] = field(default_factory=list)
    """Where the log says something else than raw."""


def read_again(
    lake: Lake, sources: Iterable[Source], decisions: Decisions, versions: Mapping[str, pl.DataFrame]
) -> Reading:
    """The versions, read again of their raw rows; those that no raw row tells as they are in the log."""
    profiles = {source.name: source for source in sources}
    made: Versions = {}
    taken: dict[str, int] = {}
    wrong: list[str] = []
    read, batches = 0, set()
    commits = _Commits(lake)
    for name, rows in versions.items():
        found = []
        for (source, batch, table), group in rows.group_by(_GROUP, maintain_order=True):
            profile = profiles.get(str(source))
            kept, said = _apart(group, profile, taken)
            found.append(kept)
            if profile is None or said.is_empty():
                continue
            commit = commits.of(str(source), str(batch))
            again = _staged(
                lake, commit, commits.seen_at(commit), profile, ENTITIES[name], str(table), said, decisions
            )
            wrong += _unlike(ENTITIES[name], said, again)
            found.append(again.select(rows.columns))
            read += said.height
            batches.add((source, batch))
        made[name] = pl.concat(found) if found else rows
    return Reading(made, read, len(batches), taken, wrong)


class _Commits:
    """The commits that were asked for, and the instant of each."""

    def __init__(self, lake: Lake) -> None:
        self._lake = lake
        self._known: dict[tuple[str, str], Commit] = {}
        self._instants: dict[tuple[str, str], pl.Expr] = {}

    def of(self, source: str, batch: str) -> Commit:
        if (source, batch) not in self._known:
            self._known[source, batch] = read_commit(self._lake, source, batch)
        return self._known[source, batch]

    def seen_at(self, commit: Commit) -> pl.Expr:
        at = commit.source, commit.batch
        if at not in self._instants:
            self._instants[at] = seen_at(self._lake, commit)
        return self._instants[at]


def _apart(
    rows: pl.DataFrame, profile: Source | None, taken: dict[str, int]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Versions that raw cannot say again, counted by why, and those that it can."""
    if profile is None:
        taken["without a profile"] = taken.get("without a profile", 0) + rows.height
        return rows, rows.clear()
    reasons = {
        "said by what a snapshot no longer lists": pl.col("row") <= 0,
        "read by a profile that has changed since": (pl.col("row") > 0)
        & (pl.col("profile_hash") != profile.mapping_hash),
    }
    for reason, holds in reasons.items():
        if number := rows.filter(holds).height:
            taken[reason] = taken.get(reason, 0) + number
    cannot = pl.any_horizontal(reasons.values())
    return rows.filter(cannot), rows.filter(~cannot)


def _staged(
    lake: Lake,
    commit: Commit,
    instant: pl.Expr,
    source: Source,
    entity: Entity,
    table: str,
    wanted: pl.DataFrame,
    decisions: Decisions,
) -> pl.DataFrame:
    """What staging makes of the raw rows of the wanted versions, with the log's `outcome` of each."""
    raw = commit.scan(lake, table).with_columns(_fetched_at=instant)
    decided, reference = decisions.of_rows(source.name, commit.batch), decisions.reference(source.name)
    turned = source.tables[table].unpivot
    found = [wanted.select(*log_schema(entity)).clear()]
    for mapping in source.entities.get(entity.name, ()):
        if mapping.from_ == table:
            rows = _rows(raw, mapping, wanted["row"]).sort("_row").collect()
            rows = rows if turned is None else unpivoted(rows, turned)
            found.append(stage(rows, source, entity, mapping, commit.batch, decided, reference).accepted)
    identity = [entity.key, *LATER]
    outcomes = wanted.select(*identity, "outcome").unique(identity)
    # Of one raw row that says a key twice the log keeps what it says last.
    last = pl.concat(found).unique(identity, keep="last", maintain_order=True)
    return last.join(outcomes, on=identity, nulls_equal=True).select(*SCHEMAS[entity.name])


def _rows(raw: pl.LazyFrame, mapping: Rows, numbers: pl.Series) -> pl.LazyFrame:
    """The raw rows; where equal ones are counted, all that are equal to one of them in its file."""
    wanted = raw.filter(pl.col("_row").is_in(numbers.unique().implode()))
    if not mapping.key.occurrence or set(mapping.key.columns) - set(raw.collect_schema().names()):
        return wanted
    identity = verbs.identity(mapping.key)
    equal = wanted.select("_address", said=identity).unique()
    return raw.with_columns(said=identity).join(equal, on=["_address", "said"], how="semi").drop("said")


def _unlike(entity: Entity, log: pl.DataFrame, raw: pl.DataFrame) -> list[str]:
    """Lines about versions of which raw says something else than the log, or nothing."""
    identity = [entity.key, *LATER]
    both = log.join(raw, on=identity, how="left", suffix=":raw", nulls_equal=True)
    columns = [name for name in log.columns if name not in (*identity, *_UNLIKE)]
    found = both.filter(pl.any_horizontal(pl.col(name).ne_missing(pl.col(f"{name}:raw")) for name in columns))
    lines = []
    for row in found.iter_rows(named=True):
        where = f"{entity.name} {row[entity.id]}, row {row['row']} of batch {row['batch']} of {row['source']}"
        other = [name for name in columns if row[name] != row[f"{name}:raw"]]
        says = (
            f"the log says {other[0]} = {row[other[0]]}, raw says {row[f'{other[0]}:raw']}"
            if row["company:raw"] is not None
            else "raw has no such row"
        )
        lines.append(f"{where}: {says}")
    return lines
