"""One endpoint of an API: what a raw table is read from."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urljoin

from w3lib.url import add_or_replace_parameters

from saleslake.profiles import ApiSource, ApiTable

RECORDS = 1
"""Counted up when the same document gives other records than before: everything is then fetched again."""


@dataclass(frozen=True)
class Endpoint:
    """An endpoint of the numbered listing."""

    address: str
    """As raw names it: without what is asked of it from page to page and from crawl to crawl."""
    number: int
    name: str
    """The raw table that it feeds."""
    table: ApiTable

    @property
    def tables(self) -> tuple[str, ...]:
        """The raw tables that it feeds."""
        return (self.name,)

    @property
    def reading(self) -> str:
        """Stamp of all that decides what it gives, and of what its crawls go by."""
        since = self.table.updated_since
        said = [RECORDS, self.name, self.table.records, since.column if since else None]
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:16]


def endpoints(source: ApiSource) -> Iterator[Endpoint]:
    """The endpoints of the profile, in its order."""
    number = 0
    for name, table in source.tables.items():
        for address in source.address:
            below = address if address.endswith("/") else f"{address}/"
            url = urljoin(below, table.path) if table.path else address
            number += 1
            yield Endpoint(add_or_replace_parameters(url, table.query), number, name, table)
