"""Whatever changes the lake is a step of `saleslake.durable`: written aside in `replacing`, or in `step`.

That nothing changes between two steps, by code that is not Python either,
`tests/integration/processor/test_killed_at_each_step.py` sees by running.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = ("shared", "services/scraper", "services/processor", "services/gold", "flows")

EXCEPT = {
    ("processor", "gold_files.py", "write_table"): "writes into memory",
    ("processor", "apply.py", "replace"): "of Polars",
    ("processor", "ingest.py", "replace"): "of Polars",
    ("processor", "lock.py", "open"): "an empty file to be locked",
    ("processor", "scratch.py", "copytree"): "called in a step",
    ("processor", "scratch.py", "link"): "called in a step",
    ("processor", "scratch.py", "copy2"): "called in a step",
    ("flows", "formats.py", "write_csv"): "makes text",
    ("flows", "formats.py", "write_table"): "writes into memory",
    ("flows", "room.py", "TemporaryFile"): "has no name, and tells whether one can write at all",
    ("flows", "preview.py", "TemporaryDirectory"): "not in the lake",
    ("flows", "crawl.py", "TemporaryDirectory"): "not in the lake",
}
"""Calls by package, module and name, each with its reason. A folder is made freely: nothing is in it."""

# Asked of Polars itself, so that a writer that it gains is seen, too.
FRAMES = {name for place in (pl, pl.DataFrame, pl.LazyFrame) for name in dir(place)}
WRITERS = {
    *(name for name in FRAMES if name.startswith(("write_", "sink_"))),
    *("write_text", "write_bytes", "touch", "unlink", "rmdir", "hardlink_to", "symlink_to"),
    *("write_deltalake", "write_table", "write_dataset", "ParquetWriter"),
    *("vacuum", "compact", "z_order", "create_checkpoint", "cleanup_metadata", "restore"),
    *("rmtree", "copytree", "copy2", "copyfile", "copyfileobj", "move"),
    *("mkdtemp", "mkstemp", "TemporaryFile", "NamedTemporaryFile", "TemporaryDirectory"),
}
OF_OS = {"remove", "removedirs", "rename", "renames", "replace", "link", "symlink", "write", "truncate"}
WRITING = ("w", "a", "x", "+", "O_WRONLY", "O_RDWR", "O_CREAT")


def changes(source: str) -> Iterator[tuple[int, str]]:
    """Line and name of each call that writes, renames, links or removes, and is no step."""
    yield from _changes(ast.parse(source), frozenset())


def _changes(node: ast.AST, aside: frozenset[str]) -> Iterator[tuple[int, str]]:
    if isinstance(node, ast.With):
        for item in node.items:
            match item:
                case ast.withitem(ast.Call(ast.Name("step"))):
                    return
                case ast.withitem(ast.Call(ast.Name("replacing")), ast.Name(name)):
                    aside |= {name}
    if isinstance(node, ast.Call) and (changing := _changing(node)):
        touched = [node.args[0] if node.args else None]
        touched += [node.func.value] if isinstance(node.func, ast.Attribute) else []
        if not any(isinstance(each, ast.Name) and each.id in aside for each in touched):
            yield node.lineno, changing
    for child in ast.iter_child_nodes(node):
        yield from _changes(child, aside)


def _changing(call: ast.Call) -> str | None:
    match call.func:
        case ast.Name(name) | ast.Attribute(attr=name) if name in WRITERS:
            return name
        case ast.Attribute(ast.Name("os"), name) if name in OF_OS:
            return name
        case ast.Name("open" as name) | ast.Attribute(attr="open" as name):
            said = [ast.unparse(each) for each in (*call.args, *(word.value for word in call.keywords))]
            of_os = isinstance(call.func, ast.Attribute) and ast.unparse(call.func.value) == "os"
            modes = said[1:] if of_os or isinstance(call.func, ast.Name) else said
            return name if any(sign in mode for mode in modes for sign in WRITING) else None
        # Text, instants and frames have these, too; a path has them with one other path alone.
        case ast.Attribute(attr="replace" | "rename" as name) if len(call.args) == 1 and not call.keywords:
            given = call.args[0]
            mapping = isinstance(given, ast.Dict | ast.DictComp) or ast.unparse(given).startswith("dict(")
            return None if mapping else name
    return None


def test_nothing_but_steps_changes_the_lake():
    found = {
        (room.rpartition("/")[2], module.name, name): f"{module.relative_to(ROOT)}:{line} calls {name}()"
        for room in PRODUCT
        for module in sorted((ROOT / room).rglob("*.py"))
        if module.name != "durable.py"
        for line, name in changes(module.read_text())
    }
    assert {at: text for at, text in found.items() if at not in EXCEPT} == {}
    assert EXCEPT.keys() <= found.keys(), "an exception that nobody needs"


@pytest.mark.parametrize(
    "source",
    [
        "path.write_text('')",
        "frame.write_parquet(path)",
        "frame.lazy().sink_parquet(path)",
        "open(path, 'w')",
        "path.open(mode='ab')",
        "os.open(path, os.O_RDWR)",
        "path.replace(other)",
        "path.rename(other)",
        "os.remove(path)",
        "shutil.rmtree(folder)",
        "write_deltalake(table, rows)",
        "table.vacuum()",
        "with replacing(path) as aside:\n    frame.write_parquet(path)",
        "with replacing(path) as aside:\n    pass\naside.unlink()",
        "with step_of('write', path):\n    path.unlink()",
    ],
)
def test_a_change_is_seen(source: str):
    assert list(changes(source))


@pytest.mark.parametrize(
    "source",
    [
        "with replacing(path) as aside:\n    frame.write_parquet(aside, compression='zstd')",
        "with replacing(path) as aside:\n    aside.write_bytes(body)",
        "with step('append', path):\n    write_deltalake(path, rows)",
        "remove(path)",
        "text.replace('a', 'b')",
        "moment.replace(tzinfo=UTC)",
        "frame.rename({'a': 'b'})",
        "os.open(path, os.O_RDONLY)",
        "open(path)",
        "path.open('rb')",
    ],
)
def test_a_step_or_a_reading_is_left_alone(source: str):
    assert not list(changes(source))
