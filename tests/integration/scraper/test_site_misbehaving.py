"""A catalogue that misbehaves: nothing half is committed, nothing is silently empty."""

import signal
import subprocess
import threading

import pytest

from tests.integration.scraper.catalogue import CARDS, DETAILS, catalogue
from tests.integration.scraper.crawling import crawled
from tests.integration.scraper.site import cut, given, refused, silent

pytestmark = pytest.mark.slow

MANNERS = "[manners]\nretries = 1\ntimeout = 1.5\n"
OTHER_MARKUP = given(b"<html><div class='card'>We have a new look</div></html>", "text/html")


@pytest.fixture
def shop(place, site):
    shown = catalogue(6)
    shown.publish(site)
    place.profile(site.root, MANNERS + DETAILS, kind="site")
    return shown


def failed(place, committed=0):
    """The failures of a crawl that wrote nothing, by path."""
    crawl = place.crawl()
    assert (crawl.code, crawl.report["committed"], len(place.commits())) == (1, False, committed), crawl.log
    assert place.leftovers() == []
    return {address.split("/", 3)[-1]: reason for address, reason in crawl.failures.items()}


def test_what_passes_is_tried_again(place, site, shop):
    page = site.files["/product/P1.html"]
    site.answers["/catalogue/"] += [refused(500)]
    site.answers["/catalogue/page-2.html"] += [silent]
    site.answers["/product/P1.html"] += [cut(page * 50)]
    site.answers["/product/P2.html"] += [refused(503, Retry_After="0")]
    crawled(place)
    columns = ["id", "name", "price", "category", "note"]
    assert sorted(place.rows("products").select(columns).iter_rows()) == shop.expected()


def test_pages_that_cannot_be_had_are_named(place, site, shop):
    answers = {"P1": refused(500), "P2": silent, "P3": cut(b"<html>" * 50), "P4": refused(403)}
    site.always |= {f"/product/{each}.html": answer for each, answer in answers.items()}
    assert failed(place) == {
        "product/P1.html": "HTTP 500",
        "product/P2.html": "no whole answer within 1.5 s",
        "product/P3.html": "the body is cut short",
        "product/P4.html": "HTTP 403",
    }


def test_a_list_page_that_cannot_be_had_ends_the_crawl(place, site, shop):
    site.always["/catalogue/page-2.html"] = refused(500)
    assert failed(place) == {"catalogue/page-2.html": "HTTP 500"}
    assert not any(each.path.startswith("/product/") for each in site.asked)


def test_a_dead_link_is_named_and_the_others_are_committed(place, site, shop):
    site.always["/product/P3.html"] = refused(404)
    crawl = place.crawl()
    assert crawl.code == 1
    assert crawl.failures == {f"{site.root}product/P3.html": "HTTP 404"}
    assert place.commits()[0].rows == {"products": 5}


def test_what_is_gone_is_told_again_once_nothing_fails(place, site, shop):
    place.profile(site.root, f'{DETAILS}snapshot = "table"\n', kind="site")
    crawled(place)
    del shop.products["P1"]
    shop.publish(site)
    site.always["/product/P3.html"] = refused(410)
    assert place.crawl().code == 1
    # Nothing is taken for deleted while something fails.
    assert len(place.commits()) == 1
    del site.always["/product/P3.html"]
    crawled(place)
    commit = place.commits()[-1]
    assert (len(place.commits()), commit.rows) == (2, {"products": 0})
    assert [address.rsplit("/", 1)[-1] for address in commit.gone] == ["P1.html"]
    assert crawled(place).report["committed"] is False


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/catalogue/", "'detail' of tables.products matches nothing on it"),
        ("/catalogue/page-2.html", "'detail' of tables.products matches nothing on it"),
        ("/product/P5.html", "no column of tables.products matches on it, where there were 1 rows: the site"),
    ],
)
def test_changed_markup_is_reported_and_not_silently_empty(place, site, shop, path, reason):
    crawled(place)
    site.always[path] = OTHER_MARKUP
    shop.products["P1"].price = "99"
    shop.publish(site)
    [found] = failed(place, committed=1).values()
    assert found.startswith(reason)
    del site.always[path]
    assert crawled(place).report["rows"] == {"products": 1}


def test_a_new_page_without_rows_is_named_and_the_others_are_committed(place, site, shop):
    site.always["/product/P5.html"] = OTHER_MARKUP
    crawl = place.crawl()
    assert crawl.failures == {f"{site.root}product/P5.html": "no column of tables.products matches on it"}
    assert place.commits()[0].rows == {"products": 5}


def test_changed_markup_of_cards_is_reported(place, site, shop):
    place.profile(site.root, CARDS, kind="site")
    crawled(place)
    site.always["/catalogue/page-2.html"] = OTHER_MARKUP
    assert failed(place, committed=1) == {
        "catalogue/page-2.html": "'row' of tables.products matches nothing on it"
    }


def test_a_list_without_end_is_ended_by_name(place, site, shop):
    def endless(handler):
        number = int(handler.query.get("page", "1"))
        card = f'<article class="product"><h3><a href="/product/P1.html?v={number}">x</a></h3></article>'
        ahead = f'<li class="next"><a href="?page={number + 1}">next</a></li>'
        handler.give(f"<html>{card}{ahead}</html>".encode(), "text/html")

    site.always["/catalogue/"] = endless
    place.profile(site.root, f"[manners]\nmax_pages = 7\n{DETAILS}", kind="site")
    assert failed(place) == {"tables.products": "more list pages than max_pages = 7"}
    assert sum(each.path == "/catalogue/" for each in site.asked) == 7


def test_links_to_other_hosts_and_what_robots_forbid_are_named(place, site, shop):
    elsewhere = f"http://localhost:{site.server_port}/product/P1.html"
    page = site.files["/catalogue/"].replace(b"/product/P1.html#top", elsewhere.encode())
    site.files["/catalogue/"] = page
    site.files["/category/b/"] = site.files["/category/b/"].replace(b"/product/P1.html", elsewhere.encode())
    site.files["/robots.txt"] = b"User-agent: *\nDisallow: /product/P2"
    found = failed(place)
    assert found.pop("product/P2.html") == "forbidden by robots.txt"
    [reason] = found.values()
    assert "another host" in reason
    assert {each.headers["Host"] for each in site.asked} == {f"127.0.0.1:{site.server_port}"}


def test_a_column_that_empties_is_a_warning(place, site, shop):
    crawled(place)
    for product in shop.products.values():
        product.note = None
    shop.publish(site)
    crawl = crawled(place)
    assert crawl.warnings == {
        "tables.products": "column 'note' is filled in 0% of the rows, where it was in 100%"
    }
    assert place.commits()[-1].filled["products"]["note"] == 0


def test_much_less_than_before_is_a_warning_and_where_it_would_delete_a_failure(place, site, shop):
    crawled(place)
    shop.products = {each: shop.products[each] for each in ("P1", "P2")}
    shop.publish(site)
    reason = "2 rows, where there were 6"
    assert crawled(place).warnings == {"tables.products": reason}
    place.profile(site.root, f'{DETAILS}snapshot = "table"\n', kind="site")
    assert failed(place, committed=1) == {
        "tables.products": f"{reason}: taken for deletions only with accept_drop"
    }
    crawl = crawled(place, "--accept-drop")
    assert crawl.warnings == {"tables.products": reason}
    assert place.commits()[-1].rows == {"products": 0}


def test_what_was_accepted_is_what_the_next_crawls_are_measured_by(place, site, shop):
    place.profile(site.root, f'{CARDS}snapshot = "table"\n', kind="site")
    for price in ("1,00", "2,00"):
        shop.products["P1"].price = price
        shop.publish(site)
        crawled(place)
    shop.products = {"P1": shop.products["P1"]}
    shop.publish(site)
    assert set(failed(place, committed=2)) == {"tables.products"}
    crawled(place, "--accept-drop")
    again = crawled(place)
    assert (again.report["committed"], again.warnings) == (False, {})
    shop.products["P1"].price = "3,00"
    shop.publish(site)
    assert crawled(place).report["rows"] == {"products": 1}


ONE_LIST = DETAILS.replace(', ".categories a::attr(href)"', "")


def reordered(site, shop, times):
    """After each of the first answers of the first list its first product goes to the end: the first one of
    the next page comes to stand on this one, unseen."""
    left = list(range(times))

    def answer(handler):
        page = site.files["/catalogue/"]
        if left:
            left.pop()
            first, *others = shop.products
            shop.products = {each: shop.products[each] for each in [*others, first]}
            shop.publish(site)
        handler.give_file(page, "text/html")

    site.always["/catalogue/"] = answer


@pytest.mark.parametrize("markup", [ONE_LIST, CARDS])
def test_what_moves_to_a_page_that_was_read_is_not_taken_for_deleted(place, site, shop, markup):
    place.profile(site.root, f'{markup}snapshot = "table"\n', kind="site")
    crawled(place)
    reordered(site, shop, 1)
    crawled(place)
    last = place.commits()[-1]
    assert (last.gone, last.standing) == ([], {"products": 6})
    # All cards are written again, since they lie elsewhere; pages of products are what they were.
    assert sorted(place.rows("products")["id"]) == sorted(shop.products)
    assert len(place.commits()) == (2 if markup == CARDS else 1)


@pytest.mark.parametrize("markup", [ONE_LIST, CARDS])
def test_judged_rows_that_move_each_time_are_a_failure(place, site, shop, markup):
    place.profile(site.root, f'{markup}snapshot = "table"\n', kind="site")
    crawled(place)
    reordered(site, shop, 99)
    [reason] = failed(place, committed=1).values()
    assert reason.startswith("rows moved from page to page each time it was read")


@pytest.mark.parametrize("path", ["/catalogue/page-2.html", "/product/P5.html"])
def test_a_crawl_that_is_told_to_stop_leaves_nothing(place, site, shop, path):
    reached, on = threading.Event(), threading.Event()

    def wait(handler):
        reached.set()
        on.wait(60)
        handler.refuse(404)

    site.always[path] = wait
    place.profile(site.root, DETAILS, kind="site")
    crawl = subprocess.Popen(place.command(), cwd=place.root, stderr=subprocess.PIPE)
    assert reached.wait(60)
    crawl.send_signal(signal.SIGTERM)
    on.set()
    crawl.communicate(timeout=60)
    assert crawl.returncode == 1
    assert (place.commits(), place.leftovers()) == ([], [])
    del site.always[path]
    assert crawled(place).report["rows"] == {"products": 6}
