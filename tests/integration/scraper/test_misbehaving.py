"""A site that misbehaves: nothing half is ever committed, and every failure has a name."""

import gzip
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from urllib.parse import quote

import pytest

from tests.integration.scraper.site import cut, endless, given, refused, silent

A, B = "id,name\n1,a\n2,b\n", "id,name\n3,c\n"
BAD = "/exports/b.csv"


@pytest.fixture
def two(place, site):
    site.put("a.csv", A)
    site.put("b.csv", B)
    place.profile(site.url)
    return site


PASSING = {
    "500 twice": [refused(500), refused(503)],
    "429 with seconds": [refused(429, Retry_After="0")],
    "a body that is cut": [cut(B.encode() * 50)],
    "a compressed body that is cut": [given(gzip.compress(B.encode())[:-6], Content_Encoding="gzip")],
}


def test_what_passes_is_tried_again(place, site):
    for number, answers in enumerate(PASSING.values()):
        site.put(f"{number}.csv", B)
        site.answers[f"/exports/{number}.csv"] += answers
    place.profile(site.url)
    crawl = place.crawl()
    assert crawl.code == 0, crawl.log
    asked = site.paths()
    tries = [asked.count(f"/exports/{number}.csv") for number in range(len(PASSING))]
    assert tries == [1 + len(answers) for answers in PASSING.values()]
    assert place.rows()["id"].to_list() == ["3"] * len(PASSING)


def test_a_site_that_says_when_is_asked_then(place, two):
    at = datetime.now(UTC) + timedelta(seconds=3600)
    two.answers[BAD] += [refused(429, Retry_After=format_datetime(at, usegmt=True))]
    crawl = place.crawl("-s", "RETRY_AFTER_MAX_SECONDS=0.3")
    assert crawl.code == 0, crawl.log
    assert "HTTP 429; try 1 of 4 in 0.3 s" in crawl.log


def test_the_index_too_is_tried_again(place, two):
    two.answers["/exports/"] += [refused(500)]
    assert place.crawl().code == 0
    assert two.paths().count("/exports/") == 2


NOT_HAD = {
    "500 for ever": (refused(500), "HTTP 500", 2),
    "gone": (refused(404), "HTTP 404", 1),
    "cut for ever": (cut(B.encode() * 50), "the body is cut short", 2),
    "compressed and cut": (
        given(gzip.compress(B.encode())[:-6], Content_Encoding="gzip"),
        "the body is cut short",
        2,
    ),
    "an encoding nobody asked for": (
        given(b"x", Content_Encoding="br"),
        "the body is encoded as 'br', which was not asked for",
        1,
    ),
    "no answer": (silent, "no whole answer within 1.5 s", 2),
    "3 GB": (endless(b"x" * 4096, 3 << 30), "larger than max_megabytes = 1: refused", 1),
    "more than it may be": (endless(b"x" * 65536), "larger than max_megabytes = 1: refused", 1),
}


def test_what_cannot_be_had_keeps_everything_from_being_committed(place, two):
    two.always |= {f"/exports/{kind}.csv": answer for kind, (answer, _, _) in NOT_HAD.items()}
    for kind in NOT_HAD:
        two.put(f"{kind}.csv", B)
    manners = "[manners]\nretries = 1\ntimeout = 1.5\nmax_megabytes = 1\n"
    place.profile(two.url, f'{manners}[tables.sales]\nfiles = "*.csv"\n')
    crawl = place.crawl()
    assert crawl.code == 1
    reasons = {address.removeprefix(two.url): reason for address, reason in crawl.failures.items()}
    assert reasons == {quote(f"{kind}.csv"): reason for kind, (_, reason, _) in NOT_HAD.items()}
    asked = two.paths()
    assert {kind: asked.count(f"/exports/{kind}.csv") for kind in NOT_HAD} == {
        kind: tries for kind, (_, _, tries) in NOT_HAD.items()
    }
    assert asked.count("hung up") == 2
    assert (crawl.report["committed"], crawl.report["rows"]) == (False, {})
    assert place.commits() == []
    assert place.leftovers() == []


def test_what_failed_before_is_committed_when_it_can_be_had(place, two):
    two.always[BAD] = refused(500)
    assert place.crawl("-s", "RETRY_TIMES=0").code == 1
    del two.always[BAD]
    assert place.crawl().report["rows"] == {"sales": 3}


def test_a_redirect_to_another_host_is_refused_by_name(place, two):
    two.always[BAD] = refused(302, Location=f"http://localhost:{two.server_port}/exports/a.csv")
    crawl = place.crawl()
    assert crawl.code == 1
    reason = crawl.failures[f"{two.url}b.csv"]
    assert f"redirected to another host, localhost:{two.server_port}" in reason
    assert {each.headers["Host"] for each in two.asked} == {f"127.0.0.1:{two.server_port}"}
    assert place.commits() == []


def test_robots_txt_is_kept_to_unless_the_profile_says_otherwise(place, two):
    two.always["/robots.txt"] = given(b"User-agent: *\nDisallow: /exports/b", "text/plain")
    crawl = place.crawl()
    assert crawl.code == 1
    assert crawl.failures == {f"{two.url}b.csv": "forbidden by robots.txt"}
    assert BAD not in two.paths()
    assert place.commits() == []
    place.profile(two.url, '[manners]\nrobots = false\n[tables.sales]\nfiles = "*.csv"\n')
    assert place.crawl().code == 0


BROKEN = {
    "not in its encoding": b"id,name\n1,\xe9\n",
    "too many fields": b"id,name\n1,a,b\n",
    "binary": bytes(range(256)) * 4,
    "empty": b"",
    "an error page": b"<!doctype html><html><body>Sorry</body></html>",
}


def test_broken_files_are_named_and_the_others_are_committed(place, two):
    for kind, body in BROKEN.items():
        two.put(f"{kind}.csv", body)
    crawl = place.crawl()
    assert crawl.code == 1
    assert set(crawl.failures) == {f"{two.url}{quote(kind)}.csv" for kind in BROKEN}
    assert crawl.report["committed"] is True
    assert place.rows()["id"].to_list() == ["1", "2", "3"]
    statuses = [each.status for each in place.commits()[0].addresses]
    assert (statuses.count("fetched"), statuses.count("failed")) == (2, len(BROKEN))


def test_a_broken_file_is_tried_again_at_the_next_crawl(place, two):
    two.hashes = True
    two.put("b.csv", "id,name\n1,a,b\n")
    place.crawl()
    again = place.crawl()
    assert (again.code, again.report["committed"], len(place.commits())) == (1, False, 1)
    two.put("b.csv", B)
    assert place.crawl().report["rows"] == {"sales": 1}


def test_a_login_page_after_a_redirect_is_broken(place, two):
    two.always["/login"] = given(b"<html><form>", "text/html")
    two.always[BAD] = refused(302, Location="/login")
    crawl = place.crawl()
    assert crawl.failures == {f"{two.url}b.csv": "an HTML page, not a sales export"}


def test_other_bytes_than_the_index_says_are_broken(place, two):
    two.hashes = True
    two.answers[BAD] += [given(B.encode()[:-1] + b";")]
    crawl = place.crawl()
    assert "sha256" in crawl.failures[f"{two.url}b.csv"]
    assert place.rows()["id"].to_list() == ["1", "2"]


def test_a_table_without_a_file_is_named(place, two):
    place.profile(two.url, '[tables.sales]\nfiles = "*.csv"\n[tables.stock]\nfiles = ["stock*", "*.xls"]\n')
    crawl = place.crawl()
    assert crawl.code == 1
    assert crawl.failures == {"tables.stock": "no file matches stock*, *.xls"}
    assert crawl.report["committed"] is True


def test_an_optional_table_may_have_no_file(place, two):
    tables = '[tables.sales]\nfiles = "*.csv"\n[tables.stock]\nfiles = "stock*"\noptional = true\n'
    place.profile(two.url, tables)
    crawl = place.crawl()
    assert (crawl.code, crawl.failures) == (0, {})


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (refused(403), "HTTP 403"),
        (given(b"{}", "application/json"), "neither an index page nor a file"),
        (refused(302, Location="http://localhost:1/"), "redirected to another host"),
    ],
)
def test_an_index_that_cannot_be_had_is_named(place, two, answer, reason):
    two.always["/exports/"] = answer
    crawl = place.crawl()
    assert crawl.code == 1
    assert reason in crawl.failures[two.url]
    assert place.commits() == []


def test_a_site_that_is_down_is_given_up(place, site):
    for number in range(60):
        site.put(f"{number}.csv", A)
        site.always[f"/exports/{number}.csv"] = refused(404)
    place.profile(site.url)
    crawl = place.crawl()
    assert crawl.code == 1
    assert "20 addresses could not be fetched" in crawl.failures["crawl"]
    assert len(site.paths()) < 60


def test_a_lake_that_cannot_be_written_is_named(place, two):
    place.lake.root.mkdir()
    place.lake.raw.write_text("a file where the folder should be")
    crawl = place.crawl()
    assert crawl.code == 1
    assert "NotADirectoryError" in crawl.failures["batch"]
    assert crawl.report["committed"] is False


def test_delay_is_the_least_time_between_two_requests(place, two):
    two.put("c.csv", A)
    place.profile(two.url, '[manners]\ndelay = 0.2\nconcurrency = 8\n[tables.sales]\nfiles = "*.csv"\n')
    assert place.crawl("-s", "AUTOTHROTTLE_MAX_DELAY=1").code == 0
    moments = [each.at for each in two.asked]
    assert len(moments) == 5
    # A little less than four times the delay: the first request may lie longer on its way than the last.
    assert moments[-1] - moments[0] > 0.7
