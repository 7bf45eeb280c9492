"""Lessons on disk: immutable files in `lake/models`, and a manifest that names those that hold."""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path

import polars as pl
from pydantic import AwareDatetime, BaseModel

from saleslake.damage import readable
from saleslake.durable import remove, replace_text, replacing
from saleslake.lake import Lake
from saleslake_processor.gold_files import parquet
from saleslake_processor.learnt.frames import FRAMES, whole
from saleslake_processor.learnt.study import Lessons


class Learnt(BaseModel):
    """What a study made last."""

    at: AwareDatetime
    made_of: str
    """Stamp of its inputs."""
    frames: dict[str, str]
    """File by frame, relative to the folder of models."""
    documents: dict[str, str]
    """File by document."""

    def lessons(self, lake: Lake) -> Lessons:
        """What it made, read back."""
        return Lessons(
            {name: pl.read_parquet(lake.models / file) for name, file in self.frames.items()},
            {name: (lake.models / file).read_text(encoding="utf-8") for name, file in self.documents.items()},
        )


class Models(BaseModel):
    """What all studies made last, by study."""

    studies: dict[str, Learnt] = {}

    def frames(self, lake: Lake) -> dict[str, pl.LazyFrame]:
        """The frames by name, read only where they are used."""
        files = {name: file for each in self.studies.values() for name, file in each.frames.items()}
        return {name: pl.scan_parquet(lake.models / file) for name, file in files.items()}

    def said(self, lake: Lake) -> dict[str, pl.LazyFrame]:
        """The frames by the name that gold tables know them by; empty ones of what was not learnt."""
        return whole(self.frames(lake))

    def stamps(self) -> dict[str, str]:
        """What tells one version of a frame from another, by frame."""
        return {name: file for each in self.studies.values() for name, file in each.frames.items()}

    def stamp(self) -> str:
        """What tells one version of all frames from another; "" before anything was learnt."""
        said = sorted(self.stamps().items())
        return hashlib.sha256(repr(said).encode()).hexdigest()[:16] if said else ""


def load(lake: Lake) -> Models:
    """What was learnt last; a study of which a file is lost, or was made with other columns, was not.

    Raises `DamagedError` where the manifest is not one.
    """
    return Models(studies={name: each for name, each in _stored(lake).studies.items() if _whole(lake, each)})


def save(lake: Lake, models: Models, study: str, lessons: Lessons, made_of: str, at: datetime) -> Models:
    """Write what a study made beside what it made before, then let the manifest name it.

    The caller holds the lake's lock.
    """
    frames, documents = {}, {}
    for name, frame in lessons.frames.items():
        # An empty one is as one that was not learnt, and publishes nothing.
        if not frame.is_empty():
            frames[name] = _written(lake, name, frame)
    for name, text in lessons.documents.items():
        # By its content: a champion that stays is the same file.
        documents[name] = f"{name}-{hashlib.sha256(text.encode()).hexdigest()[:12]}.txt"
        if not (lake.models / documents[name]).exists():
            replace_text(lake.models / documents[name], text)
    learnt = Learnt(at=at, made_of=made_of, frames=frames, documents=documents)
    models = Models(studies={**models.studies, study: learnt})
    replace_text(lake.models_manifest, models.model_dump_json(indent=1))
    for file in list(unnamed(lake)):
        remove(file)
    return models


def _written(lake: Lake, name: str, frame: pl.DataFrame) -> str:
    """Write a frame under a name by its content, so that the same again is no other version; its name."""
    content = parquet(frame)
    file = f"{name}-{hashlib.sha256(content).hexdigest()[:12]}.parquet"
    if not (lake.models / file).exists():
        with replacing(lake.models / file) as aside:
            aside.write_bytes(content)
    return file


def unnamed(lake: Lake) -> Iterator[Path]:
    """Files that the manifest does not name, those of a killed run among them."""
    named = {lake.models_manifest}
    for each in _stored(lake).studies.values():
        named |= {lake.models / file for file in (*each.frames.values(), *each.documents.values())}
    for file in sorted(lake.models.rglob("[!.]*")):
        if file.is_file() and file not in named:
            yield file


def _stored(lake: Lake) -> Models:
    if not lake.models_manifest.exists():
        return Models()
    with readable(lake.models_manifest, "a manifest"):
        return Models.model_validate_json(lake.models_manifest.read_bytes())


def _whole(lake: Lake, learnt: Learnt) -> bool:
    files: Mapping[str, str] = {**learnt.frames, **learnt.documents}
    return all((lake.models / file).exists() for file in files.values()) and all(
        name in FRAMES and pl.read_parquet_schema(lake.models / file) == FRAMES[name]
        for name, file in learnt.frames.items()
    )
