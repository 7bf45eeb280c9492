"""The JSON API: whoever walks over its pages while records come in meets each record exactly once."""

import json
import re
from datetime import date, timedelta
from http import HTTPStatus
from urllib.parse import urlsplit

import pytest

from demo_shop.crm.plan import Plan
from demo_shop.live import api
from demo_shop.paris import instant
from demo_shop.staff import Staff

SEED, DAY = 20, date(2025, 3, 3)
"""A Monday; the bookings of February were entered on the day before."""
MORNING = instant(DAY, 8 * 3600)
KINDS = ("accounts", "opportunities", "bookings")


@pytest.fixture(scope="module")
def plan():
    return Plan(SEED, DAY + timedelta(days=60), Staff(SEED))


class Client:
    """Asks the API, and lets time pass at each request."""

    def __init__(self, plan, now, pace):
        self.plan, self.now, self.pace = plan, now, pace

    def ask(self, address):
        parts = urlsplit(address)
        page = api.answer(self.plan, parts.path, parts.query, self.now)
        self.now += self.pace
        assert page is not None
        links = dict(page.headers).get("Link", "")
        rels = {rel: target for target, rel in re.findall(r'<([^>]*)>; rel="(\w+)"', links)}
        return page.status, json.loads(page.body), rels

    def numbered(self, address):
        """All records, by page numbers until a page is not full."""
        found, number = [], 1
        while True:
            _, body, _ = self.ask(f"{address}page={number}")
            found += body["data"]
            number += 1
            if len(body["data"]) < body["per_page"]:
                return found

    def linked(self, address):
        """All records, by the links to the next page."""
        found = []
        while address:
            _, body, links = self.ask(address)
            found += body["data"]
            address = links.get("next")
        return found

    def pointed(self, address):
        """All records, by cursors."""
        found, cursor = [], ""
        while cursor is not None:
            _, body, _ = self.ask(f"{address}cursor={cursor}")
            found += body["data"]
            cursor = body["next_cursor"]
        return found


def shown(plan, kind, now, since=0):
    return [each.fields(now) for each in plan.created(kind, now) if each.updated_at(now) >= since]


def ids(records):
    return [each["id"] for each in records]


@pytest.mark.parametrize("kind", KINDS)
def test_page_numbers_meet_each_record_once_while_records_come_in(plan, kind):
    client = Client(plan, MORNING - 2 * 86400, 3 * 3600)
    begun = ids(shown(plan, kind, client.now))
    found = ids(client.numbered(f"/api/{kind}?per_page=20&"))
    # without a gap, and with what came in on the way
    assert found == ids(shown(plan, kind, client.now))[: len(found)]
    assert len(found) > len(begun) > 800


@pytest.mark.parametrize("walk", ["linked", "pointed"])
@pytest.mark.parametrize("kind", KINDS)
def test_links_and_cursors_walk_over_one_moment(plan, kind, walk):
    client = Client(plan, MORNING - 2 * 86400, 3 * 3600)
    moment = shown(plan, kind, client.now)
    assert getattr(client, walk)(f"/api/{kind}?per_page=20&") == moment
    # the moment is over, or the test says nothing
    assert shown(plan, kind, client.now) != moment


def test_a_cursor_leads_on_from_the_first_page_that_was_asked_for_without_one(plan):
    client = Client(plan, MORNING, 3600)
    moment = shown(plan, "accounts", MORNING)
    _, first, _ = client.ask("/api/accounts?per_page=7")
    _, second, _ = client.ask(f"/api/accounts?per_page=7&cursor={first['next_cursor']}")
    assert first["data"] + second["data"] == moment[:14]
    assert client.ask(f"/api/accounts?per_page=200&page=99&as_of={utc(MORNING)}")[1]["next_cursor"] is None


def utc(seconds):
    return api._text(seconds)


@pytest.mark.parametrize("walk", ["numbered", "linked", "pointed"])
@pytest.mark.parametrize("kind", KINDS)
def test_updated_since_gives_what_has_changed(plan, kind, walk):
    since = MORNING - 20 * 86400
    client = Client(plan, MORNING, 0)
    found = getattr(client, walk)(f"/api/{kind}?per_page=9&updated_since={utc(since)}&")
    assert found == shown(plan, kind, MORNING, since)
    assert 9 < len(found) < len(shown(plan, kind, MORNING))


def test_updated_since_includes_its_own_instant(plan):
    record = plan.created("opportunities", MORNING)[-1]
    changed = record.updated_at(MORNING)
    for since, expected in ((changed, True), (changed + 1, False)):
        address = f"/api/opportunities?updated_since={utc(since)}&per_page=200"
        assert (record.record_id in ids(Client(plan, MORNING, 0).ask(address)[1]["data"])) == expected


@pytest.mark.parametrize("walk", ["linked", "pointed"])
def test_who_asks_for_changes_from_time_to_time_misses_none(plan, walk):
    client, known, mark = Client(plan, MORNING, 900), {}, "2023-01-01T00:00:00Z"
    for _ in range(12):
        # an offset of Paris has a plus sign, which not everybody escapes
        for each in getattr(client, walk)(f"/api/opportunities?per_page=50&updated_since={mark}&"):
            known[each["id"]] = each
        mark = max(each["updated_at"] for each in known.values())
        moment, client.now = client.now, client.now + 86400
    client.pace, client.now = 0, moment
    for each in getattr(client, walk)(f"/api/opportunities?updated_since={mark}&"):
        known[each["id"]] = each
    assert list(known.values()) == shown(plan, "opportunities", moment)


def test_links_and_counts_say_where_one_is(plan):
    total = len(shown(plan, "accounts", MORNING))
    pages = -(-total // 30)
    assert pages > 3
    for page, rels in ((1, {"first", "next", "last"}), (2, {"first", "prev", "next", "last"})):
        _, body, links = Client(plan, MORNING, 0).ask(f"/api/accounts?per_page=30&page={page}")
        assert (body["page"], body["per_page"], body["pages"], body["total"]) == (page, 30, pages, total)
        assert links.keys() == rels
    status, last, links = Client(plan, MORNING, 0).ask(links["last"])
    assert (status, last["page"], len(last["data"])) == (HTTPStatus.OK, pages, total - 30 * (pages - 1))
    assert links.keys() == {"first", "prev", "last"}
    status, beyond, _ = Client(plan, MORNING, 0).ask(f"/api/accounts?per_page=30&page={pages + 1}")
    assert (status, beyond["data"]) == (HTTPStatus.OK, [])


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("page=0", "page"),
        ("page=two", "page"),
        ("page=²", "page"),
        ("per_page=201", "per_page"),
        ("per_page=-1", "per_page"),
        ("updated_since=2024-01-01", "updated_since"),
        ("updated_since=yesterday", "updated_since"),
        ("as_of=2099-01-01T00:00:00Z", "as_of"),
        ("cursor=nonsense", "cursor"),
        ("cursor=NDA5OTc2MzIwMHwwfA", "cursor"),
        ("cursor=&page=2", "cursor"),
    ],
)
def test_a_wrong_question_is_told(plan, query, named):
    status, body, _ = Client(plan, MORNING, 0).ask(f"/api/accounts?{query}")
    assert status == HTTPStatus.BAD_REQUEST
    assert body["error"].startswith(named)


def test_there_are_no_other_addresses(plan):
    assert api.answer(plan, "/api/", "", MORNING) is None
    assert api.answer(plan, "/api/customers", "", MORNING) is None
