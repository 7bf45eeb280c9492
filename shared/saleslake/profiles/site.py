"""What the pages of a site give to a raw table."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from saleslake.profiles.model import Columns, Part
from saleslake.profiles.tables import Unpivot

Selector = Annotated[str, Field(min_length=1)]
"""A CSS selector, which may end in `::text` or `::attr(name)`."""

Column = Annotated[str, Field(min_length=1, pattern=r"^[^_]")]
"""A column of pages; names with a leading underscore are those that raw adds."""


class SiteTable(Part):
    """One raw table: list pages to walk over, and where rows stand on them or on what they link to."""

    start: Columns = ("",)
    """First list pages, relative to the source's addresses; those themselves where it is not said."""
    follow: Columns | None = None
    """Links on a list page to further ones."""
    detail: Columns | None = None
    """Links on a list page to the pages of the rows; without it rows stand on the list pages."""
    empty: Selector | None = None
    """What stands on a page that rightly has neither row nor detail. Any other such page is a failure."""
    row: Selector | None = None
    """Each row on a page; without it a detail page is one row."""
    columns: Annotated[dict[Column, Selector], Field(min_length=1)]
    """Columns by name: the first match in the row that holds text."""
    unpivot: Unpivot | None = None
    snapshot: Literal["none", "file", "table"] = "none"
    """What a page (or all pages together) no longer holds was deleted at the source."""

    @model_validator(mode="after")
    def _rows_stand_somewhere(self) -> "SiteTable":
        if self.row is None and self.detail is None:
            raise ValueError("'row' (rows of list pages), 'detail' (links to pages of rows), or both")
        if self.snapshot == "file" and self.detail is None:
            raise ValueError("snapshot = 'table': rows move from one list page to another")
        return self
