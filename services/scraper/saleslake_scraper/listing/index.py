"""What an HTML index page links to."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from urllib.parse import unquote, urldefrag, urlsplit

from scrapy.http import HtmlResponse
from w3lib.url import safe_url_string

from saleslake.profiles import Table
from saleslake_scraper.listing.entry import Entry, is_hidden
from saleslake_scraper.listing.patterns import fed_tables


@dataclass(frozen=True)
class Page:
    """An index page: the address of the profile that it belongs to, and where files are counted from."""

    root: str
    """Address of the first page, after its redirects."""
    position: int
    """Which of the profile's addresses the first page is."""
    depth: int = 0


def linked_files(response: HtmlResponse, page: Page, tables: Mapping[str, Table]) -> Iterator[Entry]:
    """The files that the page links to and that feed a table, on whatever host."""
    for url, attributes in _links(response):
        entry = file_entry(url, page, tables)
        if entry is None:
            continue
        size, sha256 = attributes.get("data-bytes", ""), attributes.get("data-sha256", "").lower()
        yield replace(
            entry,
            # A size alone does not tell two contents apart, so the file is asked for.
            listed=f"{size} bytes, sha256 {sha256}" if sha256 else None,
            size=int(size) if size.isdecimal() else None,
            sha256=sha256 or None,
        )


def linked_pages(response: HtmlResponse, page: Page) -> Iterator[str]:
    """Addresses of the folders directly or deeper below the first page that this page links to."""
    here, root = urlsplit(response.url), urlsplit(_folder(page.root))
    for url, _ in _links(response):
        parts = urlsplit(url)
        below = parts.netloc == root.netloc and parts.path.startswith(root.path)
        # The columns of a directory listing link to itself with a query.
        if below and parts.path.endswith("/") and not parts.query and len(parts.path) > len(root.path):
            name = unquote(parts.path.rstrip("/").rsplit("/", 1)[-1])
            if parts.path != here.path and not is_hidden(name):
                yield url


def file_entry(url: str, page: Page, tables: Mapping[str, Table]) -> Entry | None:
    """The address as a file, or nothing where no table's `files` matches it."""
    url = urldefrag(url).url
    parts = urlsplit(url)
    path = unquote(parts.path)
    name = path.rsplit("/", 1)[-1]
    fed = fed_tables(tables, path, unquote(parts.query)) if name and not is_hidden(name) else {}
    if not fed:
        return None
    root = unquote(urlsplit(_folder(page.root)).path)
    below = path.removeprefix(root) if path.startswith(root) else path
    place = (page.position, f"{below}?{parts.query}" if parts.query else below)
    return Entry(address=url, url=url, path=path, place=place, tables=fed)


def _links(response: HtmlResponse) -> Iterator[tuple[str, dict[str, str]]]:
    for link in response.xpath("//a[@href]"):
        url = safe_url_string(response.urljoin(link.attrib["href"].strip()))
        if urlsplit(url).scheme in {"http", "https"}:
            yield url, dict(link.attrib)


def _folder(url: str) -> str:
    """The address up to the last slash of its path."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}{parts.path.rpartition('/')[0]}/"
