"""`saleslake why`: where a value of gold comes from, told as a tree of lines, or as JSON."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from typing import Any

import polars as pl

from saleslake.lake import Lake
from saleslake.profiles.lines import lines_of
from saleslake.settings import Settings
from saleslake_flows.choose import usable
from saleslake_flows.exits import FailedError, WrongUseError
from saleslake_flows.meanings import column_of, table_of
from saleslake_flows.screen import Screen, cell, count, counted
from saleslake_flows.soundness import published
from saleslake_processor.why.answer import Answer, answered
from saleslake_processor.why.meaning import meanings
from saleslake_processor.why.origin import Lines, Origin, origins
from saleslake_processor.why.reading import Known, NotPublishedError, known
from saleslake_processor.why.rows import NoSuchRowError, found
from saleslake_processor.why.ways import way

FEW = 5
"""So many parts, members and rows are told, unless all are wanted."""

_OF_ORDERS = ("order_line", "order", "return")


@dataclass(frozen=True)
class Asked:
    """What is to be explained, and how it is told."""

    table: str
    key: Sequence[str]
    column: str
    every: bool
    as_json: bool


def told(screen: Screen, lake: Lake, settings: Settings, asked: Asked) -> bool:
    """Tell where a value comes from; whether it was proved."""
    mart = table_of(asked.table)
    column = column_of(mart, asked.column)
    manifest = published(lake)
    sources, faults = usable(settings.sources)
    for fault in faults:
        screen.note(f"left out: {fault}")
    try:
        there = known(lake, manifest, sources, settings)
    except NotPublishedError as error:
        raise FailedError(str(error)) from error
    dimensions = {name: there.gold(name) for name in manifest.tables if name.startswith("dim_")}
    try:
        row = found(mart, there.gold(mart.name), dimensions, asked.key)
    except NoSuchRowError as error:
        raise WrongUseError(str(error)) from error
    with screen.steps() as progress:
        progress("reading raw rows again")
        answer = answered(there, mart, row, column)
    texts = {each.name: (settings.sources / f"{each.name}.toml").read_text("utf-8") for each in sources}
    lines = {name: lines_of(text) for name, text in texts.items()}
    if asked.as_json:
        screen.say(json.dumps(_document(there, answer, lines), default=_plain, ensure_ascii=False, indent=1))
    else:
        for line in _tree(there, answer, lines, asked.every):
            screen.say(line)
    return answer.proved


def _tree(there: Known, answer: Answer, lines: Lines, every: bool) -> Iterator[str]:
    key = " ".join(f"{name}={cell(answer.row[name])}" for name in answer.mart.contract.primary_key())
    names = [name for name in ("product", "store", "region", "category", "name") if answer.row.get(name)]
    called = f" ({', '.join(str(answer.row[name]) for name in names)})" if names else ""
    [meaning] = [each for each in meanings(answer.mart) if each.name == answer.column]
    yield f"{answer.mart.name}  {key}{called}"
    yield f"{answer.column} = {_shown(answer.value)}"
    yield f"  {meaning.says}"
    if meaning.formula:
        yield f"  = {meaning.formula}"
    for each in answer.components:
        rows = f", {counted(each.cells, 'row', 'rows')}" if each.cells != 1 else ""
        yield f"    {each.name} = {_shown(each.value)}{rows}"
    yield from _parts(there, answer, lines, every)
    yield from _members(there, answer, lines, every)
    yield from _decided(answer, every)
    yield from _proof(answer)


def _parts(there: Known, answer: Answer, lines: Lines, every: bool) -> Iterator[str]:
    """The order lines and returns, by amount, each with the versions that were seen of it."""
    parts = answer.parts
    if parts.is_empty():
        return
    moved = "before" in parts.columns
    word = "changed" if moved else "made of"
    kinds = parts.select(back=(pl.col("return_key") != 0)).to_series()
    sold, back = int((~kinds).sum()), int(kinds.sum())
    yield f"{word} {counted(sold, 'order line', 'order lines')}, {counted(back, 'return', 'returns')}"
    size = (pl.col("amount") - pl.col("before") if moved else pl.col("amount")).abs()
    ordered = parts.sort(size, descending=True, maintain_order=True)
    shown = ordered if every else ordered.head(FEW)
    keys = {"order_line": shown["order_line_key"], "return": shown["return_key"], "order": shown["touch_key"]}
    by_key: dict[tuple[str, int], list[Origin]] = {}
    for each in _origins_of(there, answer, lines, keys):
        by_key.setdefault((each.entity, each.key), []).append(each)
    for row in shown.iter_rows(named=True):
        amount = f"{_shown(row['before'])} -> {_shown(row['amount'])}" if moved else _shown(row["amount"])
        currency = row["currency"] or ""
        if row["return_key"]:
            yield f"  return {row['return_id']} on {row['date']}  {amount} {currency}".rstrip()
        else:
            units = f", {_shown(row['quantity'])} at {_shown(row['unit_price'])}" if row["quantity"] else ""
            status = f", {row['status']}" if row["status"] == "cancelled" else ""
            name = f"{row['order_line_id']} of order {row['order_id']}"
            yield f"  line {name} on {row['date']}{units}{status}  {amount} {currency}".rstrip()
        own = ("return", row["return_key"]) if row["return_key"] else ("order_line", row["order_line_key"])
        for origin in [*by_key.get(own, ()), *by_key.get(("order", row["touch_key"]), ())]:
            yield from _origin(origin, "    ")
    if shown.height < parts.height:
        rest = ordered.slice(shown.height)["amount"].sum()
        yield f"  {count(parts.height - shown.height)} more, together {_shown(rest)}; --all shows them"


def _members(there: Known, answer: Answer, lines: Lines, every: bool) -> Iterator[str]:
    """What the orders refer to, and the member that the row is about."""
    versions = answer.readings[-1].versions if answer.readings else {}
    others = {name: rows for name, rows in versions.items() if name not in _OF_ORDERS and not rows.is_empty()}
    numbers = [f"{name} {count(rows[f'{name}_key'].n_unique())}" for name, rows in others.items()]
    if numbers:
        yield f"members: {', '.join(numbers)}"
    for name, rows in others.items():
        key = rows[f"{name}_key"].unique(maintain_order=True)
        own = key.filter(key == answer.row.get(f"{name}_key", 0))
        if name == answer.counted:
            own = key.head(FEW)
        for origin in _origins_of(there, answer, lines, {name: key if every else own}):
            yield from _origin(origin, "  ")
        if name == answer.counted and not every and key.len() > FEW:
            yield f"  {count(key.len() - FEW)} more of {name}; --all shows them"


def _origins_of(there: Known, answer: Answer, lines: Lines, keys: dict[str, pl.Series]) -> list[Origin]:
    chosen = {
        name: answer.versions(name).filter(pl.col(f"{name}_key").is_in(of.implode()))
        for name, of in keys.items()
    }
    return list(origins(there, chosen, lines))


def _origin(origin: Origin, indent: str) -> Iterator[str]:
    if origin.row <= 0:
        said = f"a snapshot of {origin.source} no longer lists it"
        yield f"{indent}{origin.entity} {origin.id}, deleted: {said}, batch {origin.batch}"
        return
    word = "counts" if origin.counts and not origin.deleted else "deleted" if origin.deleted else "superseded"
    where = f"row {count(origin.row_in_file)} of {origin.address}, batch {origin.batch}"
    yield f"{indent}{origin.entity} {origin.id}, {word}: {where}, version {origin.version_at}"
    for profile, fields in groupby(origin.said, key=lambda said: said.profile.partition(":")[0]):
        several = list(fields)
        numbers = _ranges(sorted({int(said.profile.partition(":")[2] or 0) for said in several}))
        said = ", ".join(
            _stood(each.field, each.raw, each.value) for each in several if each.value is not None
        )
        yield f"{indent}  {said}" + (f"  [{profile}:{numbers}]" if profile else "")
    for each in origin.said:
        if each.reference:
            yield f"{indent}  {each.field} is {each.value} by {each.reference}"


def _ranges(numbers: Sequence[int]) -> str:
    """Whole numbers in order, those that follow one another as one: `46, 50-62`."""
    groups: list[list[int]] = []
    for number in numbers:
        if groups and number == groups[-1][-1] + 1:
            groups[-1].append(number)
        else:
            groups.append([number])
    return ", ".join(f"{group[0]}-{group[-1]}" if len(group) > 1 else str(group[0]) for group in groups)


def _stood(field: str, raw: dict[str, str | None], value: Any) -> str:
    if not raw:
        return f"{field}={value}"
    texts = [repr(text) if text is not None else "nothing" for text in raw.values()]
    return f"{field}={'+'.join(texts)}"


def _decided(answer: Answer, every: bool) -> Iterator[str]:
    for decision in answer.decisions:
        rows = f", {counted(decision.named().height, 'row', 'rows')}" if decision.rows else ""
        yield (
            f"decided {decision.at:%Y-%m-%d %H:%M} by {decision.by}: {decision.action} of {decision.source}"
            f" {', '.join(decision.about)}{rows}: {decision.reason}"
        )
    refused = answer.refused if every else answer.refused.head(FEW)
    for row in refused.iter_rows(named=True):
        became = "dropped" if row["dropped"] else "refused"
        at = f"row {count(row['row_in_file'])} of {row['address']}, batch {row['batch']}"
        yield f"{became}: {row['entity']} {row['id']}, {row['rule']} ({row['value']!r}): {at}"
    if refused.height < answer.refused.height:
        yield f"  {count(answer.refused.height - refused.height)} more refused; --all shows them"


def _proof(answer: Answer) -> Iterator[str]:
    yield "proof"
    read = sum(reading.read for reading in answer.readings)
    batches = sum(reading.batches for reading in answer.readings)
    versions = counted(read, "version", "versions")
    yield f"  {versions} of {counted(batches, 'batch', 'batches')} read again from raw"
    for reading in answer.readings:
        for reason, number in reading.taken.items():
            yield f"  {count(number)} as the log has them: {reason}"
    for note in answer.notes:
        yield f"  {note}"
    for line in answer.wrong[:FEW]:
        yield f"  {line}"
    if len(answer.wrong) > FEW:
        yield f"  {count(len(answer.wrong) - FEW)} more differences between log and raw"
    if answer.summed is not None:
        yield f"  the parts add up to {_shown(answer.summed)}"
    equal = "equal" if answer.proved else "NOT EQUAL"
    yield f"  gold says {_shown(answer.value)}; made anew it is {_shown(answer.derived)}: {equal}"


def _document(there: Known, answer: Answer, lines: Lines) -> dict[str, Any]:
    versions = {name: answer.versions(name) for reading in answer.readings for name in reading.versions}
    parts = answer.parts.select(pl.exclude("^.*:before$")) if answer.parts.width else answer.parts
    return {
        "table": answer.mart.name,
        "row": answer.row,
        "column": answer.column,
        "value": answer.value,
        "formula": way(answer.mart, answer.column).formula,
        "components": [asdict(each) for each in answer.components],
        "parts": parts.to_dicts(),
        "versions": [
            asdict(each) | {"row_in_file": each.row_in_file} for each in origins(there, versions, lines)
        ],
        "decisions": [each.model_dump(mode="json") for each in answer.decisions],
        "refused": answer.refused.to_dicts(),
        "proof": {
            "derived": answer.derived,
            "sum_of_parts": answer.summed,
            "read_again": sum(reading.read for reading in answer.readings),
            "as_in_log": [reading.taken for reading in answer.readings],
            "differences": answer.wrong,
            "notes": answer.notes,
            "equal": answer.proved,
        },
    }


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, date | datetime) else str(value)


def _shown(value: object) -> str:
    """A value for people: numbers with groups, decimals without zeros that say nothing."""
    match value:
        case None:
            return "nothing"
        case bool():
            return "yes" if value else "no"
        case int():
            return count(value)
        case Decimal():
            whole = value.quantize(Decimal("0.01"))
            return f"{whole if whole == value else value:,}"
        case float():
            return repr(value)
        case _:
            return str(value)
