"""What lies in a lake and counts for nothing: left by runs that were killed, or by what is no longer kept."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from saleslake.abandoned import abandoned
from saleslake.durable import left_aside, remove, remove_folder
from saleslake.lake import Lake
from saleslake.raw import batch_id, batch_ids
from saleslake_processor import gold_files, lake_log, ledger, lock, scratch, state
from saleslake_processor.learnt import state as models

OLD = timedelta(days=1)
"""Age from which on what a crawl left may go, see `abandoned`."""


@dataclass(frozen=True)
class Orphan:
    """A file, or a folder with all that is in it."""

    what: str
    path: Path
    files: int
    bytes: int
    """That are free once it is gone: a file that has another name as well frees nothing."""


def maintain(lake: Lake, keep: int, at: datetime, *, dry_run: bool = False) -> list[Orphan]:
    """Remove what counts for nothing, or only tell it; what it was.

    Holds the lake; raises `LakeBusyError` where somebody else does, and `DamagedError` where a manifest
    cannot be read, by which it would have to tell. `keep` is the number of snapshots that are kept.
    """
    found = []
    with lock.held(lake):
        state.load(lake)
        gold_files.load(lake)
        for what, path in _orphans(lake, keep, at - OLD):
            found.append(_measured(what, path))
            if not dry_run:
                (remove_folder if path.is_dir() else remove)(path)
    return found


def _orphans(lake: Lake, keep: int, before: datetime) -> Iterator[tuple[str, Path]]:
    yield from (("trial", path) for path in scratch.left_over(lake))
    yield from (("trial", path) for path in sorted(lake.trials.glob("*")) if path.name < batch_id(before))
    aside = [path for folder in lake.locked for path in left_aside(folder)]
    yield from (("half written", path) for path in sorted(aside))
    yield from (("rows of no committed batch", path) for path in abandoned(lake, before))
    yield from (("log file of no version", path) for path in list(lake_log.unnamed(lake)))
    yield from (("quarantine of no batch", path) for path in list(_quarantine_of_no_batch(lake)))
    yield from (("state of before", path) for path in list(state.unnamed(lake)))
    yield from (("model of before", path) for path in list(models.unnamed(lake)))
    yield from (("gold of before", path) for path in list(gold_files.unkept(lake, keep)))


def _quarantine_of_no_batch(lake: Lake) -> Iterator[Path]:
    known = {*batch_ids(lake), *ledger.taken_in(lake)}
    for path in sorted(lake.quarantines.glob("*/[!.]*.parquet")):
        if (path.stem, path.parent.name) not in known:
            yield path


def _measured(what: str, path: Path) -> Orphan:
    files = [file.lstat() for file in (path, *path.rglob("*")) if file.is_file() and not file.is_symlink()]
    return Orphan(what, path, len(files), sum(file.st_size for file in files if file.st_nlink == 1))
