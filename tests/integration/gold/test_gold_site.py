"""The web server of gold: what it offers, what it does not, and what it says of keeping."""

import http.client
import json
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import Message
from pathlib import Path
from threading import Thread
from typing import NamedTuple

import pytest
import uvicorn

from saleslake.lake import Lake
from saleslake_gold.site import site

MANIFEST = (
    '{"snapshot": 3, "published_at": "2026-11-21T10:00:00Z", "tables": {'
    '"dim_date": {"description": "A row a day\\n    of years.\\n\\nMore.", "rows": 1234, "columns": [],'
    ' "files": [{"path": "files/dim_date-aa.parquet", "part": null}]},'
    '"fact_sales": {"description": "<b>Lines</b>", "rows": 5, "columns": [],'
    ' "files": [{"path": "files/fact_sales-2026-10-bb.parquet", "part": "2026-10"}]}}}'
)


class Answer(NamedTuple):
    status: int
    headers: Message
    body: bytes


Ask = Callable[..., Answer]


@contextmanager
def asking(lake: Lake) -> Iterator[Ask]:
    """The real server; addresses go to it as they are, where a browser would mend them."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(uvicorn.Config(site(lake), log_level="error"))
        running = Thread(target=server.run, kwargs={"sockets": [listening]})
        running.start()
        try:
            while not server.started:
                time.sleep(0.01)
            port = listening.getsockname()[1]

            def ask(address: str, verb: str = "GET", **headers: str) -> Answer:
                connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
                given = {name.replace("_", "-"): value for name, value in headers.items()}
                connection.request(verb, address, headers=given)
                answer = connection.getresponse()
                try:
                    return Answer(answer.status, answer.headers, answer.read())
                finally:
                    connection.close()

            yield ask
        finally:
            server.should_exit = True
            running.join()


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    lake = Lake(tmp_path / "lake")
    for folder in (lake.gold_files, lake.gold_latest / "fact_sales", lake.raw):
        folder.mkdir(parents=True)
    lake.gold_manifest.write_text(MANIFEST)
    (lake.gold_files / "dim_date-aa.parquet").write_bytes(b"PAR1 dates")
    (lake.gold_latest / "dim_date.parquet").write_bytes(b"PAR1 dates")
    (lake.gold_latest / "fact_sales" / "2026-10.parquet").write_bytes(b"PAR1 sales")
    (lake.gold_files / ".aside-1").write_bytes(b"half")
    (lake.raw / "secret.parquet").write_bytes(b"a customer's")
    return lake


@pytest.fixture
def ask(lake: Lake) -> Iterator[Ask]:
    with asking(lake) as asked:
        yield asked


def test_a_file_that_is_named_by_its_content_is_kept_for_ever(ask: Ask):
    answer = ask("/files/dim_date-aa.parquet")
    assert (answer.status, answer.body) == (200, b"PAR1 dates")
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.headers["Content-Type"] == "application/vnd.apache.parquet"


@pytest.mark.parametrize("address", ["/latest/fact_sales/2026-10.parquet", "/manifest.json", "/"])
def test_what_will_change_is_asked_for_again(ask: Ask, address: str):
    answer = ask(address)
    assert answer.status == 200
    assert answer.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize(
    "address", ["/latest/dim_date.parquet", "/files/dim_date-aa.parquet", "/manifest.json"]
)
def test_what_did_not_change_is_not_sent_again(ask: Ask, address: str):
    tag = ask(address).headers["ETag"]
    answer = ask(address, If_None_Match=tag)
    assert (answer.status, answer.body) == (304, b"")
    assert ask(address, If_None_Match='"another"').status == 200


def test_a_part_of_a_file_is_sent_where_it_is_asked_for(ask: Ask):
    answer = ask("/files/dim_date-aa.parquet", Range="bytes=0-3")
    assert (answer.status, answer.body) == (206, b"PAR1")


def test_the_manifest_is_sent_as_it_is(ask: Ask, lake: Lake):
    assert ask("/manifest.json").body == lake.gold_manifest.read_bytes()
    before = ask("/manifest.json").headers["ETag"]
    lake.gold_manifest.write_text(MANIFEST.replace('"snapshot": 3', '"snapshot": 4'))
    assert json.loads(ask("/manifest.json", If_None_Match=before).body)["snapshot"] == 4


@pytest.mark.parametrize(
    "address",
    [
        "/../raw/secret.parquet",
        "/%2e%2e/raw/secret.parquet",
        "/files/..%2f..%2fraw%2fsecret.parquet",
        "/files/%2e%2e/%2e%2e/raw/secret.parquet",
        "/..%5craw%5csecret.parquet",
        "//etc/hostname",
        "/%2fetc%2fhostname",
        "/files/.aside-1",
        "/files/",
        "/latest",
        "/files/no%00.parquet",
        f"/{'a' * 5000}",
    ],
)
def test_nothing_else_is_there(ask: Ask, address: str):
    assert ask(address).status == 404


def test_a_link_that_leads_out_of_gold_leads_nowhere(ask: Ask, lake: Lake):
    (lake.gold_latest / "link.parquet").symlink_to(lake.raw / "secret.parquet")
    assert ask("/latest/link.parquet").status == 404


@pytest.mark.parametrize("verb", ["POST", "PUT", "DELETE", "PATCH"])
@pytest.mark.parametrize("address", ["/", "/manifest.json", "/latest/dim_date.parquet"])
def test_nothing_can_be_written(ask: Ask, verb: str, address: str):
    assert ask(address, verb).status == 405


def test_the_head_alone_is_sent_where_it_is_asked_for(ask: Ask):
    answer = ask("/latest/dim_date.parquet", "HEAD")
    assert (answer.status, answer.body, answer.headers["Content-Length"]) == (200, b"", "10")


def test_the_page_lists_tables_and_leads_to_files(ask: Ask):
    text = ask("/").body.decode()
    assert "latest/dim_date.parquet" in text
    assert "latest/fact_sales/2026-10.parquet" in text
    assert "1,234" in text
    assert "A row a day of years.</td>" in text
    assert "More." not in text
    assert "<b>Lines</b>" not in text


def test_before_the_first_gold_it_is_well_and_says_so(tmp_path: Path):
    with asking(Lake(tmp_path / "lake")) as ask:
        assert ask("/health").status == 200
        assert ask("/manifest.json").status == 404
        assert "Nothing is published yet" in ask("/").body.decode()
        assert ask("/latest/dim_date.parquet").status == 404
