"""What a command needs of the lake before it begins: manifests that can be read, gold that is whole."""

from saleslake.lake import Lake
from saleslake_flows.exits import FailedError
from saleslake_processor import gold_files, state
from saleslake_processor.gold_files import Manifest


def manifests(lake: Lake) -> None:
    """Raise `DamagedError` where a manifest cannot be read, before anything is done by it."""
    gold_files.load(lake)
    state.load(lake)


def published(lake: Lake) -> Manifest:
    """The current snapshot; raises `FailedError` where there is none, or not all of its files."""
    manifests(lake)
    manifest = gold_files.load(lake)
    if manifest is None:
        raise FailedError(f"{lake.gold_manifest}: nothing is published; `saleslake process` does it")
    for table in manifest.tables.values():
        for file in table.files:
            if not (lake.gold / file.path).is_file():
                raise FailedError(f"{lake.gold / file.path}: the manifest names it, and it is missing")
    return manifest
