"""Where a version came from, for people: file, row, what stood there, and the line that maps it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from saleslake.profiles import Source
from saleslake.profiles.lines import Path, line_of
from saleslake.raw import ORIGIN, ROWS_PER_FILE, read_commit
from saleslake_processor.contracts.entities import ENTITIES, Entity
from saleslake_processor.reference.values import value
from saleslake_processor.versions import LATER
from saleslake_processor.why.reading import Known

Lines = Mapping[str, Mapping[Path, int]]
"""Lines of each profile by path, by source."""


@dataclass(frozen=True)
class Said:
    """One field as the source says it."""

    field: str
    value: Any
    """As it was understood."""
    raw: dict[str, str | None]
    """What stood there, by raw column; nothing of a constant, or a default."""
    profile: str
    """`<profile>.toml:<line>` of the mapping; "" where the profile does not map it."""
    reference: str = ""
    """The line of a reference file by which it is another value than the source says, in words."""


@dataclass(frozen=True)
class Origin:
    """One version of a row and where it came from."""

    entity: str
    id: str
    key: int
    counts: bool
    """It is the last one, which holds."""
    deleted: bool
    version_at: str
    source: str
    batch: str
    raw_table: str
    row: int
    address: str
    files: tuple[str, ...]
    """Raw Parquet files of the table in the batch, below the lake's `raw`."""
    said: tuple[Said, ...]

    @property
    def row_in_file(self) -> int:
        """From 1 below the header."""
        return self.row % ROWS_PER_FILE


def origins(known: Known, versions: Mapping[str, pl.DataFrame], lines: Lines) -> Iterator[Origin]:
    """The versions, those of one thing one after the other, the last one last."""
    profiles = {source.name: source for source in known.sources}
    for name, rows in versions.items():
        entity = ENTITIES[name]
        ordered = rows.sort(entity.key, *LATER)
        key = ordered[entity.key]
        last = (key != key.shift(-1)).fill_null(True)
        raw = dict(_raw(known, rows))
        for row, counts in zip(ordered.iter_rows(named=True), last, strict=True):
            files, stood = raw.get((row["source"], row["batch"], row["raw_table"]), ((), {}))
            yield Origin(
                entity=name,
                id=row[entity.id],
                key=row[entity.key],
                counts=counts,
                deleted=row["deleted"],
                version_at=row["version_at"].isoformat(),
                source=row["source"],
                batch=row["batch"],
                raw_table=row["raw_table"],
                row=row["row"],
                address=row["address"],
                files=files,
                said=tuple(
                    replace(each, reference=_by_reference(known, entity, row, each))
                    for each in _said(
                        profiles.get(row["source"]), entity, row, stood.get(row["row"], {}), lines
                    )
                ),
            )


_Raw = tuple[tuple[str, ...], dict[int, dict[str, str | None]]]


def _raw(known: Known, rows: pl.DataFrame) -> Iterator[tuple[tuple[str, str, str], _Raw]]:
    """Files, and raw rows by number, of each raw table of each batch."""
    for (source, batch, table), group in rows.group_by("source", "batch", "raw_table"):
        at = (str(source), str(batch), str(table))
        commit = read_commit(known.lake, at[0], at[1])
        if at[2] in commit.files:
            wanted = pl.col("_row").is_in(group["row"].unique().implode())
            found = commit.scan(known.lake, at[2]).filter(wanted).collect()
            stood = {
                row["_row"]: {name: text for name, text in row.items() if name not in ORIGIN}
                for row in found.iter_rows(named=True)
            }
            yield at, (tuple(commit.files[at[2]]), stood)


def _said(
    source: Source | None, entity: Entity, row: Mapping[str, Any], raw: Mapping[str, str | None], lines: Lines
) -> Iterable[Said]:
    """The id and each field that the mapping reads, or that holds something."""
    mappings = source.entities.get(entity.name, ()) if source else ()
    for number, mapping in enumerate(mappings):
        if source is None or mapping.from_ != row["raw_table"]:
            continue
        at = ("entities", entity.name, number)
        columns = {entity.id: (mapping.key.columns, (*at, "key"))} | {
            name: (field.columns, (*at, "fields", name)) for name, field in mapping.fields.items()
        }
        for name, (read, path) in columns.items():
            line = line_of(lines.get(source.name, {}), path)
            stood = {column: raw.get(column) for column in read}
            yield Said(name, row[name], stood, f"{source.name}.toml:{line}")
        return
    for name in entity.fields:
        if row[name] is not None:
            yield Said(name, row[name], {}, "")


def _by_reference(known: Known, entity: Entity, row: Mapping[str, Any], said: Said) -> str:
    """The line by which a field holds what it does; "" where the source says it."""
    reference, stood = known.decisions.reference(row["source"]), set(said.raw.values())
    for change in reference.changes.get(entity.name, {}).get(said.field, ()):
        kind = entity.fields[said.field].dtype
        given = None if change.value is None else value(change.value, kind)
        if change.id in (None, row[entity.id]) and given == said.value and change.value not in stood:
            return reference.by_id[change.line].told
    for merge in reference.merges.get(entity.references.get(said.field, ""), ()):
        if merge.into_id == said.value and merge.id in stood:
            return reference.by_id[merge.line].told
    return ""
