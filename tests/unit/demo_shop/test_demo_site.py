"""The site: its index is the folder, what is known is not sent again, and the job always stops it."""

import hashlib
import http.client
import os
import socket
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

from demo_shop import run
from demo_shop.run import serving
from demo_shop.server import index

SHORT = ["--until", "2023-11-03"]


@pytest.fixture(scope="module")
def ask(folder):
    with serving(folder) as server:
        link = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=5)

        def request(address, method="GET", **headers):
            names = {name.replace("_", "-"): value for name, value in headers.items()}
            link.request(method, address, headers=names)
            answer = link.getresponse()
            return answer, answer.read()

        yield request
        link.close()


class Links(HTMLParser):
    def __init__(self, page):
        super().__init__()
        self.found = {}
        self.feed(page.decode())

    def handle_starttag(self, tag, attrs):
        if tag == "a":
            known = dict(attrs)
            self.found[known["href"]] = (int(known["data-bytes"]), known["data-sha256"])


def test_the_index_is_the_folder(ask, folder):
    answer, page = ask("/exports/")
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.csv")}
    assert answer.status == 200
    assert len(files) > 181 + 5
    assert Links(page).found == {
        name: (len(content), hashlib.sha256(content).hexdigest()) for name, content in files.items()
    }


def test_the_index_grows_with_the_folder_and_shows_no_half_file(tmp_path):
    (tmp_path / "sales").mkdir()
    (tmp_path / "sales" / "sales_2025-01-01.csv").write_text("a")
    before = Links(index(tmp_path)).found
    (tmp_path / "sales" / "sales_2025-01-01.csv").write_text("ab")
    (tmp_path / "sales" / "sales_2025-01-02.csv").write_text("b")
    (tmp_path / "sales" / "sales_2025-01-03.csv.part").write_text("c")
    after = Links(index(tmp_path)).found
    assert [size for size, _ in before.values()] == [1]
    assert {name: size for name, (size, _) in after.items()} == {
        "sales/sales_2025-01-01.csv": 2,
        "sales/sales_2025-01-02.csv": 1,
    }


def test_a_file_is_what_lies_in_the_folder(ask, folder):
    answer, body = ask("/exports/sales/sales_2025-03-30.csv")
    assert body == (folder / "sales" / "sales_2025-03-30.csv").read_bytes()
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    # 23:45 in Paris, on the night of the change to summer time
    assert answer.headers["Last-Modified"] == "Sun, 30 Mar 2025 21:45:00 GMT"
    assert answer.headers["ETag"] == f'"{hashlib.sha256(body).hexdigest()}"'


def test_head_is_get_without_a_body(ask):
    got, body = ask("/exports/reference/shops.csv")
    head, nothing = ask("/exports/reference/shops.csv", "HEAD")
    assert head.status == 200
    assert nothing == b""
    assert int(head.headers["Content-Length"]) == len(body) > 0
    for name in ("ETag", "Last-Modified", "Content-Type"):
        assert head.headers[name] == got.headers[name]


def test_no_body_follows_a_head_on_the_wire(folder):
    with serving(folder) as server, socket.create_connection(("127.0.0.1", server.server_port)) as wire:
        wire.sendall(b"HEAD /exports/reference/shops.csv HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n\r\n")
        answer = b"".join(iter(lambda: wire.recv(65536), b""))
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert answer.endswith(b"\r\n\r\n")


@pytest.mark.parametrize("address", ["/exports/", "/exports/sales/sales_2025-01-02.csv"])
def test_what_is_known_is_not_sent_again(ask, address):
    tag = ask(address)[0].headers["ETag"]
    for tags in (tag, f'"other", W/{tag}', "*"):
        answer, body = ask(address, If_None_Match=tags)
        assert (answer.status, body, answer.headers["ETag"]) == (304, b"", tag)
    assert ask(address, If_None_Match='"other"')[0].status == 200


def test_what_has_not_changed_since_is_not_sent_again(ask):
    address = "/exports/sales/sales_2025-01-02.csv"
    changed = ask(address)[0].headers["Last-Modified"]
    assert changed == "Thu, 02 Jan 2025 22:45:00 GMT"
    assert ask(address, If_Modified_Since=changed)[0].status == 304
    assert ask(address, If_Modified_Since="Thu, 02 Jan 2025 22:44:59 GMT")[0].status == 200
    assert ask(address, If_Modified_Since="yesterday")[0].status == 200
    # the tag is the stronger one
    assert ask(address, If_Modified_Since=changed, If_None_Match='"other"')[0].status == 200


def test_robots_are_welcome_and_the_door_leads_to_the_index(ask):
    assert ask("/robots.txt")[1] == b"User-agent: *\nAllow: /\n"
    for address in ("/", "/exports"):
        answer, _ = ask(address)
        assert (answer.status, answer.headers["Location"]) == (302, "/exports/")


@pytest.mark.parametrize(
    "address",
    [
        "/exports/.demo_shop.json",
        "/exports/sales/",
        "/exports/sales/sales_1999-01-01.csv",
        "/exports/sales/../reference/shops.csv",
        "/exports/sales/%2e%2e%2freference%2fshops.csv",
        "/sales/sales_2025-01-02.csv",
        "/etc/passwd",
    ],
)
def test_nothing_else_is_served(ask, address):
    assert ask(address)[0].status == 404


def pipeline(code):
    return [sys.executable, "-c", code]


FETCH = """
import os, sys, urllib.request
index = urllib.request.urlopen(os.environ["SALESLAKE_DEMO_SHOP"]).read().decode()
site, lake = os.environ["SALESLAKE_DEMO_SHOP"], os.environ["SALESLAKE_LAKE"]
told = [site, lake, *sys.argv[2:], str(index.count("<a "))]
open(sys.argv[1], "w").write("\\n".join(told))
sys.exit(3)
"""


def test_the_job_serves_the_shop_to_the_pipeline_and_returns_its_exit_code(tmp_path):
    told = tmp_path / "told"
    lake = os.path.relpath(tmp_path / "lake")
    options = ["--exports", str(tmp_path / "exports"), "--lake", lake, *SHORT, "--dry-run"]
    assert run.main(options, [*pipeline(FETCH), str(told)]) == 3
    url, seen_lake, *rest = told.read_text().splitlines()
    files = len(list((tmp_path / "exports").rglob("*.csv")))
    assert (Path(seen_lake), rest) == (tmp_path / "lake", ["--dry-run", str(files)])
    assert files >= 8
    port = int(url.removesuffix("/exports/").rpartition(":")[2])
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))


def test_the_job_runs_saleslake_on_the_demo_source():
    assert (sys.executable, "-m", "saleslake_flows", "run", "demo") == run.PIPELINE


def test_wrong_use_is_told(tmp_path, capsys):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(SystemExit) as stopped:
        run.main(["--exports", str(tmp_path), *SHORT], pipeline("raise SystemExit(0)"))
    assert stopped.value.code == 2
    assert "not a demo shop" in capsys.readouterr().err
