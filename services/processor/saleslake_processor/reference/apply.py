"""Reference lines on the rows of an entity, between what a source says and what is held to the contract."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from saleslake_processor import keys
from saleslake_processor.contracts.entities import Entity
from saleslake_processor.reference.lines import Change, Line, Merge, changes, merges
from saleslake_processor.reference.values import Value, value


@dataclass(frozen=True)
class Reference:
    """The reference lines of one company."""

    lines: tuple[Line, ...] = ()

    @cached_property
    def changes(self) -> dict[str, dict[str, list[Change]]]:
        """Changes by entity and field."""
        found: dict[str, dict[str, list[Change]]] = {}
        for each in changes(self.lines):
            found.setdefault(each.entity, {}).setdefault(each.field, []).append(each)
        return found

    @cached_property
    def merges(self) -> dict[str, list[Merge]]:
        """Merges by entity."""
        found: dict[str, list[Merge]] = {}
        for each in merges(self.lines):
            found.setdefault(each.entity, []).append(each)
        return found

    @cached_property
    def by_id(self) -> dict[str, Line]:
        """The lines by their ids."""
        return {line.id: line for line in self.lines}

    def is_about(self, entity: Entity) -> bool:
        """Whether any line may change a row of the entity."""
        return entity.name in self.changes or bool(
            self.merges.keys() & {entity.name, *entity.references.values()}
        )


NOTHING = Reference()


@dataclass(frozen=True)
class Applied:
    """Rows as reference lines have them, and which lines found what they expect."""

    rows: pl.DataFrame
    merged: pl.Series
    """Whether each row is of a member that is another one, and so of none."""
    obeyed: frozenset[str]
    """Ids of the lines that changed a row."""
    passed_over: frozenset[str]
    """Ids of lines whose row was there, and said something else than they expect."""


def applied(rows: pl.DataFrame, entity: Entity, reference: Reference, company: str) -> Applied:
    """Rows of an entity by reference lines, before the contract: a value that cannot be read may be given.

    `rows` have the entity's fields, the key of each reference, and `said:<field>` of what is mapped.
    """
    obeyed: set[str] = set()
    expected: set[str] = set()
    for name, of_field in reference.changes.get(entity.name, {}).items():
        found = _changed(rows, entity, name, of_field)
        obeyed |= {*found["line"].drop_nulls()}
        expected |= _expecting(rows, entity, of_field)
        said = f"said:{name}"
        # What stood there is no longer what is to be read.
        stood = [pl.when(found["line"].is_null()).then(said).alias(said)] if said in rows.columns else []
        rows = rows.with_columns(found["value"].alias(name), *stood)
    for name, target in entity.references.items():
        if target in reference.merges:
            there = {*rows[name].unique()}
            obeyed |= {each.line for each in reference.merges[target] if each.id in there}
            into = {each.id: each.into_id for each in reference.merges[target]}
            rows = rows.with_columns(pl.col(name).replace(into))
        if target in reference.merges or name in reference.changes.get(entity.name, {}):
            key = keys.key(company, target, pl.col(name))
            rows = rows.with_columns(key.alias(f"{name.removesuffix('_id')}_key"))
    own = reference.merges.get(entity.name, [])
    merged = rows[entity.id].is_in([each.id for each in own]).fill_null(False)
    obeyed |= {each.line for each in own if each.id in {*rows.filter(merged)[entity.id]}}
    return Applied(rows, merged, frozenset(obeyed), frozenset(expected - obeyed))


def _changed(rows: pl.DataFrame, entity: Entity, name: str, of_field: Collection[Change]) -> pl.DataFrame:
    """`value` of the field in each row, and the `line` that says so: null where none does.

    What is said of one thing outweighs what is said of all, what expects a value what does not.
    """
    asked = _typed(entity, name, of_field)
    said = rows.select(id=entity.id, was=name)
    kinds = (
        (asked.filter("one", "expects"), ["id", "was"]),
        (asked.filter("one", ~pl.col("expects")).drop("was"), ["id"]),
        (asked.filter(~pl.col("one")).drop("id"), ["was"]),
    )
    line, value = pl.lit(None, pl.String), pl.col("was")
    for number, (of_kind, on) in enumerate(kinds):
        if of_kind.is_empty():
            continue
        answers = of_kind.unique(on, keep="first", maintain_order=True)
        answers = answers.select(*on, line="line", value="value").rename(
            {"line": f"line{number}", "value": f"value{number}"}
        )
        said = said.join(answers, on=on, how="left", nulls_equal=True, maintain_order="left")
        holds = line.is_null() & pl.col(f"line{number}").is_not_null()
        value = pl.when(holds).then(f"value{number}").otherwise(value)
        line = pl.coalesce(line, f"line{number}")
    return said.select(line=line, value=value)


def _expecting(rows: pl.DataFrame, entity: Entity, of_field: Iterable[Change]) -> set[str]:
    """Ids of the lines that expect a value of one thing, which is there."""
    asked = {each.line: each.id for each in of_field if each.id is not None and each.expects}
    there = set(rows.filter(pl.col(entity.id).is_in(list(asked.values())))[entity.id])
    return {line for line, id in asked.items() if id in there}


def _typed(entity: Entity, name: str, of_field: Iterable[Change]) -> pl.DataFrame:
    """The changes with values in the type of the field."""
    kind = entity.fields[name].dtype
    rows = [
        (
            each.line,
            each.id,
            each.id is not None,
            each.expects,
            _read(each.expected, kind),
            _read(each.value, kind),
        )
        for each in of_field
    ]
    flags = dict.fromkeys(("one", "expects"), pl.Boolean())
    schema = {"line": pl.String(), "id": pl.String(), **flags, "was": kind, "value": kind}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _read(text: str | None, kind: pl.DataType) -> Value | None:
    return None if text is None else value(text, kind)
