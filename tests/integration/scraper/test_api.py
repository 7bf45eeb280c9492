"""A JSON API, read whole and by what changed, with nothing lost and nothing doubled."""

import json

import pytest

from saleslake.raw import ROWS_PER_FILE
from tests.integration.scraper.crawling import crawled
from tests.integration.scraper.records import CURSOR, LINK, PAGES, PATH, SINCE, Api, record, table
from tests.integration.scraper.site import given, refused


@pytest.fixture
def api(site):
    served = Api([record(number, number) for number in range(1, 9)])
    served.publish(site)
    return served


def written(place):
    """Id and total of every row of every batch, in the order in which they came."""
    batches = range(len(place.commits()))
    return [row for batch in batches for row in place.rows("orders", batch).select("id", "total").rows()]


def asked(site, name):
    """What was asked for in this parameter, page by page, since the last call."""
    values = [each.query.get(name) for each in site.asked if each.path == PATH]
    site.asked.clear()
    return values


ALL = [(str(number), "12.5") for number in range(1, 9)]


def test_numbers_and_nested_fields_are_the_text_that_was_written(place, site):
    body = b'{"orders": [{"id": 12345678901234567890, "rate": 1.10, "of": {"a": [1.50, null]}, "no": null}]}'
    site.always[PATH] = given(body, "application/json")
    place.profile(f"{site.root}api", '[tables.orders]\npath = "orders"\nrecords = "orders"\n', kind="api")
    crawled(place)
    frame = place.rows("orders")
    assert frame.select("id", "rate", "of", "no").rows() == [
        ("12345678901234567890", "1.10", '{"a": [1.50, null]}', None)
    ]
    assert frame["_address"].to_list() == [f"{site.root}api/orders"]
    assert frame["_row"].to_list() == [ROWS_PER_FILE + 1]


@pytest.mark.parametrize("paging", [PAGES, CURSOR])
def test_all_pages_are_read_and_an_unchanged_whole_is_not_written_again(place, site, api, paging):
    place.profile(site.root, table(paging, 'query = { status = "all" }\n'), kind="api")
    crawled(place)
    assert written(place) == ALL
    assert asked(site, "status") == ["all"] * (8 if paging == PAGES else 3)
    assert place.commits()[0].standing == {"orders": 8}
    assert crawled(place).report["committed"] is False
    api.update(2, 500, total=7)
    crawled(place)
    assert place.rows("orders")["id"].to_list() == ["1", "3", "4", "5", "6", "7", "8", "2"]


def test_a_link_header_leads_to_the_next_page(place, site):
    def answer(handler):
        page = int(handler.query.get("p", "1"))
        link = f'<{PATH}?p={page + 1}>; rel="next", <{PATH}>; rel="first"' if page < 3 else ""
        handler.give(json.dumps([{"id": page}]).encode(), "application/json", {"Link": link} if link else {})

    site.always[PATH] = answer
    place.profile(site.root, f'[tables.orders]\npath = "{PATH}"\npaging = {{ link = true }}\n', kind="api")
    crawled(place)
    assert place.rows("orders")["id"].to_list() == ["1", "2", "3"]


@pytest.mark.parametrize("paging", [PAGES, CURSOR])
def test_the_next_crawl_asks_for_what_changed_and_writes_only_that(place, site, api, paging):
    place.profile(site.root, table(paging, SINCE), kind="api")
    crawled(place)
    assert set(asked(site, "updated_since")) == {None}
    assert crawled(place).report["committed"] is False
    # Ten minutes before the last change that was seen: those of the overlap come again, and are known.
    assert set(asked(site, "updated_since")) == {"2026-02-28T23:58:00Z"}
    api.update(3, 30, total=1)
    api.records.append(record(9, 31))
    crawled(place)
    assert written(place) == [*ALL, ("3", "1"), ("9", "12.5")]
    assert place.commits()[-1].standing == {}, "who asks for what is new does not know how much there is"
    asked(site, "updated_since")
    api.update(4, 32, total=2)
    crawled(place)
    assert set(asked(site, "updated_since")) == {"2026-03-01T00:21:00Z"}
    assert written(place)[10:] == [("4", "2")]


def test_what_was_written_late_within_the_overlap_is_not_lost(place, site, api):
    place.profile(site.root, table(CURSOR, SINCE), kind="api")
    crawled(place)
    api.records.append(record(9, 0))
    crawled(place)
    assert written(place) == [*ALL, ("9", "12.5")]


def test_a_clock_that_is_ahead_hides_no_changes(place, site, api):
    api.records.append({**record(9, 9), "updated_at": "2999-01-01T00:00:00Z"})
    place.profile(site.root, table(CURSOR, SINCE), kind="api")
    crawled(place)
    asked(site, "updated_since")
    crawled(place)
    [since] = set(asked(site, "updated_since"))
    assert "2026-03-01" < since < "2100"


def test_records_of_a_clock_that_is_ahead_are_written_once(place, site, api):
    """They are given to each crawl that asks for what changed since now."""
    place.profile(site.root, table(CURSOR, SINCE.replace(" }", ', overlap = "0s" }')), kind="api")
    ahead = [{**record(number, 9), "updated_at": f"2999-01-0{number - 8}T00:00:00Z"} for number in (9, 10)]
    for each in ahead:
        api.records.append(each)
        crawled(place)
    assert crawled(place).report["committed"] is False
    assert written(place) == [*ALL, ("9", "12.5"), ("10", "12.5")]


def test_everything_is_asked_for_once_more_when_a_person_says_so(place, site, api):
    place.profile(site.root, table(CURSOR, SINCE), kind="api")
    crawled(place)
    api.records.append(record(9, -60 * 10))
    assert crawled(place).report["committed"] is False
    asked(site, "updated_since")
    assert place.crawl("--full").code == 0
    assert set(asked(site, "updated_since")) == {None}
    assert written(place) == [*ALL, ("9", "12.5")]


@pytest.mark.slow
@pytest.mark.parametrize("paging", [PAGES, CURSOR, pytest.param(LINK, marks=pytest.mark.slow)])
def test_a_crawl_that_breaks_off_loses_and_doubles_nothing(place, site, api, paging):
    """Once whole, then changed, then broken off at each page there is, then whole again."""
    api.size = 6
    place.profile(site.root, f"[manners]\nretries = 0\n{table(paging, SINCE)}", kind="api")
    crawled(place)
    for number in range(20, 28):
        api.records.append(record(number, number))
    api.update(1, 30, total=1)
    asked(site, "updated_since")
    page, broken = 0, True
    while broken:
        page += 1
        site.answers[PATH] += [api.answer] * (page - 1) + [refused(500)]
        crawl = place.crawl()
        broken = crawl.code != 0
        if broken:
            assert list(crawl.failures.values()) == [f"page {_in_walk(page, paging)}: HTTP 500"]
            assert (len(place.commits()), place.leftovers()) == (1, [])
        # The answers left over are those that a whole crawl did not need.
        site.answers[PATH].clear()
    assert page == {PAGES: 9, CURSOR: 4, LINK: 4}[paging]
    assert len(set(asked(site, "updated_since"))) == 1, "each began where the first one did"
    assert written(place) == [*ALL, *((str(number), "12.5") for number in range(20, 28)), ("1", "1")]
    assert crawled(place).report["committed"] is False


def _in_walk(request, paging):
    """Pages are counted anew in the second walk over numbered pages, of which the last one is empty."""
    return (request - 1) % 4 + 1 if paging == PAGES else request
