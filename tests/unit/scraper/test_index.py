"""Index pages, as sites serve them."""

from scrapy.http import HtmlResponse

from saleslake.profiles import Table
from saleslake_scraper.listing.entry import numbered
from saleslake_scraper.listing.index import Page, linked_files, linked_pages

TABLES = {"sales": Table(files="sales*.csv"), "all": Table(files=["*.csv", "*.gz"])}
ROOT = "http://shop.test/exports/"

# As `python -m http.server` writes it.
LISTING = """<!DOCTYPE HTML><html lang="en"><head><meta charset="utf-8"><title>Listing</title></head>
<body><h1>Directory listing for /exports/</h1><hr><ul>
<li><a href="2024/">2024/</a></li>
<li><a href=".hidden/">.hidden/</a></li>
<li><a href="old%20prices.csv.gz">old prices.csv.gz</a></li>
<li><a href="sales%20%C3%A9t%C3%A9.csv">sales été.csv</a></li>
<li><a href="%7E%24sales.csv">~$sales.csv</a></li>
<li><a href="readme.txt">readme.txt</a></li>
</ul><hr></body></html>"""

# As Apache does, with its sorting and its way up.
APACHE = """<html><body><table>
<tr><th><a href="?C=N;O=D">Name</a></th></tr>
<tr><td><a href="/">Parent Directory</a></td></tr>
<tr><td><a href="/exports/">Here</a></td></tr>
<tr><td><a href="2024/?C=M;O=A">2024/</a></td></tr>
<tr><td><a href="/exports/2023/">2023/</a></td></tr>
<tr><td><a href="/other/">other</a></td></tr>
<tr><td><a href="http://elsewhere.test/exports/x/">x</a></td></tr>
<tr><td><a href="mailto:me@shop.test">me</a></td></tr>
<tr><td><a href="file:///etc/sales.csv">no</a></td></tr>
<tr><td><a href="sales.csv#top">sales</a></td></tr>
</table></body></html>"""


def page(text: str, url: str = ROOT) -> HtmlResponse:
    return HtmlResponse(url, body=text.encode(), encoding="utf-8")


def test_files_of_a_directory_listing():
    files = list(linked_files(page(LISTING), Page(ROOT, 0), TABLES))
    assert [(file.address, file.path, list(file.tables), file.listed) for file in files] == [
        (f"{ROOT}old%20prices.csv.gz", "/exports/old prices.csv.gz", ["all"], None),
        (f"{ROOT}sales%20%C3%A9t%C3%A9.csv", "/exports/sales été.csv", ["sales", "all"], None),
    ]
    assert list(linked_pages(page(LISTING), Page(ROOT, 0))) == [f"{ROOT}2024/"]


def test_only_folders_below_are_followed_and_only_web_addresses_are_files():
    assert list(linked_pages(page(APACHE), Page(ROOT, 0))) == [f"{ROOT}2023/"]
    files = list(linked_files(page(APACHE), Page(ROOT, 0), TABLES))
    assert [file.address for file in files] == [f"{ROOT}sales.csv"]


def test_a_folder_below_does_not_lead_back_up():
    below = page('<a href="../">up</a><a href="./">here</a><a href="07/">07</a>', f"{ROOT}2024/")
    assert list(linked_pages(below, Page(ROOT, 0))) == [f"{ROOT}2024/07/"]


def test_what_the_index_says_of_a_file():
    text = """<base href="http://shop.test/files/">
    <a href="a.csv" data-bytes="12" data-sha256="ABCDEF">a</a> <a href="b.csv" data-bytes="7">b</a>
    <a href="c.csv" data-bytes="many">c</a>"""
    a, b, c = linked_files(page(text), Page(ROOT, 0), TABLES)
    assert (a.address, a.size, a.sha256) == ("http://shop.test/files/a.csv", 12, "abcdef")
    assert a.listed is not None
    assert (b.size, b.sha256, b.listed) == (7, None, None)
    assert (c.size, c.sha256, c.listed) == (None, None, None)


def test_numbers_follow_the_decoded_path_not_the_page():
    links = '<a href="b%20.csv">b</a> <a href="sub/a.csv">s</a> <a href="b.csv">b</a> <a href="b.csv#2">b</a>'
    entries = list(linked_files(page(links), Page(ROOT, 0), TABLES))
    for order in (entries, entries[::-1]):
        assert [(entry.number, entry.place[1]) for entry in numbered(order)] == [
            (1, "b .csv"),
            (2, "b.csv"),
            (3, "sub/a.csv"),
        ]
