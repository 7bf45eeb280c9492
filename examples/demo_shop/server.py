"""The shop's site: a local web server that offers a folder of exports, one index page and the files."""

import hashlib
import os
import re
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from functools import lru_cache
from html import escape
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import NamedTuple
from urllib.parse import quote, unquote, urlsplit

INDEX = "/exports/"
_ROBOTS = b"User-agent: *\nAllow: /\n"
_KINDS = ("reference", "sales", "returns", "stock", "geneva", "rates", "team")
_FILE_NAME = re.compile(r"\w[\w-]*\.csv")


class Page(NamedTuple):
    """A body with its media type, the instant of its last change, if known, status and further headers."""

    body: bytes
    media_type: str
    changed_at: datetime | None = None
    status: HTTPStatus = HTTPStatus.OK
    headers: tuple[tuple[str, str], ...] = ()

    @property
    def tag(self) -> str:
        """The tag of the bytes."""
        return f'"{hashlib.sha256(self.body).hexdigest()}"'


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


def index(folder: Path, growing: Collection[str] = ()) -> bytes:
    """The index page: a link for each file, with its size in bytes and its sha256 unless it still grows."""
    links = []
    for address, path in listed(folder).items():
        known = path.stat()
        digest = _digest(path, known.st_mtime_ns, known.st_size)
        said = "" if address in growing else f' data-bytes="{known.st_size}" data-sha256="{digest}"'
        links.append(f'<li><a href="{quote(address)}"{said}>{escape(address)}</a></li>\n')
    head = '<!doctype html>\n<html lang="fr">\n<head><meta charset="utf-8"><title>Exports</title></head>\n'
    return f"{head}<body>\n<h1>Exports</h1>\n<ul>\n{''.join(links)}</ul>\n</body>\n</html>\n".encode()


class Handler(BaseHTTPRequestHandler):
    """Answers GET and HEAD with the server's pages; what is known to the other side is not sent again."""

    protocol_version = "HTTP/1.1"
    # headers and body go out as two writes: without this each answer waits for the other side's delayed ack
    disable_nagle_algorithm = True
    server: "ExportServer"

    def do_GET(self) -> None:
        self.serve()

    def do_HEAD(self) -> None:
        self.serve()

    def serve(self) -> None:
        """Answers the request."""
        self.answer(self.found())

    def found(self) -> Page:
        """The page that is asked for, or one that says that there is none."""
        parts = urlsplit(self.path)
        address = unquote(parts.path)
        if address in ("/", INDEX.rstrip("/")):
            return Page(b"", "text/plain", status=HTTPStatus.FOUND, headers=(("Location", INDEX),))
        return self.server.page(address, parts.query) or told(HTTPStatus.NOT_FOUND, "not found")

    def answer(self, page: Page) -> None:
        """Sends a page, or that it is known."""
        headers = dict(page.headers)
        if page.status is HTTPStatus.OK:
            headers |= {"ETag": page.tag, "Cache-Control": "no-cache"}
        if page.changed_at:
            headers["Last-Modified"] = format_datetime(page.changed_at, usegmt=True)
        if page.status is HTTPStatus.OK and self.is_known(page):
            self._send(HTTPStatus.NOT_MODIFIED, headers, None)
        else:
            self._send(page.status, {**headers, "Content-Type": page.media_type}, page.body)

    def write(self, body: bytes) -> None:
        """Sends a body whose headers have been sent."""
        self.wfile.write(body)

    def is_known(self, page: Page) -> bool:
        """Whether the other side has told that it knows the page as it is."""
        tags = self.headers.get("If-None-Match")
        if tags is not None:
            return any(tag.strip().removeprefix("W/") in (page.tag, "*") for tag in tags.split(","))
        try:
            since = parsedate_to_datetime(self.headers.get("If-Modified-Since", ""))
        except ValueError:
            return False
        return page.changed_at is not None and page.changed_at <= since.replace(tzinfo=since.tzinfo or UTC)

    def _send(self, status: HTTPStatus, headers: dict[str, str], body: bytes | None) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if body is not None:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if body and self.command != "HEAD":
            self.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing: the crawler's log tells what was fetched."""


class ExportServer(ThreadingHTTPServer):
    """Serves a folder of exports, to this machine alone unless told otherwise; port 0 takes a free one."""

    daemon_threads = True

    def __init__(
        self, folder: Path, port: int = 0, host: str = "127.0.0.1", handler: type[Handler] = Handler
    ) -> None:
        self.folder = folder
        super().__init__((host, port), handler)

    @property
    def url(self) -> str:
        """The address of the index page."""
        host = self.server_address[0]
        return f"http://{host if isinstance(host, str) else host.decode()}:{self.server_port}{INDEX}"

    @property
    def growing(self) -> Collection[str]:
        """Files, by address relative to the index, that may be longer by the time they are asked for."""
        return ()

    def page(self, address: str, query: str = "") -> Page | None:
        """What an address shows now; None when there is nothing."""
        if address == "/robots.txt":
            return Page(_ROBOTS, "text/plain")
        if address == INDEX:
            return Page(index(self.folder, self.growing), "text/html; charset=utf-8")
        kind, _, name = address.removeprefix(INDEX).partition("/")
        if not address.startswith(INDEX) or kind not in _KINDS or not _FILE_NAME.fullmatch(name):
            return None
        return _file(self.folder / kind / name)


@contextmanager
def answering(server: ExportServer) -> Iterator[None]:
    """Lets a server answer while the block runs, and closes it."""
    with server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join()


def _file(path: Path) -> Page | None:
    try:
        with path.open("rb") as file:
            body, known = file.read(), os.fstat(file.fileno())
    except FileNotFoundError:
        return None
    # whole seconds, as the header has
    return Page(body, "text/csv; charset=utf-8", datetime.fromtimestamp(int(known.st_mtime), UTC))


def told(status: HTTPStatus, text: str, *headers: tuple[str, str]) -> Page:
    """A page that says why there is no other one."""
    return Page(f"{text}\n".encode(), "text/plain; charset=utf-8", status=status, headers=headers)
