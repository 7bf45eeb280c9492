"""The shop's site: a local web server that offers a folder of exports, one index page and the files."""

import hashlib
import os
import re
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from functools import lru_cache
from html import escape
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote, unquote, urlsplit

INDEX = "/exports/"
_ROBOTS = b"User-agent: *\nAllow: /\n"
_KINDS = ("reference", "sales", "returns")
_FILE_NAME = re.compile(r"\w[\w-]*\.csv")


class Page(NamedTuple):
    """A body with its media type, its tag (of the bytes) and the instant of its last change, if known."""

    body: bytes
    media_type: str
    tag: str
    changed_at: datetime | None = None


@lru_cache(maxsize=16384)
def _digest(path: Path, _changed_at: int, _size: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def listed(folder: Path) -> dict[str, Path]:
    """The files on offer by their address relative to the index, in its order."""
    return {
        f"{kind}/{path.name}": path
        for kind in _KINDS
        for path in sorted((folder / kind).glob("*.csv"))
        if _FILE_NAME.fullmatch(path.name)
    }


def index(folder: Path) -> bytes:
    """The index page: a link for each file with its size in bytes and its sha256."""
    links = []
    for address, path in listed(folder).items():
        known = path.stat()
        digest = _digest(path, known.st_mtime_ns, known.st_size)
        links.append(
            f'<li><a href="{quote(address)}" data-bytes="{known.st_size}" data-sha256="{digest}">'
            f"{escape(address)}</a></li>\n"
        )
    head = '<!doctype html>\n<html lang="fr">\n<head><meta charset="utf-8"><title>Exports</title></head>\n'
    return f"{head}<body>\n<h1>Exports</h1>\n<ul>\n{''.join(links)}</ul>\n</body>\n</html>\n".encode()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # headers and body go out as two writes: without this each answer waits for the other side's delayed ack
    disable_nagle_algorithm = True
    server: "ExportServer"

    def do_GET(self) -> None:
        self._answer(with_body=True)

    def do_HEAD(self) -> None:
        self._answer(with_body=False)

    def _answer(self, with_body: bool) -> None:
        address = unquote(urlsplit(self.path).path)
        if address in ("/", INDEX.rstrip("/")):
            self._send(HTTPStatus.FOUND, {"Location": INDEX}, b"", with_body)
            return
        page = self.server.page(address)
        if page is None:
            self._send(HTTPStatus.NOT_FOUND, {"Content-Type": "text/plain"}, b"not found\n", with_body)
            return
        headers = {"ETag": page.tag, "Cache-Control": "no-cache"}
        if page.changed_at:
            headers["Last-Modified"] = format_datetime(page.changed_at, usegmt=True)
        if self._is_known(page):
            self._send(HTTPStatus.NOT_MODIFIED, headers, None, with_body)
            return
        self._send(HTTPStatus.OK, {**headers, "Content-Type": page.media_type}, page.body, with_body)

    def _is_known(self, page: Page) -> bool:
        tags = self.headers.get("If-None-Match")
        if tags is not None:
            return any(tag.strip().removeprefix("W/") in (page.tag, "*") for tag in tags.split(","))
        try:
            since = parsedate_to_datetime(self.headers.get("If-Modified-Since", ""))
        except ValueError:
            return False
        return page.changed_at is not None and page.changed_at <= since.replace(tzinfo=since.tzinfo or UTC)

    def _send(self, status: HTTPStatus, headers: dict[str, str], body: bytes | None, with_body: bool) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if body is not None:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if body and with_body:
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing: the crawler's log tells what was fetched."""


class ExportServer(ThreadingHTTPServer):
    """Serves a folder of exports on 127.0.0.1; port 0 takes a free one."""

    daemon_threads = True

    def __init__(self, folder: Path, port: int = 0) -> None:
        self.folder = folder
        super().__init__(("127.0.0.1", port), _Handler)

    @property
    def url(self) -> str:
        """The address of the index page."""
        return f"http://127.0.0.1:{self.server_port}{INDEX}"

    def page(self, address: str) -> Page | None:
        """What an address shows now; None when there is nothing."""
        if address == "/robots.txt":
            return Page(_ROBOTS, "text/plain", _tag(_ROBOTS))
        if address == INDEX:
            body = index(self.folder)
            return Page(body, "text/html; charset=utf-8", _tag(body))
        kind, _, name = address.removeprefix(INDEX).partition("/")
        if not address.startswith(INDEX) or kind not in _KINDS or not _FILE_NAME.fullmatch(name):
            return None
        return _file(self.folder / kind / name)


def _file(path: Path) -> Page | None:
    try:
        with path.open("rb") as file:
            body, known = file.read(), os.fstat(file.fileno())
    except FileNotFoundError:
        return None
    # whole seconds, as the header has
    return Page(body, "text/csv; charset=utf-8", _tag(body), datetime.fromtimestamp(int(known.st_mtime), UTC))


def _tag(body: bytes) -> str:
    return f'"{hashlib.sha256(body).hexdigest()}"'
