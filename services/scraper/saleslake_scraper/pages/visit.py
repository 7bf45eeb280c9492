"""A page that rows are taken from."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from saleslake.profiles import SiteTable

PAGES = 1
"""Counted up when the same page gives other rows than before: every page is then written again."""

Rows = dict[str, list[dict[str, str | None]]]
"""Rows by raw table: text by column."""


@dataclass(frozen=True)
class Listed:
    """What was taken from a list page while it was walked over."""

    rows: Rows
    bytes: int
    fetched_at: datetime


@dataclass(frozen=True)
class Visit:
    """One page of the site's numbered listing."""

    address: str
    number: int
    tables: tuple[str, ...]
    """The raw tables that take rows from it."""
    listed: Listed | None = None
    """Its rows, where all of them are known from the walk; nothing of a page that is yet to be fetched."""


def same(one: Sequence[Visit], other: Sequence[Visit]) -> bool:
    """Whether two walks saw the same pages, with the same rows on them."""

    def seen(visit: Visit) -> tuple[object, ...]:
        return visit.address, visit.tables, visit.listed and visit.listed.rows

    return [seen(visit) for visit in one] == [seen(visit) for visit in other]


def reading_stamp(tables: Mapping[str, SiteTable], fed: Sequence[str]) -> str:
    """Stamp of all that decides what a page gives to the tables that it feeds."""
    said = {name: tables[name].model_dump(mode="json", include={"row", "columns"}) for name in fed}
    return hashlib.sha256(json.dumps([PAGES, said], sort_keys=True).encode()).hexdigest()[:16]


def content_hash(rows: Rows) -> str:
    """Hash of what was taken from a page; the rest of it (a banner, a counter) may change at each visit."""
    return hashlib.sha256(json.dumps(rows, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
