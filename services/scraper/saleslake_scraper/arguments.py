"""What a crawl is told besides its source's profile."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from saleslake.profiles.model import Name


class ArgumentError(ValueError):
    """An argument is wrong or missing; a line for each."""


class Arguments(BaseModel):
    """Arguments of a spider, `-a name=value`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: Name
    """Name of a source profile."""
    lake: Path | None = None
    """Folder of the lake; that of the settings where it is not said."""
    sources: Path | None = None
    """Folder of the profiles, likewise."""
    report: Path | None = None
    """File that the close report is written to, as JSON."""
    full: bool = False
    """Ask an API for everything, not only for what is new."""
    accept_drop: bool = False
    """Much less than there was is right this time, although it stands for deletions."""


def arguments_of(given: Mapping[str, Any]) -> Arguments:
    """Raises `ArgumentError` with every fault."""
    try:
        return Arguments.model_validate(dict(given))
    except ValidationError as error:
        raise ArgumentError("\n".join(_line(item) for item in error.errors(include_url=False))) from None


def _line(item: Any) -> str:
    name = ".".join(map(str, item["loc"]))
    match item["type"]:
        case "missing":
            return f"{name}: say -a {name}=VALUE"
        case "extra_forbidden":
            return f"{name}: no such argument; there are: {', '.join(Arguments.model_fields)}"
        case _:
            return f"{name} = {item['input']!r}: {item['msg'][:1].lower()}{item['msg'][1:]}"
