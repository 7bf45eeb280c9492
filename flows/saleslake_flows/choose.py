"""Which profiles a command works with, checked whole before anything is fetched."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
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
    first = _first_of_companies(folder)
    for name in chosen:
        try:
            source = load(folder, name)
        except ProfileError as error:
            faults += error.faults
            continue
        found = [*check.faults(source, folder), *_disagrees(source, first[source.company], folder)]
        faults += found
        sources += [] if found else [source]
    return sources, faults


def _first_of_companies(folder: Path) -> dict[str, Source]:
    """Of each company its first source, by name; it says in which currency the company reports."""
    found: dict[str, Source] = {}
    for name in names(folder):
        # What is wrong with one that was not asked for is told when it is.
        with suppress(ProfileError):
            source = load(folder, name)
            found.setdefault(source.company, source)
    return found


def _disagrees(source: Source, first: Source, folder: Path) -> Iterator[Fault]:
    if source.reported_in != first.reported_in:
        key = "reporting_currency" if source.reporting_currency else "currency"
        expected = f"{first.reported_in!r} as reporting currency, as in {folder / first.name}.toml"
        yield Fault(
            folder / f"{source.name}.toml",
            key,
            repr(source.reported_in),
            f"{expected}: both are of the company {source.company!r}",
        )
