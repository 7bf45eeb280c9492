"""Which profiles a command works with, checked whole before anything is fetched."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from saleslake.profiles import Fault, ProfileError, Source, load, names
from saleslake_processor.staging import check


def required(folder: Path, wanted: Iterable[str]) -> list[Source]:
    """The named profiles, or all of the folder; raises `ProfileError` with the faults of all of them."""
    sources, faults = usable(folder, wanted)
    if faults:
        raise ProfileError(faults)
    return sources


def fetchable(folder: Path, wanted: Iterable[str], environment: Mapping[str, str]) -> list[Source]:
    """As `required`; a secret that is not in the environment is a fault as well."""
    sources, faults = usable(folder, wanted)
    faults += [
        Fault(folder / f"{source.name}.toml", f"secrets.{header}", repr(variable), "that variable to be set")
        for source in sources
        for header, variable in source.secrets.items()
        if not environment.get(variable)
    ]
    if faults:
        raise ProfileError(faults)
    return sources


def usable(folder: Path, wanted: Iterable[str] = ()) -> tuple[list[Source], list[Fault]]:
    """The profiles that can be worked with, and the faults of the others.

    Raises `ProfileError` where there is no folder, or no profile in it.
    """
    if not folder.is_dir():
        raise ProfileError([Fault(folder, "", "", "no such folder; --sources names another")])
    chosen = list(dict.fromkeys(wanted)) or names(folder)
    if not chosen:
        raise ProfileError([Fault(folder, "", "", "no source profile (*.toml) in this folder")])
    sources: list[Source] = []
    faults: list[Fault] = []
    for name in chosen:
        try:
            source = load(folder, name)
        except ProfileError as error:
            faults += error.faults
            continue
        found = list(check.faults(source, folder))
        faults += found
        sources += [] if found else [source]
    return sources, faults
