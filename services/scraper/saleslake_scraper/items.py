"""The one kind of item: a fetched file."""

from dataclasses import dataclass, field
from datetime import datetime

from saleslake_scraper.listing.entry import Entry


@dataclass
class Body:
    """A file as it came, on its way into raw."""

    entry: Entry = field(repr=False)
    content: bytes = field(repr=False)
    fetched_at: datetime
    etag: str | None = None
    last_modified: str | None = None
