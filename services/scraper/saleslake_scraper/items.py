"""What a spider hands over to be kept: a fetched file, the rows of a page, the records of an API."""

from dataclasses import dataclass, field
from datetime import datetime

import polars as pl

from saleslake_scraper.endpoints.endpoint import Endpoint
from saleslake_scraper.listing.entry import Entry
from saleslake_scraper.pages.visit import Visit


@dataclass
class Body:
    """A file as it came, on its way into raw."""

    entry: Entry = field(repr=False)
    content: bytes = field(repr=False)
    fetched_at: datetime
    etag: str | None = None
    last_modified: str | None = None


@dataclass
class PageRows:
    """What was taken from a page."""

    entry: Visit = field(repr=False)
    rows: dict[str, list[dict[str, str | None]]] = field(repr=False)
    """Rows by raw table."""
    without: tuple[str, ...]
    """Tables that should have rows on it, and have none."""
    bytes: int
    fetched_at: datetime
    etag: str | None = None
    last_modified: str | None = None
    anew: bool = False
    """It is written even where it is unchanged."""


@dataclass
class Records:
    """All records that one endpoint gave."""

    entry: Endpoint = field(repr=False)
    frame: pl.DataFrame = field(repr=False)
    """Columns of text, and `ORIGIN` with the row's number in the endpoint."""
    bytes: int
    since: str | None
    """What was asked for: all that changed since then; everything where it is nothing."""
    steady: bool
    """Whether nothing moved between the pages while they were read."""
