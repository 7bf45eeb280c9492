"""A page as the profile reads it."""

from collections.abc import Iterable, Iterator

from parsel import Selector
from scrapy.http import HtmlResponse
from w3lib.url import canonicalize_url

from saleslake.profiles import SiteTable

_SPACE = " \t\n\r\f"


class PageError(Exception):
    """The page holds something that cannot be understood. The message is a reason for people."""


class Page:
    """Parses and no more: links and rows, by the selectors of a raw table."""

    def __init__(self, response: HtmlResponse) -> None:
        self._response = response

    def further(self, table: SiteTable) -> list[str]:
        """Addresses of the list pages that it links to, each once."""
        return self._links(table.follow or ())

    def details(self, table: SiteTable) -> list[str]:
        """Addresses of the pages of rows that it links to, each once."""
        return self._links(table.detail or ())

    def says_empty(self, table: SiteTable) -> bool:
        """Whether it says itself that there is nothing on it."""
        return table.empty is not None and bool(self._response.css(table.empty))

    def rows(self, table: SiteTable) -> list[dict[str, str | None]]:
        """Text by column; rows without any text are none."""
        stand = self._response.css(table.row) if table.row is not None else [self._response.selector]
        rows = ({name: _text(row, css) for name, css in table.columns.items()} for row in stand)
        return [row for row in rows if any(value is not None for value in row.values())]

    def _links(self, selectors: Iterable[str]) -> list[str]:
        return list(dict.fromkeys(link for css in selectors for link in self._found(css)))

    def _found(self, css: str) -> Iterator[str]:
        for found in self._response.css(css):
            link = found.root if isinstance(found.root, str) else found.attrib.get("href", "")
            if not link.strip(_SPACE):
                continue
            try:
                # One address for one page, however a list writes it.
                url = canonicalize_url(self._response.urljoin(link.strip(_SPACE)))
            except ValueError as error:
                raise PageError("a link on it is no address") from error
            if url.startswith(("http://", "https://")):
                yield url


def _text(row: Selector, css: str) -> str | None:
    """The first match with text, its white space as a browser shows it."""
    for found in row.css(css):
        text = found.root if isinstance(found.root, str) else found.xpath("string()").get(default="")
        shown = " ".join(part for part in text.translate(_BLANKS).split(" ") if part)
        if shown:
            return shown
    return None


_BLANKS = str.maketrans(dict.fromkeys(_SPACE, " "))
