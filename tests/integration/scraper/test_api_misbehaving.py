"""An API that misbehaves, or changes while it is read: nothing is lost, nothing doubled, nothing half."""

import json
import signal
import subprocess
import threading

import pytest

from tests.integration.scraper.crawling import crawled
from tests.integration.scraper.records import CURSOR, LINK, PAGES, PATH, SINCE, Api, record, table
from tests.integration.scraper.site import cut, given, refused, silent

pytestmark = pytest.mark.slow

MANNERS = "[manners]\nretries = 1\ntimeout = 1.5\nmax_pages = 9\n"


@pytest.fixture
def api(place, site):
    served = Api([record(number, number) for number in range(1, 9)])
    served.publish(site)
    return served


def ids(place, batch=-1):
    return [int(each) for each in place.rows("orders", batch)["id"]]


def failed(place):
    """Why a crawl wrote nothing."""
    crawl = place.crawl()
    assert (crawl.code, crawl.report["committed"], place.leftovers()) == (1, False, []), crawl.log
    return next(iter(crawl.failures.values()))


def test_what_passes_is_tried_again(place, site, api):
    place.profile(site.root, MANNERS + table(CURSOR), kind="api")
    site.answers[PATH] += [refused(500), api.answer, silent, api.answer, cut(b"{}" * 99)]
    crawled(place)
    assert ids(place) == list(range(1, 9))


def page(body):
    return given(body, "application/json")


BROKEN = {
    "HTTP 401": refused(401),
    "not valid JSON": page(b'{"data": {"orders": [{"id": 1}, {"i'),
    "an HTML page, not a JSON document": given(b"<html>Log in</html>", "text/html"),
    "the body is empty": page(b""),
    "the document has nothing at records = 'data.orders'": page(b'{"error": "no"}'),
    "no list at records = 'data.orders'": page(b'{"data": {"orders": {}}}'),
    "record 1 is not an object": page(b'{"data": {"orders": [7]}}'),
    "the document has nothing at paging.cursor = 'meta'": page(b'{"data": {"orders": []}}'),
}


def test_a_page_that_cannot_be_read_is_named_with_its_number(place, site, api):
    place.profile(site.root, MANNERS + table(CURSOR), kind="api")
    for reason, answer in BROKEN.items():
        site.answers[PATH] += [api.answer, answer]
        assert failed(place) == f"page 2: {reason}"
    assert place.commits() == []


LOOP = b'{"data": {"orders": [{"id": 1}]}, "meta": {"next": "same"}}'
LOOPS = {
    "page 2 leads back to a page that was read": (CURSOR, page(LOOP)),
    "page 2 is the same as the one before: it does not page": (PAGES, page(LOOP)),
}


@pytest.mark.parametrize("reason", LOOPS)
def test_paging_that_leads_nowhere_is_ended_by_name(place, site, reason):
    paging, answer = LOOPS[reason]
    site.always[PATH] = answer
    place.profile(site.root, MANNERS + table(paging), kind="api")
    assert failed(place) == reason


@pytest.mark.parametrize("paging", [PAGES, CURSOR])
def test_pages_without_end_are_ended_by_name(place, site, paging):
    served = Api([], size=1)

    def more(request):
        served.records.append(record(request, request))
        served.records.append(record(request + 1000, request + 1000))

    served.between = more
    served.publish(site)
    place.profile(site.root, MANNERS + table(paging), kind="api")
    assert failed(place) == "more pages than max_pages = 9"


def test_a_record_that_changes_while_numbered_pages_are_read_hides_no_other(place, site, api):
    """Record 1 goes from the first page to the last one; record 4 moves to the page that was read."""
    place.profile(site.root, table(PAGES, SINCE), kind="api")
    api.between = lambda request: api.update(1, 100, total=99) if request == 2 else None
    crawl = crawled(place)
    assert ids(place) == [2, 3, 4, 5, 6, 7, 8, 1]
    assert crawl.warnings == {}
    # Three walks of four pages: the first one and the second one differ.
    assert api.requests == 12


def test_a_record_that_changes_while_a_cursor_is_followed_comes_in_both_versions(place, site, api):
    place.profile(site.root, table(CURSOR, SINCE), kind="api")
    api.between = lambda request: api.update(1, 100, total=99) if request == 2 else None
    crawled(place)
    assert ids(place) == [1, 2, 3, 4, 5, 6, 7, 8, 1]
    assert place.rows("orders")["total"].to_list()[-1] == "99"


def test_where_no_walks_agree_the_next_crawl_asks_for_the_same_time_again(place, site, api):
    place.profile(site.root, table(PAGES, SINCE), kind="api")
    crawled(place)
    # With each walk another record is the last one, and hides the one behind it.
    moves = {number: iter(range(100 * number, 100 * number + 100)) for number in range(1, 20)}
    api.requests = 0

    def move(request):
        if request % 4 == 2:
            number = 1 + request // 4
            api.update(number, next(moves[number]), total=request)

    api.between = move
    crawl = crawled(place)
    [warning] = crawl.warnings.values()
    assert "the next crawl asks for the same time again" in warning
    api.between = None
    site.asked.clear()
    crawled(place)
    assert {each.query["updated_since"] for each in site.asked if each.path == PATH} == {
        "2026-02-28T23:58:00Z"
    }
    seen = {
        (row["id"], row["updated_at"], row["total"])
        for batch in range(len(place.commits()))
        for row in place.rows("orders", batch).iter_rows(named=True)
    }
    rows = sum(place.rows("orders", batch).height for batch in range(len(place.commits())))
    assert {(str(each["id"]), each["updated_at"], str(each["total"])) for each in api.records} <= seen
    assert rows == len(seen), "no version is there twice"


def test_judged_records_that_move_each_time_are_a_failure(place, site, api):
    place.profile(site.root, table(PAGES, 'snapshot = "table"\n'), kind="api")
    api.between = lambda request: api.update(1 + request % 8, 100 + request)
    assert failed(place).startswith("records moved from page to page each time it was read")


def test_a_judged_endpoint_that_gives_nothing_deletes_nothing(place, site, api):
    place.profile(site.root, table(PAGES, 'snapshot = "table"\n'), kind="api")
    crawled(place)
    api.records = []
    assert failed(place) == "no rows, where there were 8: taken for deletions only with accept_drop"
    assert place.crawl("--accept-drop").code == 0
    assert place.rows("orders").height == 0
    assert {"id", "updated_at"} <= set(place.rows("orders").columns)


@pytest.mark.parametrize(
    ("column", "reason"),
    [("changed", "nothing in any record"), ("lines", "neither an ISO instant nor a number")],
)
def test_a_column_that_says_nothing_of_changes_is_named(place, site, api, column, reason):
    place.profile(site.root, table(CURSOR, SINCE.replace('"updated_at"', f'"{column}"')), kind="api")
    assert failed(place) == f"updated_since.column = {column!r} holds {reason}"


def test_one_endpoint_that_fails_keeps_the_others_from_being_committed(place, site, api):
    place.profile(site.root, MANNERS + table(CURSOR) + '[tables.other]\npath = "none"\n', kind="api")
    assert failed(place) == "page 1: HTTP 404"


@pytest.mark.parametrize("paging", [LINK, 'paging = { cursor = "meta.next" }\n'])
def test_a_next_page_on_another_host_is_named_and_sees_no_secret(place, site, paging):
    def answer(handler):
        ahead = None if "p" in handler.query else f"http://localhost:{site.server_port}{PATH}?p=2"
        body = json.dumps({"data": {"orders": [{"id": 2 if ahead is None else 1}]}, "meta": {"next": ahead}})
        link = {"Link": f'<{ahead}>; rel="next"'} if ahead else {}
        handler.give(body.encode(), "application/json", link)

    def profile(more=""):
        secret = 'secrets = { X-Key = "SHOP_KEY" }\n'
        place.profile(site.root, f"{secret}[manners]\nretries = 0\n{more}{table(paging)}", kind="api")

    site.always[PATH] = answer
    profile()
    crawl = place.crawl(SHOP_KEY="hush")
    assert (crawl.code, len(place.commits())) == (1, 0)
    assert "page 2: lies on another host, localhost" in next(iter(crawl.failures.values()))
    profile('allowed_hosts = ["localhost"]\n')
    assert place.crawl(SHOP_KEY="hush").code == 0
    assert ids(place) == [1, 2]
    assert {each.query.get("p"): each.headers["X-Key"] for each in site.asked if each.path == PATH} == {
        None: "hush",
        "2": None,
    }


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_a_crawl_that_is_stopped_goes_on_from_where_it_began(place, site, api, how):
    place.profile(site.root, table(CURSOR, SINCE), kind="api")
    crawled(place)
    api.records += [record(number, number) for number in range(20, 28)]
    reached, on = threading.Event(), threading.Event()

    def wait(handler):
        reached.set()
        on.wait(60)
        handler.close_connection = True

    site.answers[PATH] += [api.answer, api.answer, wait]
    crawl = subprocess.Popen(place.command(), cwd=place.root, stderr=subprocess.PIPE)
    assert reached.wait(60)
    crawl.send_signal(how)
    on.set()
    crawl.communicate(timeout=60)
    assert crawl.returncode != 0
    assert len(place.commits()) == 1
    crawled(place)
    assert ids(place) == list(range(20, 28))
