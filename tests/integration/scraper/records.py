"""A JSON API over a list of records: pages by number, by cursor and by link, and what changed since."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from tests.integration.scraper.site import Handler, Site

PATH = "/api/orders"


def record(number: int, minute: int, **said: Any) -> dict[str, Any]:
    """An order, changed that many minutes after the first of March."""
    changed = datetime(2026, 3, 1, tzinfo=UTC) + timedelta(minutes=minute)
    return {
        "id": number,
        "updated_at": f"{changed:%Y-%m-%dT%H:%M:%SZ}",
        "total": 12.5,
        "lines": [{"sku": "a", "n": 1.10}],
        **said,
    }


@dataclass
class Api:
    """Gives the records in the order of their last change, `size` a page."""

    records: list[dict[str, Any]]
    size: int = 3
    between: Callable[[int], None] | None = None
    """Called before the n-th request is answered, from 1."""
    requests: int = field(default=0)

    def publish(self, site: Site) -> None:
        """Answer at `PATH`."""
        site.always[PATH] = self.answer

    def update(self, number: int, minute: int, **said: Any) -> None:
        """Change a record: it is the last one now."""
        self.records = [each for each in self.records if each["id"] != number]
        self.records.append(record(number, minute, **said))

    def since(self, stamp: str | None) -> list[dict[str, Any]]:
        chosen = [each for each in self.records if stamp is None or each["updated_at"] >= stamp]
        return sorted(chosen, key=lambda each: (each["updated_at"], each["id"]))

    def answer(self, handler: Handler) -> None:
        """`page`, or `after` (the last record seen): whichever is asked for; the next one as a link too."""
        self.requests += 1
        if self.between is not None:
            self.between(self.requests)
        query = handler.query
        chosen = self.since(query.get("updated_since"))
        if "page" in query:
            start = (int(query["page"]) - 1) * self.size
            shown = chosen[start : start + self.size]
        else:
            after = tuple(json.loads(query.get("after", '["", 0]')))
            left = [each for each in chosen if (each["updated_at"], each["id"]) > after]
            shown = left[: self.size]
            more = len(left) > self.size
            cursor = json.dumps([shown[-1]["updated_at"], shown[-1]["id"]]) if more else None
            self._give(handler, shown, cursor)
            return
        self._give(handler, shown, None)

    def _give(self, handler: Handler, shown: list[dict[str, Any]], cursor: str | None) -> None:
        body = {"data": {"orders": shown}, "meta": {"next": cursor}}
        ahead = urlencode({**handler.query, "after": cursor})
        link = {"Link": f'<{PATH}?{ahead}>; rel="next"'} if cursor else {}
        handler.give(json.dumps(body).encode(), "application/json", link)


PAGES = 'paging = { page = "page" }\n'
CURSOR = 'paging = { cursor = "meta.next", parameter = "after" }\n'
LINK = "paging = { link = true }\n"
SINCE = 'updated_since = { parameter = "updated_since", column = "updated_at" }\n'


def table(*said: str) -> str:
    """The raw table of the profile."""
    return f'[tables.orders]\npath = "{PATH}"\nrecords = "data.orders"\n{"".join(said)}'
