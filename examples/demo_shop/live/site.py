"""The live shop's site: exports, catalogue and API as of the clock, `/health`, and `/misbehave`."""

from collections.abc import Collection
from datetime import date
from http import HTTPStatus
from pathlib import Path
from threading import Event

from demo_shop.exports import Progress
from demo_shop.live import api, storefront
from demo_shop.live.clock import Clock
from demo_shop.live.growth import Growth
from demo_shop.live.misbehaviour import CUT, ERROR, SLOW, STALL, TOO_MANY, Misbehaviour, Rule
from demo_shop.paris import iso, local_day
from demo_shop.seasons import FIRST_DAY
from demo_shop.server import ExportServer, Handler, Page, told

HEALTH, MISBEHAVE = "/health", "/misbehave"
_PIECES = 10
_LONGEST_BODY = 65536


class LiveHandler(Handler):
    """Answers from the live shop, or wrong where a rule says so."""

    server: "LiveServer"
    _rule: Rule | None = None

    def do_POST(self) -> None:  # noqa: N802 - the name that http.server calls
        """Adds rules."""
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) > _LONGEST_BODY:
            self.close_connection = True
            self.answer(
                told(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "say how long the rules are; 64 kB at most")
            )
            return
        body = self.rfile.read(int(length))
        if self.path != MISBEHAVE:
            self.answer(told(HTTPStatus.NOT_FOUND, "not found"))
            return
        try:
            self.server.misbehaviour.add(body)
        except ValueError as wrong:
            self.answer(api.json_page({"error": str(wrong)}, HTTPStatus.BAD_REQUEST))
        else:
            self.answer(self.server.rules())

    def do_DELETE(self) -> None:  # noqa: N802 - as above
        """Ends all rules."""
        if self.path == MISBEHAVE:
            self.server.misbehaviour.end()
            self.answer(self.server.rules())
        else:
            self.answer(told(HTTPStatus.NOT_FOUND, "not found"))

    def serve(self) -> None:
        spared = self.path in (HEALTH, MISBEHAVE)
        self._rule = None if spared else self.server.misbehaviour.due(self.path)
        kind = self._rule.kind if self._rule else ""
        if self._rule and kind == STALL:
            self._rule.pause(self._rule.seconds)
            self.close_connection = True
        elif kind == ERROR:
            self.answer(told(HTTPStatus.INTERNAL_SERVER_ERROR, "as you wish"))
        elif self._rule and kind == TOO_MANY:
            after = ("Retry-After", str(self._rule.retry_after))
            self.answer(told(HTTPStatus.TOO_MANY_REQUESTS, "not so fast", after))
        else:
            super().serve()

    def is_known(self, page: Page) -> bool:
        # a body that is to be cut or slow has to be sent
        return not self._rule and super().is_known(page)

    def write(self, body: bytes) -> None:
        if self._rule and self._rule.kind == CUT:
            super().write(body[: len(body) // 2])
            self.close_connection = True
        elif self._rule and self._rule.kind == SLOW:
            size = -(-len(body) // _PIECES)
            for begin in range(0, len(body), size):
                self._rule.pause(self._rule.seconds / _PIECES)
                super().write(body[begin : begin + size])
        else:
            super().write(body)


class LiveServer(ExportServer):
    """Serves a live shop; it answers at once, and 503 until `begin` has made the shop's past."""

    def __init__(
        self,
        folder: Path,
        clock: Clock,
        seed: int,
        since: date = FIRST_DAY,
        port: int = 0,
        host: str = "127.0.0.1",
        misbehaviour: Misbehaviour | None = None,
    ) -> None:
        self.clock = clock
        self.misbehaviour = misbehaviour or Misbehaviour()
        self._growth = Growth(folder, seed, since)
        self._ready = Event()
        super().__init__(folder, port, host, LiveHandler)

    def begin(self, progress: Progress | None = None) -> None:
        """Makes the shop's past, which takes a while the first time, and opens."""
        self._growth.begin(self.clock(), progress)
        self._ready.set()

    def advance(self) -> int:
        """Brings the shop to the present instant, which is returned."""
        now = self.clock()
        self._growth.advance(now)
        return now

    def page(self, address: str, query: str = "") -> Page | None:
        """What an address shows now; None when there is nothing."""
        if address == MISBEHAVE:
            return self.rules()
        if not self._ready.is_set():
            preparing = {"status": "preparing", "now": iso(self.clock())}
            wait = (("Retry-After", "2"),)
            return api.json_page(preparing, HTTPStatus.SERVICE_UNAVAILABLE, wait)
        now = self.advance()
        if address == HEALTH:
            return api.json_page({"status": "ready", "now": iso(now)})
        if address.startswith(api.API):
            return api.answer(self._growth.plan, address, query, now)
        if address.startswith(storefront.CATALOGUE):
            return storefront.page(self._growth.book.prices, local_day(now), address, query)
        return super().page(address, query)

    @property
    def growing(self) -> Collection[str]:
        """The files of the present day, and the rates."""
        return self._growth.growing

    def rules(self) -> Page:
        """The rules of misbehaviour in force."""
        return api.json_page(self.misbehaviour.told())

    def server_close(self) -> None:
        """Ends the site, and what stalls with it."""
        self.misbehaviour.end()
        super().server_close()
