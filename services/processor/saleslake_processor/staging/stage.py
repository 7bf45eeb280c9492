"""Staging of one mapping: the rows of a raw table as rows of an entity, each accepted, ignored or refused."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from itertools import chain

import polars as pl

from saleslake.profiles import Mapping, Source, Unpivot
from saleslake.raw import ORIGIN
from saleslake_processor import control, keys
from saleslake_processor.contracts.entities import ENTITIES, Entity
from saleslake_processor.reference.apply import NOTHING, Reference, applied
from saleslake_processor.staging import verbs
from saleslake_processor.staging.conditions import holds, refusal
from saleslake_processor.staging.judge import POSITION, decided_on, held_to_contract, let_in, optional
from saleslake_processor.staging.refused import quarantined, whole

_CURRENCY: dict[str, pl.DataType] = {"source_currency": pl.String()}
"""The currency of a row that brings none of its own."""

_TERMS: dict[str, pl.DataType] = {
    **_CURRENCY,
    "reporting_currency": pl.String(),
    "tax_rate": pl.Decimal(18, 6),
    "prices_include_tax": pl.Boolean(),
    "money_places": pl.Int64(),
}
"""What a source says once for all its amounts; kept with each row, so that no profile is needed later."""

_OF_LINES: dict[str, pl.DataType] = {"at_sale": pl.String()}
"""What `fact_sales` keeps as it was at the sale, by the profile's names, with commas between them."""

_VERSION = "version_from"

TOLD_APART = "key_tells_turned_rows_apart"
"""Rule for rows that are columns turned: two of one raw row with one key must say the same."""

NO_SUCH_COLUMN = "no_such_column"
"""Rule, after the column's name, for rows of a batch in which no file has a column of the key."""


@dataclass(frozen=True)
class Staged:
    """What became of the rows of one raw table for one entity."""

    seen: int
    ignored: int
    accepted: pl.DataFrame
    """Rows of the entity's log (`log_schema`): typed, keyed, versioned."""
    refused: pl.DataFrame
    """Rows of the quarantine (`QUARANTINE`)."""
    said_amount: Decimal | None
    """What the rows that are not ignored say that they are worth (`control.said`); none: it is no money."""
    obeyed: frozenset[str] = frozenset()
    """Ids of the reference lines that changed a row."""
    passed_over: frozenset[str] = frozenset()
    """Ids of reference lines whose row was there, and said something else than they expect."""


def terms(entity: Entity) -> dict[str, pl.DataType]:
    """The source's terms that rows of the entity carry."""
    if entity.priced:
        return _TERMS | (_OF_LINES if entity.name == "order_line" else {})
    return _CURRENCY if "currency" in entity.fields else {}


@cache
def log_schema(entity: Entity) -> dict[str, pl.DataType]:
    """Columns of the entity's log: one row per version of a row."""
    references = {f"{field.removesuffix('_id')}_key": pl.Int64() for field in entity.references}
    return {
        "company": pl.String(),
        entity.key: pl.Int64(),
        "version_at": pl.Datetime("us", "UTC"),
        "source": pl.String(),
        "raw_table": pl.String(),
        "batch": pl.String(),
        "row": pl.Int64(),
        "address": pl.String(),
        "profile_hash": pl.String(),
        "deleted": pl.Boolean(),
        **terms(entity),
        **{name: column.dtype for name, column in entity.fields.items()},
        **references,
    }


def stage_table(
    raw: pl.DataFrame,
    source: Source,
    table: str,
    batch: str,
    decided: pl.DataFrame | None = None,
    reference: Reference = NOTHING,
) -> Iterator[tuple[Entity, Mapping, Staged]]:
    """What each mapping that reads the raw table makes of its rows, obeying decisions on the batch's rows and
    the reference lines of the company."""
    how = source.tables[table].unpivot
    rows = raw if how is None else unpivoted(raw, how)
    for name, mappings in source.entities.items():
        for mapping in mappings:
            if mapping.from_ == table:
                staged = stage(rows, source, ENTITIES[name], mapping, batch, decided, reference)
                yield ENTITIES[name], mapping, staged


def stage(
    raw: pl.DataFrame,
    source: Source,
    entity: Entity,
    mapping: Mapping,
    batch: str,
    decided: pl.DataFrame | None = None,
    reference: Reference = NOTHING,
) -> Staged:
    """Type, key and judge the rows of a raw table. Pure: neither the lake nor the clock is asked.

    `decided` are decisions on refused rows (`Decisions.of_rows`): one that was released is taken in without
    the values for which it was refused, where the entity can do without them.
    """
    released, dropped = (decided_on(decided, action, entity, mapping) for action in ("release", "drop"))
    absent = [column for column in mapping.key.columns if column not in raw.columns]
    rows = _with(raw, chain.from_iterable(mapping.columns.values()))
    taken = rows.filter(holds(mapping.where)) if mapping.where else rows
    deleted = pl.col("deleted") & pl.col(entity.id).is_not_null()
    # Lazily, so that what several columns are made of is made once.
    said = taken.lazy().select(*_columns(source, entity, mapping, batch), *refusal(entity, mapping))
    obeyed, passed_over = frozenset[str](), frozenset[str]()
    if reference.is_about(entity):
        known = applied(said.collect(), entity, reference, source.company)
        obeyed, passed_over = known.obeyed, known.passed_over
        said, taken = known.rows.filter(~known.merged).lazy(), taken.filter(~known.merged)
    typed = (
        said.with_row_index(POSITION)
        .pipe(let_in, entity, released)
        .with_columns(unread=_first_unreadable(entity, mapping, deleted, released))
        .with_columns(
            rule=pl.coalesce("rule", pl.col("unread") + "|unreadable"),
            field=pl.when(pl.col("rule").is_null()).then("unread").otherwise("field"),
        )
        .select(POSITION, "rule", "field", *log_schema(entity))
        .collect()
    )
    sound = pl.col("rule").is_null()
    typed, broken = held_to_contract(typed, sound & ~deleted, entity, released)
    faulty = typed.filter(~sound).select(POSITION, "rule", "field")
    faults = pl.concat([faulty, broken.select(faulty.columns)])
    if absent:
        # What is left of such a key would make one thing of many.
        rule = {"rule": pl.lit(f"{absent[0]}|{NO_SUCH_COLUMN}"), "field": pl.lit(entity.id)}
        typed = typed.with_columns(
            pl.lit(None, typed.schema[name]).alias(name) for name in (entity.id, entity.key)
        )
        faults = typed.select(POSITION, **rule)
    elif source.tables[mapping.from_].unpivot is not None:
        alike = typed.filter(_not_told_apart(entity)).join(
            faults, on=POSITION, how="anti", maintain_order="left"
        )
        rule = {"rule": pl.lit(TOLD_APART), "field": pl.lit(entity.id)}
        faults = pl.concat([faults, alike.select(POSITION, **rule)])
    return Staged(
        seen=raw.height,
        ignored=raw.height - taken.height,
        accepted=typed.lazy()
        .filter(~pl.col(POSITION).is_in(faults[POSITION].implode()))
        .select(*log_schema(entity))
        .collect(),
        refused=quarantined(
            typed.drop("rule", "field").join(faults, on=POSITION, maintain_order="right"),
            taken[faults[POSITION]].select(*_said(mapping, source.time_zone), whole(raw)),
            entity,
            dropped,
        ),
        said_amount=control.total(typed, entity),
        obeyed=obeyed,
        passed_over=passed_over,
    )


def unpivoted(raw: pl.DataFrame, how: Unpivot) -> pl.DataFrame:
    """Columns that are values of one column, as rows."""
    index = [*how.keep, *ORIGIN]
    return _with(raw, how.keep).unpivot(index=index, variable_name=how.name, value_name=how.value)


def _with(raw: pl.DataFrame, columns: Iterable[str]) -> pl.DataFrame:
    """Columns that the profile reads and this batch does not have are empty in it."""
    missing = sorted(set(columns) - set(raw.columns))
    return raw.with_columns(pl.lit(None, pl.String).alias(column) for column in missing)


def _columns(source: Source, entity: Entity, mapping: Mapping, batch: str) -> list[pl.Expr]:
    """The log's columns, and beside each mapped field what the source said for it (`said:<field>`)."""
    zone = source.time_zone
    identifier = verbs.identity(mapping.key)
    if mapping.key.occurrence:
        # Counted over what was composed: values that differ in blanks only are equal.
        identifier = verbs.nth(identifier, pl.col("_row").rank("ordinal").over("_address", identifier))
    _, version = _version(mapping, zone)
    once = {
        "source_currency": source.currency,
        "reporting_currency": source.reported_in,
        "tax_rate": source.tax_rate,
        "prices_include_tax": source.prices_include_tax,
        "money_places": source.money_places,
        "at_sale": ",".join(sorted(source.at_sale)) or None,
    }
    values: dict[str, pl.Expr] = {entity.id: identifier}
    for name, column in entity.fields.items():
        if name in mapping.fields:
            field = mapping.fields[name]
            values[name] = verbs.read(verbs.seen(field), field, column.dtype, zone)
    for name, column in entity.fields.items():
        if name not in values:
            values[name] = _default(values.get(entity.defaults.get(name, "")), column.dtype, zone)
    return [
        pl.lit(source.company).alias("company"),
        keys.key(source.company, entity.name, identifier).alias(entity.key),
        version.alias("version_at"),
        pl.lit(source.name).alias("source"),
        pl.lit(mapping.from_).alias("raw_table"),
        pl.lit(batch).alias("batch"),
        pl.col("_row").alias("row"),
        pl.col("_address").alias("address"),
        pl.lit(source.mapping_hash).alias("profile_hash"),
        (holds(mapping.deleted) if mapping.deleted else pl.lit(False)).alias("deleted"),
        *(pl.lit(once[term], dtype).alias(term) for term, dtype in terms(entity).items()),
        *(value.cast(entity.fields[name].dtype).alias(name) for name, value in values.items()),
        *(
            keys.key(source.company, target, values[field]).alias(f"{field.removesuffix('_id')}_key")
            for field, target in entity.references.items()
        ),
        *_said(mapping, zone),
    ]


def _said(mapping: Mapping, time_zone: str) -> list[pl.Expr]:
    """What the source said for each mapped field, and of the version."""
    said = {name: verbs.seen(field) for name, field in mapping.fields.items()}
    said[_VERSION], _ = _version(mapping, time_zone)
    return [text.alias(f"said:{name}") for name, text in said.items()]


def _default(other: pl.Expr | None, dtype: pl.DataType, time_zone: str) -> pl.Expr:
    if other is None:
        return pl.lit(None, dtype)
    return other.dt.convert_time_zone(time_zone).dt.date() if dtype == pl.Date() else other


def _version(mapping: Mapping, time_zone: str) -> tuple[pl.Expr, pl.Expr]:
    """What the source says of the version, and the instant that it stands for."""
    version = mapping.version_from
    if version is None:
        return pl.lit(None, pl.String), pl.col("_fetched_at")
    if version.file is not None:
        text = pl.col("_address").str.extract(version.file, 1)
    else:
        text = verbs.cleaned(pl.col(version.from_ or ""))
    return text, verbs.as_instant(text, version.date, time_zone, "instant")


def _first_unreadable(entity: Entity, mapping: Mapping, deleted: pl.Expr, released: pl.Series) -> pl.Expr:
    """The first field that says something which cannot be read; null where all can. Of a deleted row only
    its version counts, of a released one what it must not be without."""
    free = pl.col("row").is_in(released.implode()) if released.len() else pl.lit(False)
    unread = [
        pl.when(
            pl.col(f"said:{name}").is_not_null()
            & pl.col(name).is_null()
            & ~(deleted | (free & pl.lit(name in optional(entity))))
        ).then(pl.lit(name))
        for name in entity.fields
        if name in mapping.fields
    ]
    version = pl.when(pl.col("version_at").is_null()).then(pl.lit(_VERSION))
    return pl.coalesce([*unread, version])


def _not_told_apart(entity: Entity) -> pl.Expr:
    """Whether another row that the same raw row was turned into has the key as well, and says something
    else: none of them is the later one."""
    alike = [entity.key, "row", "version_at"]
    there = pl.when(~pl.col("deleted"))
    said = [pl.col("deleted"), *(there.then(name) for name in entity.fields)]
    differs = pl.any_horizontal(each.ne_missing(each.first().over(alike)) for each in said)
    return pl.col(entity.key).is_not_null() & differs.any().over(alike)
