"""`saleslake sources list` and `check`: which profiles there are, and whether they can be worked with."""

from collections.abc import Sequence
from pathlib import Path

from saleslake.profiles import ProfileError, names
from saleslake_flows.choose import usable
from saleslake_flows.screen import Screen


def listed(screen: Screen, folder: Path) -> None:
    """Tell the profiles of a folder in a line each."""
    sources, faults = usable(folder)
    good = {source.name: source for source in sources}
    rows = []
    for name in names(folder):
        if name not in good:
            number = sum(fault.file.stem == name for fault in faults)
            rows.append((name, "", "", f"{number} faults: `saleslake sources check {name}`", ""))
            continue
        source = good[name]
        rows.append(
            (name, source.company, source.cadence, ", ".join(source.address), ", ".join(source.entities))
        )
    screen.table(("source", "company", "every", "address", "entities"), rows)


def checked(screen: Screen, folder: Path, wanted: Sequence[str]) -> None:
    """Tell the profiles that can be worked with; raises `ProfileError` with the faults of the others."""
    sources, faults = usable(folder, wanted)
    for source in sources:
        tables, entities = len(source.tables), len(source.entities)
        screen.say(f"{source.name}: well, {tables} tables, {entities} entities")
    if faults:
        raise ProfileError(faults)
