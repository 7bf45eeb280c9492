"""Commands are killed at random while the source grows and somebody reads: nothing is lost or mixed up.

`SALESLAKE_CHAOS_KILLS` says how many are killed, `SALESLAKE_CHAOS_SEED` repeats a test that failed.
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from saleslake_processor.learnt.frames import PREFIX
from saleslake_processor.marts.graph import MARTS
from tests.conftest import ROOT
from tests.e2e import corner
from tests.e2e.shell import COMMAND, Shell

pytestmark = pytest.mark.slow

KILLS = int(os.environ.get("SALESLAKE_CHAOS_KILLS", "40"))
SEED = int(os.environ.get("SALESLAKE_CHAOS_SEED", "0")) or random.SystemRandom().randrange(1, 10**6)

KEPT = {"SALESLAKE_GOLD_SNAPSHOTS_KEPT": "2"}


class Exports:
    """Grows by a file at a time: new lines, a correction of an older one, now and then a row that is refused.

    Files in order of name say the same in whichever batches they come.
    """

    def __init__(self, folder: Path, chance: random.Random) -> None:
        self._folder, self._chance = folder, chance
        self.files = 0
        folder.mkdir(parents=True)
        (folder / "products.csv").write_text(corner.PRODUCTS)

    def grow(self) -> None:
        """Whole at once: a file that is half there is another story."""
        rows = [self._row(self.files, line) for line in (1, 2, 3)]
        if self.files:
            rows.append(self._row(self._chance.randrange(self.files), self._chance.randint(1, 3)))
        if self._chance.random() < 0.3:
            rows.append(f"{self.files},9,2024-01-31,A,North,some,1.00,0")
        aside = self._folder / ".growing"
        aside.write_text(corner.SALES_HEADER + "".join(f"{row}\n" for row in rows))
        aside.replace(self._folder / f"sales-{self.files:05d}.csv")
        self.files += 1

    def _row(self, order: int, line: int) -> str:
        chance = self._chance
        day = f"2024-{chance.randint(1, 6):02d}-{chance.randint(1, 28):02d}"
        price = f"{chance.randint(1, 5_000) / 100:.2f}"
        what = f"{chance.choice('ABCD')},{chance.choice(['North', 'South'])},{chance.randint(1, 9)}"
        return f"{order},{line},{day},{what},{price},{chance.choice(['0', '0.1', '0.25'])}"


@contextmanager
def reader(lake: Path) -> Iterator["subprocess.Popen[str]"]:
    """Reads gold until the input ends."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    command = [sys.executable, "-m", "tests.e2e.reading", str(lake)]
    with subprocess.Popen(command, cwd=ROOT, text=True, **pipes) as process:  # type: ignore[call-overload]  # by its keywords
        try:
            yield process
        finally:
            process.kill()


def killed(shell: Shell, command: str, seconds: float, *, whole: bool) -> bool:
    """Whether the command, alone or with all that it started, was still at it when it was killed."""
    process = subprocess.Popen(
        [*COMMAND, "--quiet", command],
        cwd=shell.lake.parent,
        env=shell.variables(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        _, said = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        (os.killpg if whole else os.kill)(process.pid, signal.SIGKILL)
        process.communicate()
        return True
    assert process.returncode == 0, said
    return False


def settled(shell: Shell) -> dict[str, str]:
    """Hashes of tables that only raw decides. What is learnt is learnt once a day, of the sales of then."""
    learnt: set[str] = set()
    for mart in MARTS:
        if any(name.startswith(PREFIX) or name in learnt for name in mart.inputs):
            learnt.add(mart.name)
    return {file: said for file, said in shell.hashes().items() if file.split(".")[0] not in learnt}


def test_kills_at_random_lose_nothing_and_readers_see_whole_snapshots(tmp_path: Path):
    print(f"SALESLAKE_CHAOS_SEED={SEED}")
    chance = random.Random(SEED)
    exports = Exports(tmp_path / "exports", chance)
    exports.grow()
    corner.profile(tmp_path / "sources", "corner", tmp_path / "exports")
    shell = Shell(tmp_path / "lake", tmp_path / "sources", KEPT)
    begun = time.monotonic()
    shell.well("run")
    a_run = time.monotonic() - begun
    kills: Counter[str] = Counter()
    with reader(shell.lake) as reading:
        while kills.total() < KILLS:
            if chance.random() < 0.7:
                exports.grow()
            command = chance.choices(("run", "process", "scrape", "maintain"), (5, 3, 2, 1))[0]
            seconds = chance.uniform(0.1, 1.2 if command == "run" else 0.8) * a_run
            if killed(shell, command, seconds, whole=chance.random() < 0.5):
                kills[command] += 1
            assert reading.poll() is None, (kills, reading.returncode, reading.communicate())
        shell.well("run")
        read, said = reading.communicate("", timeout=120)
    assert reading.returncode == 0, said
    print(f"{kills.total()} kills ({dict(kills)}), {exports.files} files; {read.strip()}")
    assert shell.well("verify").strip().endswith("equal")
    undisturbed = Shell(tmp_path / "undisturbed", tmp_path / "sources")
    undisturbed.well("run")
    assert settled(shell) == settled(undisturbed)
    for table in ("batch_ledger", "data_quality"):
        sums = [each.gold(table).sum() for each in (shell, undisturbed)]
        counts = [name for name in ("seen", "quarantined", "rows") if name in sums[0].columns]
        assert sums[0].select(counts).equals(sums[1].select(counts)), table
    shell.well("maintain")
    assert settled(shell) == settled(undisturbed)
    assert "nothing new" in shell.well("run")
