"""Two lakes that should hold the same: log, ledger, state, gold, quarantine and decisions, value by value."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import polars as pl
from polars.testing import assert_frame_equal

from saleslake.lake import Lake
from saleslake_processor import decisions, gold_files, ledger, log_view, quarantine, state
from saleslake_processor.marts.graph import MARTS
from tests.integration.processor.killed import Stamp, stamps

OF_THE_CLOCK = ("published_on", "published_at", "recorded_on", "recorded_at")
NUMBER = "run"
"""Numbers of runs that were killed are left out."""


def assert_equal(left: Lake, right: Lake) -> None:
    """All that counts is equal but what the clock says; gold is whole, and so are its stable names."""
    if _stamps(left) == _stamps(right):
        return
    there = [dict(_tables(lake)) for lake in (left, right)]
    assert there[0].keys() == there[1].keys()
    for name, rows in there[0].items():
        # Said with the name: which of sixty tables differs is the first thing that one wants to know.
        try:
            assert_frame_equal(rows.collect(), there[1][name].collect(), check_row_order=False)
        except AssertionError as error:
            raise AssertionError(f"{name}: {error}") from error
    made = [[each.model_dump() for each in decisions.load(lake).made] for lake in (left, right)]
    assert made[0] == made[1]
    gold_is_whole(left)
    assert _names(left) == _names(right)


def gold_is_whole(lake: Lake) -> None:
    """Files of the snapshot are what was published, and bear their stable names."""
    manifest = gold_files.load(lake)
    assert manifest is not None
    assert gold_files.altered(lake, manifest) == []
    for name, table in manifest.tables.items():
        for file in table.files:
            path = lake.gold_latest / (f"{name}/{file.part}.parquet" if file.part else f"{name}.parquet")
            assert path.read_bytes() == (lake.gold / file.path).read_bytes()


def files_by_folder(lake: Lake) -> Counter[str]:
    """How many files each folder has; the log of runs keeps what killed runs entered."""
    files = (file.relative_to(lake.root) for file in lake.root.rglob("*") if file.is_file())
    return Counter(str(file.parent) for file in files if file.parts[:2] != ("log", "runs"))


def _tables(lake: Lake) -> Iterator[tuple[str, pl.LazyFrame]]:
    for name, rows in log_view.scan_all(lake).items():
        yield f"log {name}", rows
    yield "ledger", ledger.entries(lake)
    yield "quarantine", quarantine.scan(lake)
    for name, rows in state.load(lake).frames(lake).items():
        yield f"state {name}", rows
    manifest = gold_files.load(lake)
    assert manifest is not None
    for mart in MARTS:
        rows = gold_files.read(lake, manifest, mart.name).drop(*OF_THE_CLOCK, strict=False)
        if NUMBER in mart.columns:
            rows = rows.with_columns(pl.col(NUMBER).rank("dense"))
        yield mart.name, rows


def _stamps(lake: Lake) -> dict[str, Stamp]:
    """By which files that are one and the same need not be read."""
    beside = f"{lake.root}/.scratch-"
    found = {path: stamp for path, stamp in stamps(lake).items() if not path.startswith(beside)}
    return {path.removeprefix(str(lake.root)): stamp for path, stamp in found.items()}


def _names(lake: Lake) -> set[Path]:
    return {path.relative_to(lake.gold_latest) for path in lake.gold_latest.rglob("*.parquet")}
