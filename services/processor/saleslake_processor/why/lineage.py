"""What a table of gold is made of: other tables, frames of the state, entities, raw tables of sources."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import dataframely as dy

from saleslake.profiles import Source
from saleslake.profiles.lines import Path, line_of
from saleslake_processor.contracts.entities import ENTITIES
from saleslake_processor.derive.touched import DIMENSIONS, TERMS
from saleslake_processor.learnt.studies import STUDIES
from saleslake_processor.marts.graph import MARTS
from saleslake_processor.marts.mart import STATE

_TABLES = {mart.name: mart for mart in MARTS}

_TAKEN = dict.fromkeys(f"current/{name}" for entities, _ in TERMS.values() for name in entities)

_FACTS = ("log/order_line", "log/order", "log/return", *_TAKEN, "current/exchange_rate")

_REFERRING = [name for name, of in ENTITIES.items() if set(DIMENSIONS) & {*of.references.values()}]

_LEARNT = "learnt by `saleslake learn`, kept in lake/models"

_RECORDS = {
    "ledger": "what became of the rows of each batch",
    "refused": "the quarantine: rows that were refused",
    "runs": "what each run came to, as it was told then",
    "publication": "number and instant of the snapshot, and settings",
    "reference": "lines of reference files",
    "targets": "lines of reference/targets.csv",
    "waiting": "rows without a business date or an exchange rate",
    "references": "members that rows refer to",
    "places_at_sale": "places where customers were when they bought, as lines keep them",
}


@dataclass(frozen=True)
class Node:
    """One thing, and what it is made of."""

    name: str
    kind: str
    says: str
    made_of: tuple["Node", ...] = ()


def lineage(table: str, sources: Iterable[Source], lines: Mapping[str, Mapping[Path, int]]) -> Node:
    """The tree below a gold table, down to the raw tables that the sources map, with the line of the profile
    that does (`lines`, by source, as `lines_of` gives them)."""
    feeding = dict(_feeding(sources, lines))
    mart = _TABLES[table]
    return Node(table, f"gold, {mart.kind}", _first_line(mart.contract), _nodes(mart.inputs, feeding))


def _nodes(names: Iterable[str], feeding: Mapping[str, tuple[Node, ...]]) -> tuple[Node, ...]:
    return tuple(_node(name, feeding) for name in names)


def _node(name: str, feeding: Mapping[str, tuple[Node, ...]]) -> Node:
    kind, _, entity = name.partition("/")
    match kind:
        case "log":
            return Node(name, "log", _first_line(ENTITIES[entity].contract), feeding.get(entity, ()))
        case "current":
            return Node(name, "state", "rows that are there now", _nodes([f"log/{entity}"], feeding))
        case "sums":
            return Node(name, "state", "partial sums", _nodes(["fact_sales", "fact_returns"], feeding))
        case "fact_sales" | "fact_returns":
            return Node(name, "state", "derived order by order", _nodes(_FACTS, feeding))
        case "learnt":
            return Node(name, "learnt", _LEARNT, _nodes(_learnt_of(entity), feeding))
        case "references":
            return Node(
                name, "state", _RECORDS[name], _nodes((f"log/{each}" for each in _REFERRING), feeding)
            )
        case "waiting":
            return Node(name, "state", _RECORDS[name], _nodes(_FACTS, feeding))
    if name in STATE:
        return Node(name, "record", _RECORDS[name])
    mart = _TABLES[name]
    return Node(name, f"gold, {mart.kind}", _first_line(mart.contract), _nodes(mart.inputs, feeding))


def _learnt_of(frame: str) -> Iterator[str]:
    """What the study that makes a frame is made of."""
    for study in STUDIES:
        if frame in study.makes:
            yield from (name for name in study.inputs if name in STATE)


def _feeding(
    sources: Iterable[Source], lines: Mapping[str, Mapping[Path, int]]
) -> Iterator[tuple[str, tuple[Node, ...]]]:
    """The raw tables that feed each entity."""
    sources = list(sources)
    for entity in ENTITIES:
        yield (
            entity,
            tuple(
                Node(
                    f"raw/{source.name}/{mapping.from_}",
                    "raw",
                    f"of {source.company}, by {source.name}.toml:"
                    f"{line_of(lines.get(source.name, {}), ('entities', entity, number))}",
                )
                for source in sources
                for number, mapping in enumerate(source.entities.get(entity, ()))
            ),
        )


def _first_line(contract: type[dy.Schema]) -> str:
    return (contract.__doc__ or "").strip().split("\n", 1)[0]
