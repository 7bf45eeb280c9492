"""A catalogue in HTML, crawled as it stands and as it changes."""

import threading

import pytest

from saleslake.raw import ROWS_PER_FILE
from tests.integration.scraper.catalogue import CARDS, DETAILS, Product, catalogue
from tests.integration.scraper.crawling import crawled
from tests.integration.scraper.site import given

COLUMNS = ["id", "name", "price", "category", "note"]


@pytest.fixture
def shop(place, site):
    shown = catalogue()
    shown.publish(site)
    place.profile(site.root, DETAILS, kind="site")
    return shown


def rows(place, batch=-1):
    return sorted(place.rows("products", batch).select(COLUMNS).iter_rows())


def by_status(commit):
    found: dict[str, set[str]] = {"fetched": set(), "failed": set()}
    for report in commit.addresses:
        found[report.status].add(report.address.rsplit("/", 1)[-1])
    return found


def test_every_product_comes_exactly_once(place, site, shop):
    crawl = crawled(place)
    assert rows(place) == shop.expected()
    asked = site.paths()
    assert len(asked) == len(set(asked)), "a page is asked for once, in however many lists it stands"
    assert {path for path in asked if path.startswith("/product/")} == {
        f"/product/{each}.html" for each in shop.products
    }
    [commit] = place.commits()
    assert commit.standing == commit.rows == crawl.report["rows"] == {"products": 10}
    assert commit.filled == {"products": dict.fromkeys(COLUMNS, 1.0)}
    frame = place.rows("products")
    assert frame["_address"].to_list() == [f"{site.root}product/{each}.html" for each in frame["id"]]
    assert {report.address: report.sha256 for report in commit.addresses} == dict(
        frame.select("_address", "_content_hash").iter_rows()
    )


def test_rows_have_the_same_numbers_in_whatever_order_answers_arrive(place, site, shop):
    crawled(place)
    first = place.rows("products").select("_row", "id").rows()
    assert [row for row, _ in first] == [number * ROWS_PER_FILE + 1 for number in range(1, 11)]
    # The first of the details is answered when the last one has been asked for.
    last_asked = threading.Event()

    def late(handler):
        assert last_asked.wait(60)
        handler.give_file(handler.server.files["/product/P1.html"], "text/html")

    def last(handler):
        last_asked.set()
        handler.give_file(handler.server.files["/product/P8.html"], "text/html")

    assert first[0][1] == "P1"
    assert first[7][1] == "P8"
    site.always |= {"/product/P1.html": late, "/product/P8.html": last}
    place.profile(
        site.root, f"[manners]\nconcurrency = 16\nautothrottle = false\n{DETAILS}", kind="site", name="other"
    )
    assert place.crawl(name="other").code == 0
    assert place.rows("products", name="other").select("_row", "id").rows() == first


def test_a_second_crawl_asks_by_condition_and_writes_nothing(place, site, shop):
    crawled(place)
    site.paths()
    again = crawled(place)
    assert (again.report["unchanged"], again.report["committed"]) == (10, False)
    conditions = {each.path: each.headers.get("If-None-Match") for each in site.asked}
    assert all(conditions[f"/product/{each}.html"] for each in shop.products)
    assert not conditions["/catalogue/"]
    assert len(place.commits()) == 1


def test_what_changes_beside_the_rows_is_no_change(place, site, shop):
    site.etags = False
    crawled(place)
    shop.banner = "Now with 10 % off"
    shop.publish(site)
    again = crawled(place)
    assert (again.report["unchanged"], again.report["fetched"], len(place.commits())) == (10, 0, 1)


@pytest.mark.parametrize("etags", [True, False])
def test_a_price_that_changes_is_the_only_row_written(place, site, shop, etags):
    site.etags = etags
    crawled(place)
    shop.products["P7"].price = "99,90"
    shop.publish(site)
    crawled(place)
    commit = place.commits()[-1]
    assert rows(place) == [("P7", "Product 7 é", "99,90 €", "b", "kept cool")]
    assert by_status(commit)["fetched"] == {"P7.html"}
    assert (commit.standing, commit.filled) == ({"products": 10}, {"products": dict.fromkeys(COLUMNS, 1.0)})


def test_a_product_that_comes_is_written_and_the_others_are_not(place, site, shop):
    crawled(place)
    shop.products = {"P0": Product("New", "1", "c"), **shop.products}
    shop.publish(site)
    crawled(place)
    assert [row[0] for row in rows(place)] == ["P0"]


def test_a_product_that_vanishes_is_unlisted_though_nothing_else_changed(place, site, shop):
    place.profile(site.root, f'{DETAILS}snapshot = "table"\n', kind="site")
    crawled(place)
    del shop.products["P3"]
    shop.publish(site)
    crawled(place)
    commit = place.commits()[-1]
    assert commit.rows == {"products": 0}
    assert (commit.addresses, [each.rsplit("/", 1)[-1] for each in commit.gone]) == ([], ["P3.html"])
    assert place.rows("products").height == 0
    crawled(place)
    assert len(place.commits()) == 2, "it is told once"


def test_nothing_is_told_of_vanished_rows_that_nobody_judges(place, site, shop):
    crawled(place)
    del shop.products["P3"]
    shop.publish(site)
    crawled(place)
    assert len(place.commits()) == 1


def test_other_selectors_read_every_page_anew(place, site, shop):
    crawled(place)
    place.profile(site.root, DETAILS.replace('name = "h1"', 'name = "h1::text"'), kind="site")
    assert crawled(place).report["fetched"] == 10


def test_rows_of_list_pages_are_written_by_page(place, site, shop):
    place.profile(site.root, CARDS, kind="site")
    crawled(place)
    expected = [(each, product.name, product.price) for each, product in shop.products.items()]
    assert place.rows("products").select("id", "name", "price").rows() == expected
    assert place.rows("products")["_row"].to_list() == [
        page * ROWS_PER_FILE + row for page, rows in ((1, 4), (2, 4), (3, 2)) for row in range(1, rows + 1)
    ]
    shop.products["P6"].price = "99"
    shop.publish(site)
    crawled(place)
    assert place.rows("products")["id"].to_list() == ["P5", "P6", "P7", "P8"]


def test_judged_rows_of_list_pages_are_written_together(place, site, shop):
    place.profile(site.root, f'{CARDS}snapshot = "table"\n', kind="site")
    crawled(place)
    assert crawled(place).report["committed"] is False
    # The last page goes, and P9 and P10 move to pages that lack others now.
    shop.products = {each: shop.products[each] for each in shop.products if each not in {"P2", "P6"}}
    shop.publish(site)
    crawled(place)
    assert place.rows("products")["id"].to_list() == list(shop.products)
    assert by_status(place.commits()[-1])["fetched"] == {"", "page-2.html"}


def test_one_page_may_be_a_list_and_a_detail(place, site, shop):
    tables = f"""
[tables.categories]
start = ["category/a/", "category/b/"]
row = "body"
columns = {{ banner = "header" }}
{CARDS.replace("tables.products", "tables.cards")}
[tables.sections]
start = "catalogue/"
detail = ".categories a"
columns = {{ first = ".product h3" }}
"""
    place.profile(site.root, tables, kind="site")
    crawled(place)
    assert place.rows("categories")["banner"].to_list() == ["Welcome"] * 2
    assert place.rows("sections")["first"].to_list() == ["Product 3 é", "Product 1 é", "Product 2 é"]
    assert place.rows("cards").height == 10
    assert crawled(place).report["unchanged"] == 6


def test_links_that_lead_back_end(place, site, shop):
    page = site.files["/catalogue/page-3.html"]
    site.files["/catalogue/page-3.html"] = page.replace(
        b"</body>", b'<li class="next"><a href="/catalogue/?">1</a></li></body>'
    )
    crawled(place)
    assert rows(place) == shop.expected()


def test_secrets_and_headers_are_for_the_site_alone(place, site, shop):
    said = 'secrets = { X-Key = "SHOP_KEY" }\nheaders = { Accept-Language = "fr" }\n'
    place.profile(site.root, said + DETAILS, kind="site")
    assert place.crawl(SHOP_KEY="hush").code == 0
    pages = [each for each in site.asked if each.path != "/robots.txt"]
    assert {(each.headers["X-Key"], each.headers["Accept-Language"]) for each in pages} == {("hush", "fr")}


def test_an_empty_list_may_say_so(place, site, shop):
    site.always["/category/a/"] = given(b"<html><p class='none'>Nothing here</p></html>", "text/html")
    assert "/category/a/" in next(iter(place.crawl().failures))
    place.profile(site.root, f'{DETAILS}empty = ".none"\n', kind="site")
    crawled(place)
    assert rows(place) == shop.expected()
