"""Asks a site of this machine, one request after the other."""

import http.client
import json
from typing import Any, NamedTuple


class Answer(NamedTuple):
    """What came back."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def json(self) -> Any:
        """The body, read as JSON."""
        return json.loads(self.body)


class Client:
    """A connection that is kept, and opened again where the site has closed it."""

    def __init__(self, port: int, timeout: float = 20) -> None:
        self._link = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)

    def get(self, address: str, method: str = "GET", body: str | None = None, **headers: str) -> Answer:
        """The answer to a request; names of headers are written with `_`."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self._link.request(method, address, body, named)
        answer = self._link.getresponse()
        return Answer(answer.status, answer.headers, answer.read())

    def misbehave(self, *rules: dict[str, Any]) -> Answer:
        """Adds rules."""
        return self.get("/misbehave", "POST", json.dumps(rules))

    def close(self) -> None:
        """Ends the connection."""
        self._link.close()
