"""What is told of what was removed."""

from pathlib import Path

from typer.testing import CliRunner

from saleslake.lake import Lake
from saleslake_flows import cli
from saleslake_flows.maintaining import message, rows
from saleslake_processor.orphans import Orphan

LAKE = Lake(Path("/lake"))
FOUND = [
    Orphan("state of before", LAKE.state / "sums" / "a.parquet", 1, 1_000),
    Orphan("state of before", LAKE.state / "sums" / "b.parquet", 1, 500),
    Orphan("trial", LAKE.root / ".scratch-1", 70, 0),
]


def test_files_and_bytes_are_told_by_kind_and_folder():
    assert rows(LAKE, FOUND) == [("state of before", "state/sums", "2", "1,500"), ("trial", "", "70", "0")]
    assert message(FOUND, dry_run=True) == "72 files, 1,500 bytes would go"
    assert message(FOUND[:1], dry_run=False) == "1 file, 1,000 bytes removed"
    assert message([], dry_run=True) == "nothing to remove"


def test_the_command_removes_what_it_tells(tmp_path: Path):
    left = Lake(tmp_path).state / "sums" / "month-0.parquet"
    left.parent.mkdir(parents=True)
    left.write_bytes(b"left")
    told = CliRunner().invoke(cli.app, ["maintain", "--dry-run", "--lake", str(tmp_path)])
    assert told.exit_code == 0
    assert told.stdout.splitlines()[-1] == "1 file, 4 bytes would go"
    assert left.exists()
    assert CliRunner().invoke(cli.app, ["maintain", "--lake", str(tmp_path)]).exit_code == 0
    assert not left.exists()
