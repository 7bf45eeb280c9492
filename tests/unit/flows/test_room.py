"""What must be there before anything is written to the lake, and what ends with its starter."""

import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from saleslake.lake import Lake
from saleslake_flows import room, tether
from saleslake_flows.exits import FailedError


def test_a_disk_with_room_is_enough_even_where_the_lake_is_not_there_yet(tmp_path: Path):
    room.enough(Lake(tmp_path / "not" / "yet"), 0)
    assert not (tmp_path / "not").exists()


def test_a_full_disk_is_named_before_anything_is_written(tmp_path: Path):
    with pytest.raises(FailedError, match=r"lake: [\d,]+ MB are free, 1,000,000,000 MB must be"):
        room.enough(Lake(tmp_path / "lake"), 1_000_000_000)
    assert list(tmp_path.iterdir()) == []


def test_a_lake_that_cannot_be_written_to_is_an_error(tmp_path: Path):
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match="file"):
        room.make(Lake(tmp_path / "file" / "lake"))


# A process that starts one, tied to it, and says its id; both then wait to be ended.
STARTER = """
import subprocess, sys, time
tied = subprocess.Popen([sys.executable, "-m", "saleslake_flows.tether", "tied"], stdout=subprocess.PIPE)
print(tied.pid, tied.stdout.readline().decode().strip(), flush=True)
time.sleep(600)
"""
TIED = "import sys, time\nprint(__name__, len(sys.argv), flush=True)\ntime.sleep(600)\n"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process that its starter is gone")
def test_what_is_tied_ends_with_its_starter_however_that_ends(tmp_path: Path):
    (tmp_path / "tied.py").write_text(TIED)
    with subprocess.Popen(
        [sys.executable, "-c", STARTER], stdout=subprocess.PIPE, text=True, cwd=tmp_path
    ) as starter:
        assert starter.stdout is not None
        tied, *said = starter.stdout.readline().split()
        watched = os.pidfd_open(int(tied))
        starter.send_signal(signal.SIGKILL)
        starter.wait()
    assert said == ["__main__", "1"]
    ended, _, _ = select.select([watched], [], [], 30)
    os.close(watched)
    assert ended


def test_what_begins_after_its_starter_has_ended_does_nothing(tmp_path: Path):
    (tmp_path / "tied.py").write_text("print('began')\n")

    def begun(**starter: str) -> tuple[int, str]:
        command = [sys.executable, "-m", "saleslake_flows.tether", "tied"]
        environment = {**os.environ, **starter}
        ended = subprocess.run(
            command, env=environment, cwd=tmp_path, stdout=subprocess.PIPE, text=True, check=False
        )
        return ended.returncode, ended.stdout

    assert begun(**tether.variables()) == (0, "began\n")
    # Its parent is not the process that is named to it: that one is gone.
    assert begun(**dict.fromkeys(tether.variables(), str(os.getppid()))) == (1, "")
