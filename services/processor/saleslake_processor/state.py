"""The state on disk: immutable Parquet files, and a manifest that names those that hold."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import polars as pl

from saleslake.damage import readable
from saleslake.durable import remove, replace_text, replacing
from saleslake.lake import Lake
from saleslake_processor.derive import advance


@dataclass(frozen=True)
class State:
    """The caches of a lake and the log versions that they reflect."""

    versions: dict[str, int | None] = field(default_factory=dict)
    """Log version by entity."""
    files: dict[str, str] = field(default_factory=dict)
    """File, relative to the state's folder, by name of the frame."""

    def frames(self, lake: Lake) -> dict[str, pl.LazyFrame]:
        """The frames by name, read only where they are used."""
        return {name: pl.scan_parquet(lake.state / file) for name, file in self.files.items()}


def load(lake: Lake) -> State:
    """The state that the manifest names; an empty one where there is none, or its frames have other columns.

    Raises `DamagedError` where the manifest is not one.
    """
    state, layout = _stored(lake)
    # The state is a cache: where a part is lost, or older code made it, it is made anew from the log.
    whole = all((lake.state / file).exists() for file in state.files.values())
    return state if whole and layout == _layout() else State()


def save(
    lake: Lake, old: State, changes: Mapping[str, pl.DataFrame], versions: dict[str, int | None]
) -> State:
    """Write the changed frames beside the old ones, then let the manifest name them; an empty frame goes."""
    files = dict(old.files)
    for name, frame in changes.items():
        files.pop(name, None)
        if not frame.is_empty():
            files[name] = f"{name}-{uuid4().hex[:12]}.parquet"
            with replacing(lake.state / files[name]) as aside:
                frame.write_parquet(aside, compression="zstd", compression_level=1)
    state = State(versions, files)
    document = {"layout": _layout(), "versions": state.versions, "files": state.files}
    replace_text(lake.state_manifest, json.dumps(document, indent=1, sort_keys=True))
    for file in list(unnamed(lake)):
        remove(file)
    return state


def unnamed(lake: Lake) -> Iterator[Path]:
    """Files that the manifest does not name, those of a killed run among them."""
    state, _ = _stored(lake)
    named = {lake.state_manifest, *(lake.state / file for file in state.files.values())}
    for file in sorted(lake.state.rglob("[!.]*")):
        if file.is_file() and file not in named:
            yield file


def _stored(lake: Lake) -> tuple[State, str | None]:
    """What the manifest says, and the stamp of the columns of its frames."""
    if not lake.state_manifest.exists():
        return State(), None
    with readable(lake.state_manifest, "a manifest"):
        manifest = json.loads(lake.state_manifest.read_text(encoding="utf-8"))
        return State(dict(manifest["versions"]), dict(manifest["files"])), manifest.get("layout")


def _layout() -> str:
    """Stamp of the columns that frames have when this code makes them."""
    return hashlib.sha256(repr(advance.columns()).encode()).hexdigest()[:16]
