"""A live site on loopback that misbehaves as it is told, and remembers what it was asked."""

import hashlib
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple
from urllib.parse import parse_qsl, quote, unquote, urlsplit


class Asked(NamedTuple):
    path: str
    query: dict[str, str]
    headers: Message
    at: float


Answer = Callable[["Handler"], None]


class Site(ThreadingHTTPServer):
    """Serves `files` by path, with an index at `/exports/`; `answers` of a path come first, one a request."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.files: dict[str, bytes] = {}
        self.answers: defaultdict[str, list[Answer]] = defaultdict(list)
        self.always: dict[str, Answer] = {}
        self.asked: list[Asked] = []
        self.etags = True
        self.hashes = False
        self.closing = threading.Event()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/exports/"

    @property
    def root(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/"

    def put(self, name: str, content: bytes | str) -> None:
        self.files[f"/exports/{name}"] = content.encode() if isinstance(content, str) else content

    def paths(self) -> list[str]:
        """What was asked for since the last call, robots.txt apart, sorted."""
        asked, self.asked = self.asked, []
        return sorted(each.path for each in asked if each.path != "/robots.txt")

    def index(self) -> bytes:
        links = []
        for path, content in self.files.items():
            name = path.removeprefix("/exports/")
            digest = hashlib.sha256(content).hexdigest()
            said = f' data-bytes="{len(content)}" data-sha256="{digest}"' if self.hashes else ""
            links.append(f'<li><a href="{quote(name)}"{said}>{name}</a></li>')
        return f"<html><body><ul>{''.join(links)}</ul></body></html>".encode()

    def stop(self) -> None:
        self.closing.set()
        self.shutdown()
        self.server_close()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Site
    query: dict[str, str]

    def do_GET(self) -> None:
        site, path = self.server, unquote(urlsplit(self.path).path)
        self.query = dict(parse_qsl(urlsplit(self.path).query, keep_blank_values=True))
        site.asked.append(Asked(path, self.query, self.headers, time.monotonic()))
        if site.answers[path]:
            site.answers[path].pop(0)(self)
        elif path in site.always:
            site.always[path](self)
        elif path == "/exports/":
            self.give(site.index(), "text/html; charset=utf-8")
        elif path in site.files:
            self.give_file(site.files[path], _kind(path))
        else:
            self.refuse(404)

    def give_file(self, body: bytes, kind: str) -> None:
        tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        if not self.server.etags:
            self.give(body, kind)
        elif self.headers.get("If-None-Match") == tag:
            self.refuse(304)
        else:
            self.give(body, kind, {"ETag": tag})

    def give(self, body: bytes, kind: str, headers: dict[str, str] | None = None) -> None:
        self.head(200, {"Content-Type": kind, "Content-Length": str(len(body)), **(headers or {})})
        self.wfile.write(body)

    def refuse(self, status: int, headers: dict[str, str] | None = None) -> None:
        self.head(status, {"Content-Length": "0", **(headers or {})})

    def head(self, status: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """The tests look at `asked`."""


def _kind(path: str) -> str:
    return "text/html; charset=utf-8" if path.endswith((".html", "/")) else "text/csv"


def refused(status: int, **headers: str) -> Answer:
    """A status without a body."""
    said = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda handler: handler.refuse(status, said)


def given(body: bytes, kind: str = "text/csv", **headers: str) -> Answer:
    """A whole body."""
    said = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda handler: handler.give(body, kind, said)


def cut(body: bytes) -> Answer:
    """Half of a body whose header promised the whole."""

    def answer(handler: Handler) -> None:
        handler.head(200, {"Content-Type": "text/csv", "Content-Length": str(len(body))})
        handler.wfile.write(body[: len(body) // 2])
        handler.close_connection = True

    return answer


def endless(step: bytes, promised: int | None = None) -> Answer:
    """A body that goes on until the other side hangs up; with or without a length in its header."""

    def answer(handler: Handler) -> None:
        length = {"Content-Length": str(promised)} if promised else {"Connection": "close"}
        handler.head(200, {"Content-Type": "text/csv", **length})
        handler.close_connection = True
        try:
            while not handler.server.closing.is_set():
                handler.wfile.write(step)
        except OSError:
            handler.server.asked.append(Asked("hung up", {}, handler.headers, time.monotonic()))

    return answer


def silent(handler: Handler) -> None:
    """No answer while the site stands."""
    handler.server.closing.wait()
    handler.close_connection = True
