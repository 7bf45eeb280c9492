"""Files of the lake itself that are broken or missing, by name; no killed run leaves one."""

from pathlib import Path

from pydantic import ValidationError

from saleslake.lake import Lake
from saleslake.raw import batch_ids, read_commit
from saleslake_flows.exits import FailedError
from saleslake_processor import gold_files, state
from saleslake_processor.gold_files import Manifest


def manifests(lake: Lake) -> None:
    """Raise `FailedError` where a manifest cannot be read."""
    for manifest, read in ((lake.gold_manifest, gold_files.load), (lake.state_manifest, state.load)):
        try:
            read(lake)
        except (ValueError, LookupError, TypeError) as error:
            raise FailedError(f"{manifest}: not a manifest ({type(error).__name__})") from error


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


def broken_commit(lake: Lake) -> Path | None:
    """The first commit of a raw batch that cannot be read."""
    for batch, source in batch_ids(lake):
        try:
            read_commit(lake, source, batch)
        except ValidationError:
            return lake.raw_commit(source, batch)
    return None
