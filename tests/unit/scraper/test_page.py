"""Pages as they were saved from shops: links and rows, by the selectors of a profile."""

from pathlib import Path

import pytest
from scrapy.http import HtmlResponse

from saleslake.profiles import SiteTable
from saleslake_scraper.pages.page import Page, PageError

PAGES = Path(__file__).with_name("pages")
COLUMNS = {"name": "h1"}


def saved(name: str, url: str = "https://shop.example/catalogue/page-2.html") -> Page:
    body = (PAGES / name).read_bytes()
    if name == "detail.html":
        body = body.decode().replace("Contenance", "Contenance réelle").encode("cp1252")
    return Page(HtmlResponse(url, body=body))


def shown(html: str) -> Page:
    return Page(HtmlResponse("https://shop.example/a/b", body=html.encode(), encoding="utf-8"))


def test_links_are_whole_addresses_each_once_and_of_pages_only():
    table = SiteTable(follow=["li.next a", ".categories a"], detail="h3 a::attr(href)", columns=COLUMNS)
    page = saved("list.html")
    assert page.further(table) == [
        "https://shop.example/catalogue/category/page-3.html",
        "https://shop.example/catalogue/",
        "https://shop.example/catalogue/category/wine_1/index.html?dir=asc&sort=name",
    ]
    assert page.details(table) == [
        "https://shop.example/catalogue/c%C3%A9pages/blanc%2017.html",
        "https://shop.example/c%C3%A9pages/blanc%2018.html",
    ]


def test_without_selectors_there_are_no_links():
    table = SiteTable(row="li", columns=COLUMNS)
    assert saved("list.html").further(table) == saved("list.html").details(table) == []


def test_a_link_that_is_no_address_is_named():
    with pytest.raises(PageError, match="a link on it is no address"):
        shown('<a href="http://[half">x</a>').details(SiteTable(detail="a", columns=COLUMNS))


def test_rows_of_a_list_are_the_texts_that_a_browser_shows():
    table = SiteTable(
        row=".product",
        columns={
            "id": "::attr(data-id)",
            "name": "h3 a::text",
            "title": "a::attr(title)",
            "price": ".price",
            "stock": ".stock::text",
        },
    )
    assert [tuple(row.values()) for row in saved("list.html").rows(table)] == [
        ("17", "Blanc\xa0de…", "Blanc de blancs", "12,50\xa0€", "En stock (22)"),
        ("18", "Blanc d'ici", None, "9,90 €", None),
        ("17", "Blanc de blancs", None, None, None),
    ]


def test_a_detail_page_is_one_row_in_its_own_encoding():
    table = SiteTable(
        detail="a",
        columns={
            "sku": ".main::attr(data-sku)",
            "name": "h1",
            "first": "h1::text",
            "price": ".price",
            "category": ".breadcrumb li:nth-child(2)",
            "size": "th",
            "missing": ".gone",
        },
    )
    assert saved("detail.html").rows(table) == [
        {
            "sku": "BL-17",
            "name": "Blanc de blancs",
            "first": "Blanc",
            "price": "1 299,50 €",
            "category": "Vins",
            "size": "Contenance réelle",
            "missing": None,
        }
    ]


def test_a_detail_page_may_have_rows_and_empty_ones_are_none():
    table = SiteTable(detail="a", row="tr.size", columns={"size": "td:nth-child(1)", "price": "td + td"})
    assert [tuple(row.values()) for row in saved("detail.html").rows(table)] == [
        ("75 cl", "12,50"),
        ("150 cl", None),
    ]


def test_a_page_says_itself_that_it_is_empty():
    said = SiteTable(row=".product", columns=COLUMNS, empty=".none")
    unsaid = SiteTable(row=".product", columns=COLUMNS)
    page = shown('<p class="none">Rien</p>')
    assert page.says_empty(said)
    assert not page.says_empty(unsaid)
    assert not saved("list.html").says_empty(said)


@pytest.mark.parametrize("html", ["", "   ", "<html>", '{"error": "no"}', "\x00\x01"])
def test_what_is_hardly_a_page_has_nothing(html):
    table = SiteTable(detail="a", follow="a", columns=COLUMNS)
    page = shown(html)
    assert (page.details(table), page.further(table), page.rows(table)) == ([], [], [])
