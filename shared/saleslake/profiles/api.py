"""What a JSON API gives to a raw table."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from saleslake.profiles.model import Part
from saleslake.profiles.tables import Unpivot

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}

Parameter = Annotated[str, Field(min_length=1)]
"""The name of a query parameter."""


class Paging(Part):
    """How the next page is asked for."""

    page: Parameter | None = None
    """Query parameter that counts pages (or records: `step`); the first page without records is the last."""
    first: Annotated[int, Field(ge=0)] = 1
    """Its value for the first page."""
    step: Annotated[int, Field(ge=1)] = 1
    """What it grows by from page to page."""
    cursor: str | None = None
    """Dotted path in the document to where the next page is: its address, or a value for `parameter`."""
    parameter: Parameter | None = None
    """Query parameter that takes the value of `cursor`."""
    link: bool = False
    """The next page is in the `Link` header, as `rel="next"`."""

    @model_validator(mode="after")
    def _one_way(self) -> "Paging":
        if sum((self.page is not None, self.cursor is not None, self.link)) != 1:
            raise ValueError("exactly one of 'page', 'cursor' and 'link'")
        if self.page is None and {"first", "step"} & self.model_fields_set:
            raise ValueError("'first' and 'step' only beside 'page'")
        if self.cursor is None and self.parameter is not None:
            raise ValueError("'parameter' only beside 'cursor'")
        return self


class UpdatedSince(Part):
    """Only what changed since the last crawl is asked for."""

    parameter: Parameter
    """Query parameter that takes the instant (or number) from which on."""
    column: str
    """Column of the records that it is compared with; its greatest value seen says where to go on."""
    until: Parameter | None = None
    """Query parameter that takes the instant before which a backfill ends; without it all since is asked."""
    overlap: Annotated[str, Field(pattern=r"^[0-9]+[smhd]$")] = "10m"
    """How much earlier than that is asked again, for what the source wrote late."""

    @property
    def overlap_seconds(self) -> int:
        """The overlap in seconds."""
        return int(self.overlap[:-1]) * _SECONDS[self.overlap[-1]]


class ApiTable(Part):
    """One raw table: an endpoint, how to walk over its pages, and where the records are in them."""

    path: str = ""
    """The endpoint, relative to the source's addresses; those themselves where it is not said."""
    query: dict[str, str] = Field(default_factory=dict)
    """Query parameters of each request; they are kept with the rows, so no secret belongs here."""
    records: str | None = None
    """Dotted path to the list of records; the document itself where it is not said."""
    paging: Paging | None = None
    """Without it there is one page."""
    updated_since: UpdatedSince | None = None
    """Without it each crawl asks for everything."""
    unpivot: Unpivot | None = None
    snapshot: Literal["none", "file", "table"] = "none"
    """What the endpoint no longer gives was deleted at the source."""

    @model_validator(mode="after")
    def _whole_where_judged(self) -> "ApiTable":
        if self.updated_since is not None and self.snapshot != "none":
            raise ValueError("no 'snapshot' beside 'updated_since': what did not change is not deleted")
        return self
