"""The JSON API over the sales teams' records: `/api/accounts`, `/api/opportunities` and `/api/bookings`.

Records lie in the order of their creation, so new ones come behind those that have been read and no change
moves one: pages counted up to the first that is not full have each record once. Links and cursors also keep
the instant of the first page: what they lead through is of one moment, with `updated_since` too.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode

from demo_shop.crm.plan import Plan
from demo_shop.crm.records import Record
from demo_shop.server import Page

API = "/api/"
KINDS = ("accounts", "opportunities", "bookings")
PER_PAGE, MOST_PER_PAGE = 50, 200


class _Wanted(NamedTuple):
    """What a request asks for: `page` or the place (`created_at`, id) `after` which to go on."""

    per_page: int
    page: int | None
    after: tuple[int, str] | None
    updated_since: str
    as_of: int


def answer(plan: Plan, address: str, query: str, now: int) -> Page | None:
    """The page of an address of the API at an instant; None when there is none."""
    kind = address.removeprefix(API).rstrip("/")
    if kind not in KINDS:
        return None
    try:
        wanted = _read(dict(parse_qsl(query, keep_blank_values=True)), now)
        since = _instant("updated_since", wanted.updated_since) if wanted.updated_since else 0
    except ValueError as wrong:
        return json_page({"error": str(wrong)}, HTTPStatus.BAD_REQUEST)
    records = [
        each
        for each in plan.created(kind, wanted.as_of)
        if not since or each.updated_at(wanted.as_of) >= since
    ]
    if wanted.after is not None:
        return _from_cursor(address, wanted, records, wanted.after)
    return _numbered(address, wanted, records, wanted.page or 1)


def _numbered(address: str, wanted: _Wanted, records: Sequence[Record], page: int) -> Page:
    pages = max(1, -(-len(records) // wanted.per_page))
    near = {"first": 1, "prev": page - 1, "next": page + 1, "last": pages}
    links = {
        rel: {"page": number, "as_of": _text(wanted.as_of)}
        for rel, number in near.items()
        if 1 <= number <= pages
    }
    begin = (page - 1) * wanted.per_page
    shown = [each.fields(wanted.as_of) for each in records[begin : begin + wanted.per_page]]
    counts = {"page": page, "per_page": wanted.per_page, "pages": pages, "total": len(records)}
    cursor = _cursor(wanted, records[: begin + wanted.per_page], len(records))
    return json_page({"data": shown, **counts, "next_cursor": cursor}, headers=_link(address, wanted, links))


def _from_cursor(address: str, wanted: _Wanted, records: Sequence[Record], after: tuple[int, str]) -> Page:
    left = [each for each in records if (each.created_at, each.record_id) > after]
    here = left[: wanted.per_page]
    cursor = _cursor(wanted, here, len(left))
    links: dict[str, dict[str, Any]] = {"next": {"cursor": cursor}} if cursor else {}
    shown = [each.fields(wanted.as_of) for each in here]
    return json_page({"data": shown, "next_cursor": cursor}, headers=_link(address, wanted, links))


def _cursor(wanted: _Wanted, read: Sequence[Record], count: int) -> str | None:
    """What leads on behind the records that have been read, of so many; None when these are all."""
    if len(read) == count:
        return None
    place = f"{wanted.as_of}|{read[-1].created_at}|{read[-1].record_id}"
    return urlsafe_b64encode(place.encode()).decode().rstrip("=")


def json_page(
    content: object, status: HTTPStatus = HTTPStatus.OK, headers: tuple[tuple[str, str], ...] = ()
) -> Page:
    """A page of JSON."""
    body = (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()
    return Page(body, "application/json", status=status, headers=headers)


def _read(asked: dict[str, str], now: int) -> _Wanted:
    per_page = _number("per_page", asked.get("per_page", str(PER_PAGE)), MOST_PER_PAGE)
    since = asked.get("updated_since", "")
    if "cursor" not in asked:
        as_of = _instant("as_of", asked["as_of"]) if "as_of" in asked else now
        if as_of > now:
            raise ValueError("as_of: that is yet to come")
        return _Wanted(per_page, _number("page", asked.get("page", "1"), None), None, since, as_of)
    if "page" in asked or "as_of" in asked:
        raise ValueError("cursor: not with page or as_of")
    as_of, after = _place(asked["cursor"], now) if asked["cursor"] else (now, (0, ""))
    return _Wanted(per_page, None, after, since, as_of)


def _number(name: str, text: str, most: int | None) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 10) or int(text) < 1:
        raise ValueError(f"{name}: {text!r} is not a whole number from 1")
    if most is not None and int(text) > most:
        raise ValueError(f"{name}: {text} is more than {most}")
    return int(text)


def _instant(name: str, text: str) -> int:
    try:
        # a plus sign that was not escaped arrives as a blank
        found = datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise ValueError(f"{name}: {text!r} is not an ISO instant with an offset, like 2026-10-01T00:00:00Z")
    # rounded up: nothing that changed before it is meant
    return -int(-found.timestamp() // 1)


def _place(cursor: str, now: int) -> tuple[int, tuple[int, str]]:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        as_of, created_at, record_id = urlsafe_b64decode(padded.encode()).decode().split("|")
        place = int(as_of), (int(created_at), record_id)
    except ValueError as broken:
        raise ValueError(f"cursor: {cursor!r} is none of ours") from broken
    if place[0] > now:
        raise ValueError("cursor: that is yet to come")
    return place


def _link(address: str, wanted: _Wanted, links: dict[str, dict[str, Any]]) -> tuple[tuple[str, str], ...]:
    kept: dict[str, Any] = {"per_page": wanted.per_page}
    if wanted.updated_since:
        kept["updated_since"] = wanted.updated_since
    # relative to the site, which does not know under which name it is reached
    texts = (f'<{address}?{urlencode(where | kept)}>; rel="{rel}"' for rel, where in links.items())
    return (("Link", ", ".join(texts)),) if links else ()


def _text(seconds: int) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%SZ}"
