"""What a crawl is told besides its source's profile."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from saleslake.profiles.model import Name
from saleslake.raw import Backfill


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
    backfill: str | None = None
    """Id of a backfill: the days from `since` to `until` are fetched again, whatever is known of them."""
    since: date | None = None
    until: date | None = None

    @model_validator(mode="after")
    def _whole_window(self) -> Self:
        said = [value is not None for value in (self.backfill, self.since, self.until)]
        if any(said) and not all(said):
            raise ValueError("backfill, since and until belong together")
        if self.since and self.until and self.since > self.until:
            raise ValueError("since is after until")
        return self

    @property
    def window(self) -> Backfill | None:
        """What is fetched again; none in a crawl for what is new."""
        if self.backfill is None or self.since is None or self.until is None:
            return None
        return Backfill(id=self.backfill, since=self.since, until=self.until)


def arguments_of(given: Mapping[str, Any]) -> Arguments:
    """Raises `ArgumentError` with every fault."""
    try:
        return Arguments.model_validate(dict(given))
    except ValidationError as error:
        raise ArgumentError("\n".join(_line(item) for item in error.errors(include_url=False))) from None


def _line(item: Any) -> str:
    name = ".".join(map(str, item["loc"]))
    if not name:
        return str(item["ctx"]["error"])
    match item["type"]:
        case "missing":
            return f"{name}: say -a {name}=VALUE"
        case "extra_forbidden":
            return f"{name}: no such argument; there are: {', '.join(Arguments.model_fields)}"
        case _:
            return f"{name} = {item['input']!r}: {item['msg'][:1].lower()}{item['msg'][1:]}"
