"""All of gold in one document, made of the contracts; run as a module this prints it (`make dictionary`)."""

import inspect
import re
from collections.abc import Iterator

from saleslake_processor.marts.graph import MARTS
from saleslake_processor.marts.mart import Mart
from saleslake_processor.why.lineage import Node, lineage
from saleslake_processor.why.meaning import Meaning, meanings

_TITLE = """# Data dictionary
Every table of gold and every column: what it means, its type and unit, what it may hold, and how it is
worked out. Made of the contracts that each publication is checked against, by `make dictionary`; a test
holds this file to them. `saleslake explain` says the same for one table or column, `saleslake why` where one
value comes from.

- A name in **bold** is part of the key: no two rows have all of these alike.
- "May be empty": the cell is null where the value is not known, or does not make sense.
- A table is made of other tables and of the state: `current/...` are the rows of an entity that are there
  now, `sums/...` order lines and returns added up.
- Money is `decimal(18,4)`, exact, without tax, and in the company's currency unless it is called original.
  Ratios are doubles.
"""

_TABLES = {mart.name for mart in MARTS}

_HEAD = ("column", "type", "unit", "may be empty", "range", "meaning", "formula")


def dictionary() -> str:
    """The document, in Markdown: a table of contents, then a section a table in the order of `MARTS`."""
    return "\n".join([_TITLE, *_contents(), *(line for mart in MARTS for line in _section(mart))])


def _contents() -> Iterator[str]:
    yield _row("table", "what it holds")
    yield _row("---", "---")
    for mart in MARTS:
        yield _row(f"[{mart.name}](#{mart.name})", _said(mart).split(".", 1)[0])
    yield ""


def _section(mart: Mart) -> Iterator[str]:
    columns = meanings(mart)
    yield f"## {mart.name}"
    yield _marked(_said(mart))
    yield ""
    yield f"Key: {', '.join(f'`{each.name}`' for each in columns if each.is_key)}. Made of: {_made_of(mart)}."
    if rules := dict.fromkeys(rule for each in columns for rule in each.rules):
        yield ""
        yield f"True of every row: {'; '.join(rule.replace('_', ' ') for rule in rules)}."
    yield ""
    yield _row(*_HEAD)
    yield _row(*("---" for _ in _HEAD))
    yield from (_column(each) for each in columns)
    yield ""


def _column(column: Meaning) -> str:
    name = f"**`{column.name}`**" if column.is_key else f"`{column.name}`"
    empty = "yes" if column.nullable else ""
    said = _marked(column.says), _marked(column.formula)
    return _row(name, column.type, column.unit, empty, column.range, *said)


def _said(mart: Mart) -> str:
    return " ".join(inspect.cleandoc(mart.contract.__doc__ or "").split())


def _made_of(mart: Mart) -> str:
    return ", ".join(_input(each, mart) for each in lineage(mart.name, [], {}).made_of)


def _input(node: Node, mart: Mart) -> str:
    if node.name in _TABLES and node.name != mart.name:
        return f"[{node.name}](#{node.name})"
    return (
        f"`{node.name}` ({node.says})"
        if node.kind == "record" or node.name == mart.name
        else f"`{node.name}`"
    )


def _marked(text: str) -> str:
    """The text in Markdown: the document that it names as a link, and nothing of it taken for a tag."""
    linked = text.replace("docs/figures.md", "[figures](figures.md)")
    return re.sub(r"(`[^`]*`)|<", lambda found: found[1] or "&lt;", linked)


def _row(*cells: str) -> str:
    escaped = (cell.replace("|", r"\|") for cell in cells)
    return f"| {' | '.join(escaped)} |"


if __name__ == "__main__":
    print(dictionary(), end="")
