"""Learning: what is due is studied beside the lake, which others may write to meanwhile, then published."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import polars as pl

from saleslake import clock
from saleslake.lake import Lake
from saleslake.settings import Settings
from saleslake_processor import gold_files, ledger, made_of, publish
from saleslake_processor import state as states
from saleslake_processor.gold_files import Manifest
from saleslake_processor.learnt import state as models
from saleslake_processor.learnt.forecasts.days import CLOSED_DAYS, closed_days
from saleslake_processor.learnt.frames import PREFIX
from saleslake_processor.learnt.studies import STUDIES
from saleslake_processor.learnt.study import Lessons, Study
from saleslake_processor.lock import writing
from saleslake_processor.marts.graph import MARTS
from saleslake_processor.marts.mart import STATE
from saleslake_processor.process import bring_forward
from saleslake_processor.publish import ContractBrokenError

Progress = Callable[[str], None]


@dataclass
class Learning:
    """What `learn` did."""

    studies: list[str]
    """Names of the studies that were due, and were done and kept."""
    failed: dict[str, Exception]
    """What went wrong in those that were not, by name: what they made before holds."""
    manifest: Manifest | None
    """The current snapshot, whether new or not."""


def learn(
    lake: Lake, settings: Settings, progress: Progress = lambda _: None, *, force: bool = False
) -> Learning:
    """Do each study whose inputs have changed since it was done last, and publish what it made.

    One that was done less than `Settings.learn_every_hours` ago waits, unless forced. One that fails, or
    makes what gold does not take, stops no other. Raises `LakeBusyError` where another process writes when
    the inputs are read, or what was learnt is to be kept.
    """
    now, done = clock.now(), Learning([], {}, None)
    with writing(lake):
        before = models.load(lake)
        closed = _closed_days(lake)
        due = _due(lake, settings, before, closed, now, force)
        inputs = _inputs(lake, [study for study, _ in due], closed)
        # Now: another learning may end meanwhile, and then their files go.
        last = {name: each.lessons(lake) for name, each in before.studies.items()}
    for study, stamp in due:
        progress(f"study {study.name}")
        given = {name: inputs[name] for name in study.inputs}
        try:
            lessons = study.learn(given, last.get(study.name, Lessons()), _teller(study, progress))
        except Exception as error:
            _failed(done, study, error, progress)
            continue
        with writing(lake):
            found = models.load(lake)
            if found.studies.get(study.name) != before.studies.get(study.name):
                progress(f"study {study.name}: another learning was faster, this one is dropped")
                continue
            try:
                _hold(lake, found, lessons)
            except ContractBrokenError as error:
                _failed(done, study, error, progress)
                continue
            models.save(lake, found, study.name, lessons, stamp, now)
            done.studies.append(study.name)
    with writing(lake):
        done.manifest = bring_forward(lake, settings, progress) or gold_files.load(lake)
    return done


def _teller(study: Study, progress: Progress) -> Progress:
    return lambda said: progress(f"study {study.name}: {said}")


def _failed(done: Learning, study: Study, error: Exception, progress: Progress) -> None:
    done.failed[study.name] = error
    # Its kind alone: this goes to logs of runs, and its words may quote a row.
    progress(f"study {study.name} failed: {type(error).__name__}")


def _hold(lake: Lake, before: models.Models, lessons: Lessons) -> None:
    """Raise `ContractBrokenError` where a gold table that is made of these lessons would break its contract:
    once they are kept, it would keep all others from being published."""
    manifest = gold_files.load(lake)
    made = {f"{PREFIX}{name}" for name in lessons.frames}
    frames = {
        **({name: gold_files.read(lake, manifest, name) for name in manifest.tables} if manifest else {}),
        **publish.of_state(states.load(lake).frames(lake)),
        "ledger": ledger.entries(lake),
        **before.said(lake),
        **{f"{PREFIX}{name}": frame.lazy() for name, frame in lessons.frames.items()},
    }
    for mart in MARTS:
        if made & set(mart.inputs) and frames.keys() >= set(mart.inputs):
            publish.held(mart, mart.build(frames))


def _due(
    lake: Lake,
    settings: Settings,
    before: models.Models,
    closed: pl.DataFrame,
    now: datetime,
    force: bool,
) -> list[tuple[Study, str]]:
    """Studies that are to be done, each with the stamp of its inputs; none before anything was taken in."""
    if not states.load(lake).versions:
        return []
    stamps = made_of.of_state(states.load(lake), settings, "", STATE)
    stamps[CLOSED_DAYS] = repr(closed.rows())
    code, found = gold_files.code(), []
    for study in STUDIES:
        said = [code, *(f"{name} {stamps[name]}" for name in study.inputs)]
        stamp = hashlib.sha256("\n".join(said).encode()).hexdigest()[:16]
        last = before.studies.get(study.name)
        waits = last is not None and now - last.at < timedelta(hours=settings.learn_every_hours)
        if last is None or (last.made_of != stamp and (force or not waits)):
            found.append((study, stamp))
    return found


def _inputs(lake: Lake, studies: list[Study], closed: pl.DataFrame) -> Mapping[str, pl.DataFrame]:
    # Collected: while it is studied, the state moves on, and its files go.
    stored = {**publish.of_state(states.load(lake).frames(lake)), CLOSED_DAYS: closed.lazy()}
    return {name: stored[name].collect() for name in {name for study in studies for name in study.inputs}}


def _closed_days(lake: Lake) -> pl.DataFrame:
    """What of the ledger studies may know: a batch that moves no company's last closed day makes nothing
    due."""
    stored = publish.of_state(states.load(lake).frames(lake))
    return closed_days({**stored, "ledger": ledger.entries(lake)}).collect()
