"""From one page of an endpoint to the next."""

from typing import Any, NamedTuple
from urllib.parse import urljoin

from w3lib.url import add_or_replace_parameter

from saleslake.profiles import ApiTable
from saleslake_scraper.endpoints.links import next_link
from saleslake_scraper.readers import BrokenFileError
from saleslake_scraper.readers.documents import at_path, text_of


class PageSeen(NamedTuple):
    """What a page says of the next one."""

    url: str
    link: str
    """Its Link header; empty where it has none."""
    document: Any
    records: int


def first_page(url: str, table: ApiTable) -> str:
    """The address of the first page."""
    paging = table.paging
    if paging is None or paging.page is None:
        return url
    return add_or_replace_parameter(url, paging.page, str(paging.first))


def next_page(first: str, table: ApiTable, seen: PageSeen, read: int) -> str | None:
    """The address of the next page after `read` of them; nothing after the last.

    Raises `BrokenFileError` where the page says nothing that can be understood.
    """
    paging = table.paging
    if paging is None:
        return None
    if paging.page is not None:
        number = paging.first + read * paging.step
        return add_or_replace_parameter(first, paging.page, str(number)) if seen.records else None
    if paging.link:
        link = next_link(seen.link)
        return urljoin(seen.url, link) if link else None
    cursor = _cursor(seen.document, paging.cursor or "")
    if cursor is None:
        return None
    if paging.parameter is not None:
        return add_or_replace_parameter(first, paging.parameter, cursor)
    if not cursor.startswith(("http://", "https://", "/", "?")):
        raise BrokenFileError(f"{paging.cursor} is no address: say the 'parameter' that takes it")
    return urljoin(seen.url, cursor)


def _cursor(document: Any, path: str) -> str | None:
    """What stands at the path; the last key may be missing or say nothing, those before it must be there."""
    above, _, key = path.rpartition(".")
    holder = at_path(document, above or None, "paging.cursor")
    if not isinstance(holder, dict):
        raise BrokenFileError(f"the document has nothing at paging.cursor = {path!r}")
    value = holder.get(key)
    if value is None or isinstance(value, bool):
        return None
    return text_of(value) or None
