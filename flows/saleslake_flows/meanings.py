"""What gold means, and what it is made of, told in lines; no lake is asked."""

from collections.abc import Iterator
from pathlib import Path

from saleslake.profiles import ProfileError
from saleslake.profiles.lines import lines_of
from saleslake_flows.choose import usable
from saleslake_flows.exits import WrongUseError
from saleslake_flows.screen import Screen
from saleslake_processor.marts.graph import MARTS
from saleslake_processor.marts.mart import Mart
from saleslake_processor.why.lineage import Node, lineage
from saleslake_processor.why.meaning import Meaning, meanings
from saleslake_processor.why.nearby import nearby


def table_of(name: str) -> Mart:
    """A gold table; raises `WrongUseError` where there is none of the name."""
    tables = {mart.name: mart for mart in MARTS}
    if name not in tables:
        raise WrongUseError(f"no table {name!r}{nearby(name, tables)}; there are: {', '.join(tables)}")
    return tables[name]


def column_of(mart: Mart, name: str) -> str:
    """A column of the table; raises `WrongUseError` where it has none of the name."""
    if name not in mart.columns:
        there = ", ".join(mart.columns)
        raise WrongUseError(
            f"{mart.name} has no column {name!r}{nearby(name, mart.columns)}; there are: {there}"
        )
    return name


def explained(screen: Screen, name: str) -> None:
    """Tell what a table, or `table.column`, means."""
    table, dot, column = name.partition(".")
    mart = table_of(table)
    columns = {each.name: each for each in meanings(mart)}
    if dot:
        for line in _column(mart, columns[column_of(mart, column)]):
            screen.say(line)
        return
    screen.say((mart.contract.__doc__ or "").strip().replace("\n    ", "\n"))
    screen.say()
    rows = [(each.name, "key" if each.is_key else "", each.type, each.says) for each in columns.values()]
    screen.table(("column", "", "type", "meaning"), rows)


def lineage_told(screen: Screen, sources: Path, table: str) -> None:
    """Tell the tree of what a table is made of; what was told above is not told again."""
    mart = table_of(table)
    try:
        profiles, faults = usable(sources)
    except ProfileError as error:
        profiles, faults = [], list(error.faults)
    lines = {each.name: lines_of((sources / f"{each.name}.toml").read_text("utf-8")) for each in profiles}
    for line in _tree(lineage(mart.name, profiles, lines), set()):
        screen.say(line)
    for fault in faults:
        screen.note(f"left out: {fault}")


def _column(mart: Mart, column: Meaning) -> Iterator[str]:
    yield f"{mart.name}.{column.name}"
    told = {
        "meaning": column.says,
        "formula": column.formula,
        "unit": column.unit,
        "type": column.type,
        "range": column.range,
        "empty": "where it is not known" if column.nullable else "never",
        "key": "of the table's rows" if column.is_key else "",
        "held to": ", ".join(rule.replace("_", " ") for rule in column.rules),
    }
    for word, said in told.items():
        if said:
            yield f"  {word:<9}{said}"


def _tree(node: Node, told: set[str], stem: str = "", branch: str = "") -> Iterator[str]:
    again = node.name in told and bool(node.made_of)
    says = "as above" if again else f"{node.kind}: {node.says}"
    yield f"{stem}{branch}{node.name}  ({says})"
    if again:
        return
    told.add(node.name)
    below = stem + {"": "", "├─ ": "│  ", "└─ ": "   "}[branch]
    for number, child in enumerate(node.made_of, 1):
        yield from _tree(child, told, below, "└─ " if number == len(node.made_of) else "├─ ")
