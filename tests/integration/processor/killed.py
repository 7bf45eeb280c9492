"""What kills leave: copies of a lake as it lies at each step of a pass, and within some.

A kill takes the process and leaves the disk, so that a copy made at an instant is what a kill then leaves.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from saleslake.durable import ASIDE
from saleslake.lake import Lake
from tests.steps import looking

Stamp = tuple[int, int, int]


@dataclass(frozen=True)
class Left:
    """A lake as a kill left it."""

    at: str
    lake: Lake


@dataclass
class Deaths:
    """Watches a lake while something is done to it, and copies it to a folder where it is another one."""

    lake: Lake
    to: Path
    wanted: Callable[[str], bool]
    """Whether a point is to be copied, by its kind: when, verb and part of the lake."""
    points: int = 0
    """At which the process may have died: before, after and within each step."""
    left: list[Left] = field(default_factory=list)
    _last: dict[str, Stamp] | None = None
    _numbers: Iterator[int] = field(default_factory=count)

    def of(self, act: Callable[[Lake], object]) -> list[Left]:
        """What kills leave that come while the lake is acted upon."""
        with looking(self._look):
            act(self.lake)
        return self.left

    def _look(self, when: str, verb: str, path: Path) -> None:
        if not path.is_relative_to(self.lake.root):
            return
        now, self.points = stamps(self.lake), self.points + 1
        if when == "before":
            changed = self._last is not None and self._last != now
            assert not changed, f"something changed between two steps, before {verb} {path}"
            self._last = now
            return
        if verb in ("write", "append"):
            self.points += 1
            self._copied("within", verb, path)
        if self._last != now:
            self._copied(when, verb, path)
        self._last = now

    def _copied(self, when: str, verb: str, path: Path) -> None:
        place = path.relative_to(self.lake.root)
        if not self.wanted(f"{when} {verb} {part_of(place)}"):
            return
        copy = copied(self.lake, self.to / f"{next(self._numbers)}")
        if when == "within":
            (_half_written if verb == "write" else _half_appended)(copy.root / place)
        self.left.append(Left(f"{when} {verb} {place}", copy))


def part_of(place: Path) -> str:
    """The part of the lake that a path in it belongs to: all trials are one, and all batches."""
    first, *rest = place.parts or ("",)
    if first.startswith(".scratch"):
        return "trial"
    if first == "log":
        return f"log/{rest[0]}" if rest[0] in ("batch_ledger", "runs") else "log/entity"
    if first == "state":
        return "state/manifest.json" if rest == ["manifest.json"] else "state"
    return "/".join([first, *rest[:1]]) if first == "gold" else first


def stamps(lake: Lake) -> dict[str, Stamp]:
    """What tells whether a file is still the same one, by path; folders are nothing by themselves."""
    found = {}
    for folder, _, names in os.walk(lake.root):
        for name in names:
            status = os.lstat(file := os.path.join(folder, name))  # noqa: PTH118  # Path is slow
            found[file] = (status.st_ino, status.st_size, status.st_mtime_ns)
    found.pop(str(lake.lock), None)
    return found


def copied(lake: Lake, to: Path) -> Lake:
    """The lake at another place. Files are never written into, so that a second name is a copy."""
    # The lock goes with the file, and so would be the original's.
    without = shutil.ignore_patterns(lake.lock.name)
    shutil.copytree(lake.root, to, symlinks=True, copy_function=os.link, ignore=without)
    return Lake(to)


def _half_written(path: Path) -> None:
    [aside] = path.parent.glob(f"{ASIDE}*")
    _halve(aside)


def _half_appended(table: Path) -> None:
    """As Delta leaves it that is killed when the rows are written, and their version is not yet."""
    *_, last = sorted((table / "_delta_log").glob("*.json"))
    unfinished = last.with_name(f"{last.name}#1")
    last.rename(unfinished)
    _halve(unfinished)
    (table / "part-00000-0.snappy.parquet#1").write_bytes(b"PAR1 half")


def _halve(file: Path) -> None:
    body = file.read_bytes()
    file.unlink()
    file.write_bytes(body[: len(body) // 2])
