"""Which files may hold something of the days that a backfill fetches again."""

import calendar
import re
from collections.abc import Iterator
from datetime import date, datetime, time
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo

from saleslake.profiles import Date, FileSource
from saleslake.raw import Backfill
from saleslake_scraper.listing.entry import Entry

_DAY = re.compile("%[-_0]?[dejDFx+c]")


def may_hold(entry: Entry, source: FileSource, window: Backfill) -> bool:
    """Whether the file may hold rows of the window.

    The day that its name says by a `version_from` pattern decides; of a month alone all days are meant.
    Any other file may hold rows of long ago, and none of days after its last change.
    """
    if spans := list(_named(entry, source)):
        return any(first <= window.until and last >= window.since for first, last in spans)
    begins = datetime.combine(window.since, time.min, ZoneInfo(source.time_zone))
    return entry.changed is None or entry.changed >= begins


def changed_at(header: str | None) -> datetime | None:
    """The instant of a Last-Modified header; none where there is none, or nobody can read it."""
    try:
        moment = parsedate_to_datetime(header or "")
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _named(entry: Entry, source: FileSource) -> Iterator[tuple[date, date]]:
    """First and last day of what the file's name says."""
    for mapping in (mapping for mappings in source.entities.values() for mapping in mappings):
        version = mapping.version_from
        if version is None or version.file is None or mapping.from_ not in entry.tables:
            continue
        if found := re.search(version.file, entry.address):
            yield from _spans(found[1] or "", version.date)


def _spans(text: str, said: Date) -> Iterator[tuple[date, date]]:
    """Nothing where it is written in no way that Python reads."""
    for form in said.formats:
        try:
            first = datetime.strptime(text, form).date()  # noqa: DTZ007 # A day of the source's own zone.
        except ValueError:
            continue
        month = calendar.monthrange(first.year, first.month)
        yield first, first if _DAY.search(form) else first.replace(day=month[1])
        return
