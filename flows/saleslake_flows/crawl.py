"""One crawl of one source: the scraper as a process of its own, and what it came to."""

import asyncio
import os
import sys
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from pydantic import BaseModel, Field, ValidationError

from saleslake.lake import Lake
from saleslake.raw import Backfill
from saleslake_flows import tether

SCRAPER = (sys.executable, "-m", "saleslake_flows.tether", "saleslake_scraper")
"""The command that fetches one source; its name and options follow. It ends when its starter does."""

AT_ONCE = 3
"""Sources that are fetched at the same time."""

LAST_LINES = 5
"""Lines of the log that are told of a scraper that ended without a report."""

_GRACE = 5.0
"""Seconds that a scraper which was told to end has for it."""

_LONGEST_LINE = 1 << 20


class Failure(BaseModel):
    """One thing that could not be fetched or read."""

    address: str
    """An address, or the part of the crawl that went wrong."""
    reason: str


class Crawl(BaseModel):
    """The scraper's close report, as far as it is told to people."""

    source: str
    batch: str | None = None
    """The committed batch; none where nothing was new or nothing was committed."""
    fetched: int = 0
    unchanged: int = 0
    failed: int = 0
    """Addresses by what became of them."""
    bytes: int = 0
    rows: dict[str, int] = {}
    """Rows written by raw table."""
    failures: list[Failure] = []
    warnings: list[Failure] = []
    """What looks wrong beside the last crawls, and may be right."""
    died: int | None = Field(None, exclude=True)
    """Code of a process that ended without a report; negative for a signal."""
    last_lines: list[str] = Field([], exclude=True)
    """The last lines that such a process said."""

    @property
    def ending(self) -> str:
        """How a process that died has ended."""
        return "" if self.died is None else _ended(self.died)


async def crawl_all(
    names: Sequence[str],
    lake: Lake,
    folder: Path,
    progress: Callable[[str], None],
    log: Callable[[str], None],
    window: Backfill | None = None,
) -> list[Crawl]:
    """Fetch sources, a few at once; reports in the order of names."""
    few = asyncio.Semaphore(AT_ONCE)

    async def one(name: str) -> Crawl:
        async with few:
            progress(f"fetching {name}")
            return await crawl(name, lake, folder, progress, log, window)

    return await asyncio.gather(*(one(name) for name in names))


async def crawl(
    source: str,
    lake: Lake,
    folder: Path,
    progress: Callable[[str], None],
    log: Callable[[str], None],
    window: Backfill | None = None,
) -> Crawl:
    """Fetch what is new of the source into a raw batch, or the days of a window whether they are new or not.

    A scraper that dies is a failure by name, no error. `progress` is told how far it is, `log` every line.
    """
    with TemporaryDirectory(prefix="saleslake-") as aside:
        report = Path(aside) / "report.json"
        process = await asyncio.create_subprocess_exec(
            *SCRAPER,
            *(source, "--lake", str(lake.root), "--sources", str(folder), "--report", str(report)),
            *([] if window is None else _of_window(window)),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
            limit=_LONGEST_LINE,
            env={**os.environ, **tether.variables(), "PYTHONIOENCODING": "utf-8"},
        )
        last: deque[str] = deque(maxlen=LAST_LINES)
        try:
            assert process.stderr is not None
            await _follow(process.stderr, last, progress, log)
            code = await process.wait()
        finally:
            if process.returncode is None:
                await _end(process)
        return _outcome(source, code, report, last)


def _of_window(window: Backfill) -> list[str]:
    days = ["--since", window.since.isoformat(), "--until", window.until.isoformat()]
    return ["--backfill", window.id, *days]


async def _end(process: asyncio.subprocess.Process) -> None:
    """End it; one that waits for a site that hangs is not waited for."""
    process.terminate()
    try:
        await asyncio.wait_for(process.wait(), _GRACE)
    except TimeoutError:
        process.kill()
        await process.wait()


async def _follow(
    lines: asyncio.StreamReader, last: deque[str], progress: Callable[[str], None], log: Callable[[str], None]
) -> None:
    while True:
        try:
            line = await lines.readline()
        except ValueError:
            # Longer than any line that is worth telling.
            continue
        if not line:
            return
        text = line.decode(errors="replace").rstrip()
        log(text)
        if text:
            last.append(text)
        if " [saleslake_scraper" in text and " INFO: " in text:
            progress(text.partition(" INFO: ")[2])


def _outcome(source: str, code: int, report: Path, last: deque[str]) -> Crawl:
    try:
        crawled = Crawl.model_validate_json(report.read_bytes())
    except (FileNotFoundError, ValidationError):
        crawled = Crawl(source=source, died=code, last_lines=list(last))
        said = " | ".join(last) or "it said nothing"
        crawled.failures.append(Failure(address="scraper", reason=f"{_ended(code)} without a report: {said}"))
    if code and not crawled.failures:
        crawled.failures.append(Failure(address="scraper", reason=_ended(code)))
    return crawled


def _ended(code: int) -> str:
    return f"was killed by signal {-code}" if code < 0 else f"ended with code {code}"
