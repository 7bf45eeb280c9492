"""From one page of an endpoint to the next: what asks for it, and what ends."""

import pytest

from saleslake.profiles import ApiTable
from saleslake_scraper.endpoints.links import next_link
from saleslake_scraper.endpoints.paging import PageSeen, first_page, next_page
from saleslake_scraper.readers import BrokenFileError

URL = "https://api.example/orders?status=all"


def ahead(paging, read=1, records=1, document=None, link=""):
    return next_page(URL, ApiTable(paging=paging), PageSeen(URL, link, document, records), read)


def test_without_paging_there_is_one_page():
    assert (first_page(URL, ApiTable()), ahead(None)) == (URL, None)


def test_pages_are_counted_until_one_is_empty():
    table = ApiTable(paging={"page": "p"})
    assert first_page(URL, table) == f"{URL}&p=1"
    assert ahead({"page": "p"}, read=1) == f"{URL}&p=2"
    assert ahead({"page": "p"}, read=9) == f"{URL}&p=10"
    assert ahead({"page": "p"}, records=0) is None
    offset = {"page": "offset", "first": 0, "step": 50}
    assert first_page(URL, ApiTable(paging=offset)) == f"{URL}&offset=0"
    assert ahead(offset, read=3) == f"{URL}&offset=150"


def test_a_cursor_is_a_value_or_an_address():
    value = {"cursor": "meta.next", "parameter": "after"}
    assert ahead(value, document={"meta": {"next": "a b+c/=="}}) == f"{URL}&after=a+b%2Bc%2F%3D%3D"
    assert ahead(value, document={"meta": {"next": 17}}) == f"{URL}&after=17"
    address = {"cursor": "next"}
    assert ahead(address, document={"next": "/orders?c=2"}) == "https://api.example/orders?c=2"
    assert ahead(address, document={"next": "?c=2"}) == "https://api.example/orders?c=2"
    assert ahead(address, document={"next": "https://b.example/2"}) == "https://b.example/2"


@pytest.mark.parametrize("last", [{}, {"next": None}, {"next": ""}, {"next": False}])
def test_a_cursor_that_says_nothing_ends(last):
    assert ahead({"cursor": "meta.next", "parameter": "after"}, document={"meta": last}) is None
    assert ahead({"cursor": "next", "parameter": "after"}, document=last) is None


@pytest.mark.parametrize(
    ("paging", "document", "reason"),
    [
        ({"cursor": "meta.next"}, {"data": []}, "nothing at paging.cursor = 'meta'"),
        ({"cursor": "next"}, [1], "nothing at paging.cursor = 'next'"),
        ({"cursor": "next"}, {"next": "abc"}, "say the 'parameter' that takes it"),
    ],
)
def test_a_cursor_that_cannot_be_understood_is_named(paging, document, reason):
    with pytest.raises(BrokenFileError, match=reason):
        ahead(paging, document=document)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ('<https://a.example/?p=2>; rel="next"', "https://a.example/?p=2"),
        ('<?p=1>; rel="prev first", <?p=3>; title="a, b; rel=next"; rel="next last"', "?p=3"),
        ("<?p=1,2>;rel=NEXT;x=y", "?p=1,2"),
        ('<?p=1>; rel="prev", <?p=9>; rel="last"', None),
        ("", None),
        ("nonsense", None),
    ],
)
def test_the_link_header_names_the_next_page(header, expected):
    assert next_link(header) == expected


def test_a_link_is_relative_to_its_page():
    assert ahead({"link": True}, link='<?p=2>; rel="next"') == "https://api.example/orders?p=2"
    assert ahead({"link": True}) is None
