"""A local folder gives what a site with the same files gives."""

import functools
import gzip
import os
import threading
import zipfile
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import openpyxl
import pytest

from saleslake.raw import ORIGIN

TABLES = """
[tables.sales]
files = ["sales*.csv", "sales*.csv.gz", "export_*.zip/sales*.csv"]
encoding = "cp1252"
[tables.stock]
files = "stock.xlsx"
[tables.people]
files = "stock.xlsx"
sheet = "People"
[tables.items]
files = "*.json"
records = "data.items"
"""


@pytest.fixture
def exports(tmp_path):
    folder = tmp_path / "exports"
    (folder / "2024" / "février").mkdir(parents=True)
    (folder / "sales.csv").write_bytes("id,name\n1,é\n".encode("cp1252"))
    (folder / "2024" / "sales 1%.csv").write_bytes(b"id,name\n2,b\n3,c\n")
    (folder / "2024" / "février" / "sales#2.csv.gz").write_bytes(gzip.compress(b"id,price\n4,1.50\n"))
    (folder / "2024" / "items.json").write_bytes(b'{"data": {"items": [{"id": 1.50}]}}')
    (folder / ".sales.csv").write_bytes(b"id\nhidden\n")
    (folder / "sales.txt").write_bytes(b"not ours")
    with zipfile.ZipFile(folder / "export_1.zip", "w") as archive:
        archive.writestr("in/sales_a.csv", "id,name\n5,a\n")
        archive.writestr("in/other.csv", "id\n6\n")
    book = openpyxl.Workbook()
    book.active.append(["sku", "left"])
    book.active.append(["X", 7])
    book.create_sheet("People").append(["person"])
    book["People"].append(["Ada"])
    book.save(folder / "stock.xlsx")
    return folder


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


@pytest.fixture
def served(tmp_path) -> Iterator[str]:
    handler = functools.partial(_Quiet, directory=str(tmp_path))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        # Without its last slash: the server sends the crawl on to the address with it.
        yield f"http://127.0.0.1:{server.server_port}/exports"
        server.shutdown()


def test_the_folder_and_its_site_give_the_same_rows(place, exports, served):
    place.profile(str(exports), TABLES, name="folder")
    place.profile(served, TABLES, name="site")
    for name in ("folder", "site"):
        crawl = place.crawl(name=name)
        assert crawl.code == 0, crawl.log
    for table in ("sales", "stock", "people", "items"):
        rows = [place.rows(table, name=name) for name in ("folder", "site")]
        fields = [column for column in rows[0].columns if column not in ORIGIN]
        kept = [*fields, "_row", "_content_hash"]
        assert rows[0].select(kept).rows() == rows[1].select(kept).rows(), table
    sales = place.rows("sales", name="site")
    assert dict(zip(sales["id"], sales["price"], strict=True)) == {
        "1": None,
        "2": None,
        "3": None,
        "4": "1.50",
        "5": None,
    }
    assert sales["_address"][-2] == f"{served}/export_1.zip#in/sales_a.csv"
    assert place.rows("people", name="folder").select("person").rows() == [("Ada",)]


def test_an_untouched_folder_is_not_read_and_a_touched_file_is_not_written(place, exports):
    place.profile(str(exports), TABLES)
    assert place.crawl().report["fetched"] == 6
    assert place.crawl().report["bytes"] == 0
    os.utime(exports / "sales.csv", (1, 1))
    again = place.crawl()
    assert (again.code, again.report["unchanged"], again.report["bytes"]) == (0, 6, 12)
    assert len(place.commits()) == 1
    (exports / "sales.csv").write_bytes(b"id,name\n1,z\n")
    assert place.crawl().report["rows"] == {"sales": 1}


def test_a_relative_folder_is_found_from_where_the_crawl_starts(place, exports):
    place.profile("exports/2024", files="sales*.csv")
    assert place.crawl().code == 0
    assert place.rows()["_address"].unique().to_list() == ["exports/2024/sales 1%.csv"]


def test_files_and_folders_in_the_order_of_the_profile(place, exports):
    later = str(exports / "sales.csv")
    place.profile([str(exports / "2024"), later], 'encoding = "cp1252"\n', files="sales*.csv")
    crawl = place.crawl()
    assert crawl.code == 0, crawl.log
    assert [each.address for each in place.commits()[0].addresses][-1] == later


@pytest.mark.parametrize(
    ("address", "reason"),
    [("nowhere", "no such file or folder"), ("exports/sales.txt", "no table's 'files'")],
)
def test_a_folder_that_is_not_there_is_named(place, exports, address, reason):
    place.profile(address)
    crawl = place.crawl()
    assert crawl.code == 1
    assert reason in crawl.failures[address]


def test_links_that_go_round_are_noticed(place, exports):
    (exports / "again").symlink_to(exports)
    place.profile("exports")
    crawl = place.crawl()
    assert crawl.code == 1
    assert "nested more than 16 deep" in crawl.failures["exports"]


def test_a_file_above_the_limit_is_refused_unread(place, exports):
    (exports / "sales.csv").write_bytes(b"x" * (1 << 20) + b"\n")
    place.profile("exports", '[manners]\nmax_megabytes = 1\n[tables.sales]\nfiles = "*.csv"\n')
    crawl = place.crawl()
    assert crawl.failures == {"exports/sales.csv": "larger than max_megabytes = 1: refused"}
    assert crawl.report["bytes"] < 1 << 20


def test_a_file_that_comes_back_is_written_again(place, exports):
    place.profile(str(exports), TABLES.replace("[tables.stock]", 'snapshot = "table"\n[tables.stock]'))
    place.crawl()
    file = exports / "2024" / "sales 1%.csv"
    content = file.read_bytes()
    file.unlink()
    assert place.crawl().report["committed"]
    assert [address.rsplit("/", 1)[-1] for address in place.commits()[-1].gone] == [file.name]
    assert not place.crawl().report["committed"]
    file.write_bytes(content)
    # What a batch said to be deleted has to be said to be there.
    assert place.crawl().report["rows"] == {"sales": 2}
    assert place.commits()[-1].gone == []
