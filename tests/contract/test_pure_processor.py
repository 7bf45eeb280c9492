"""Transforms are pure: in the processor only the modules named here read, write, or ask what time it is."""

import ast
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

PROCESSOR = Path(__file__).resolve().parents[2] / "services" / "processor" / "saleslake_processor"

IO_MODULES = {
    "decisions.py",
    "folder.py",
    "gold_files.py",
    "learn.py",
    "lake_log.py",
    "lock.py",
    "process.py",
    "quarantine.py",
    "state.py",
}

CLOCK = {"now", "utcnow", "today"}
# Asked of Polars itself, so that a reader that it gains is forbidden too, and our own `read_...` is not.
FRAMES = {
    name
    for place in (pl, pl.DataFrame, pl.LazyFrame)
    for name in dir(place)
    if name.startswith(("read_", "scan_", "write_", "sink_"))
}
FILES = {"open", "read_bytes", "read_text", "write_bytes", "write_text"}
OTHER_LIBRARIES = {
    "DeltaTable",
    "ParquetFile",
    "ParquetWriter",
    "read_table",
    "write_deltalake",
    "write_table",
}
FORBIDDEN = CLOCK | FRAMES | FILES | OTHER_LIBRARIES


def impure_calls(source: str) -> Iterator[tuple[int, str]]:
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        match node.func:
            case ast.Name(id=name) | ast.Attribute(attr=name) if name in FORBIDDEN:
                yield node.lineno, name


def test_only_the_named_modules_touch_files_and_clock():
    found = [
        f"{module.relative_to(PROCESSOR)}:{line} calls {name}()"
        for module in sorted(PROCESSOR.rglob("*.py"))
        if module.name not in IO_MODULES
        for line, name in impure_calls(module.read_text())
    ]
    assert found == []


@pytest.mark.parametrize(
    "source",
    [
        "pl.read_parquet(path)",
        "pl.scan_csv(path).collect()",
        "frame.write_parquet(path)",
        "frame.lazy().sink_delta(path)",
        "from polars import read_csv\nread_csv(path)",
        "datetime.now(UTC)",
        "dt.date.today()",
        "open(path)",
        "path.open()",
        "path.read_text()",
        "DeltaTable(path)",
    ],
)
def test_an_impure_call_is_seen(source):
    assert list(impure_calls(source))


@pytest.mark.parametrize("source", ["frame.with_columns(pl.lit(1))", "read_batches(lake)", "now = as_of"])
def test_a_pure_call_is_left_alone(source):
    assert not list(impure_calls(source))
