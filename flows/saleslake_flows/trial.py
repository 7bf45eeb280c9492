"""What is fetched for a trial: a lake below the real one, that knows what that one has seen."""

from collections.abc import Sequence
from contextlib import suppress

from saleslake.durable import remove_folder, step
from saleslake.lake import Lake


def of(lake: Lake, id: str) -> Lake:
    """The lake of a trial."""
    return Lake(lake.trials / id)


def begun(lake: Lake, id: str, sources: Sequence[str]) -> Lake:
    """Make the lake of a trial, with the commits of the sources. One that is killed stays for `maintain`."""
    beside = of(lake, id)
    beside.root.mkdir(parents=True)
    with step("lay out", beside.root):
        for source in sources:
            beside.raw_commits(source).mkdir(parents=True)
            for file in lake.raw_commits(source).glob("[!.]*.json"):
                known = beside.raw_commit(source, file.stem)
                try:
                    known.hardlink_to(file)
                except OSError:
                    known.write_bytes(file.read_bytes())
    return beside


def ended(lake: Lake, id: str) -> None:
    """Remove what was fetched for it."""
    if (folder := of(lake, id).root).exists():
        remove_folder(folder)
    with suppress(OSError), step("remove folder", lake.trials):
        # Another one may be under way.
        lake.trials.rmdir()
