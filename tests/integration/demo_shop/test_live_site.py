"""The live shop over HTTP: it answers at once, shows what the clock says, and misbehaves when told to."""

import http.client
import json
import socket
from argparse import Namespace
from datetime import date, timedelta
from threading import Event

import pytest

from demo_shop import __main__ as by_hand
from demo_shop.live import clock, command, misbehaviour
from demo_shop.live.site import LiveServer
from demo_shop.paris import instant
from demo_shop.server import answering
from tests.integration.demo_shop.client import Client
from tests.integration.demo_shop.conftest import OPENING, SEED, SINCE, TODAY

FILE = f"/exports/sales/sales_{TODAY}.csv"
YESTERDAY = f"/exports/sales/sales_{TODAY - timedelta(days=1)}.csv"


def test_it_answers_at_once_and_opens_when_its_past_is_made(tmp_path):
    told: list[str] = []
    made = LiveServer(tmp_path / "exports", lambda: OPENING, SEED, TODAY - timedelta(days=2))
    with answering(made):
        client = Client(made.server_port)
        for address in ("/health", "/exports/", FILE, "/catalogue/", "/api/accounts", "/robots.txt"):
            answer = client.get(address)
            assert (answer.status, answer.headers["Retry-After"]) == (503, "2")
        assert client.get("/health").json == {"status": "preparing", "now": "2025-03-12T08:00:00+01:00"}
        made.begin(told.append)
        health = client.get("/health")
        assert (health.status, health.json) == (200, {"status": "ready", "now": "2025-03-12T08:00:00+01:00"})
        for address in ("/exports/", "/catalogue/", "/api/accounts", "/robots.txt"):
            assert client.get(address).status == 200
        client.close()


def test_todays_file_grows_with_the_clock(client, hands, exports):
    sizes = []
    for second in (9, 12, 15, 18):
        hands.now = instant(TODAY, second * 3600)
        answer = client.get(FILE)
        assert answer.body == (exports / "sales" / f"sales_{TODAY}.csv").read_bytes()
        index = client.get("/exports/").body.decode()
        # By the time somebody asks for it, it may be longer than a listing says.
        assert f'<a href="sales/sales_{TODAY}.csv">' in index
        assert f'<a href="{YESTERDAY.removeprefix("/exports/")}" data-bytes="' in index
        sizes.append(len(answer.body))
    assert sizes == sorted(set(sizes))


def test_what_has_not_grown_is_not_sent_again(client, hands):
    tag = client.get(FILE).headers["ETag"]
    assert client.get(FILE, If_None_Match=tag).status == 304
    hands.now += 4 * 3600
    assert client.get(FILE, If_None_Match=tag).status == 200


def test_the_index_offers_all_exports(client):
    index = client.get("/exports/").body.decode()
    for name in (
        "reference/products.csv",
        f"geneva/sales_{SINCE}.csv",
        "geneva/customers.csv",
        "geneva/shops.csv",
        "rates/rates.csv",
        "team/users.csv",
        "team/opportunities.csv",
        "team/accounts_with_bookings.csv",
    ):
        assert f'href="{name}"' in index
        assert client.get(f"/exports/{name}").body.count(b"\n") > 1


def test_the_api_is_as_of_the_clock(client, hands):
    before = client.get("/api/opportunities?per_page=1")
    assert before.headers["Content-Type"] == "application/json"
    hands.now += 3 * 86400
    after = client.get("/api/opportunities?per_page=1")
    assert after.json["total"] > before.json["total"]
    pinned = client.get(
        "/api/opportunities?per_page=1&as_of=" + before.headers["Link"].split("as_of=")[1].split("&")[0]
    )
    assert pinned.json["total"] == before.json["total"]


def test_pages_of_html_are_told_so(client):
    answer = client.get("/catalogue/?page=2")
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert b'<li class="product"' in answer.body
    assert client.get("/catalogue/?page=99").status == 404
    assert client.get("/api/customers").status == 404


def test_head_is_get_without_a_body(client):
    for address in ("/api/accounts", "/catalogue/", "/health"):
        got, head = client.get(address), client.get(address, "HEAD")
        assert (head.status, head.body) == (200, b"")
        assert int(head.headers["Content-Length"]) == len(got.body)


def test_errors_come_as_often_as_told_and_nowhere_else(client):
    assert client.misbehave({"path": "/exports/sales/*", "kind": "500", "times": 2}).status == 200
    assert [client.get(YESTERDAY).status for _ in range(3)] == [500, 500, 200]
    client.misbehave({"path": "*", "kind": "500", "times": None})
    assert [client.get(address).status for address in ("/catalogue/", "/api/accounts", "/health")] == [
        500,
        500,
        200,
    ]
    assert [rule["done"] for rule in client.get("/misbehave").json] == [2, 2]
    assert client.get("/misbehave", "DELETE").json == []
    assert client.get("/catalogue/").status == 200


def test_too_many_requests_say_when_to_come_again(client):
    client.misbehave({"path": "/api/*", "kind": "429", "retry_after": 7})
    answer = client.get("/api/accounts")
    assert (answer.status, answer.headers["Retry-After"]) == (429, "7")
    assert client.get("/api/accounts").status == 200


def test_a_body_is_cut_in_half_even_if_it_is_known(client, server):
    whole = client.get(YESTERDAY)
    client.misbehave({"path": YESTERDAY, "kind": "cut"})
    with pytest.raises(http.client.IncompleteRead) as cut:
        client.get(YESTERDAY, If_None_Match=whole.headers["ETag"])
    assert cut.value.partial == whole.body[: len(whole.body) // 2]
    client.close()
    assert client.get(YESTERDAY).body == whole.body


def test_a_slow_body_comes_in_pieces_and_whole(client, monkeypatch):
    waited = []
    monkeypatch.setattr(misbehaviour.Rule, "pause", lambda rule, seconds: waited.append(seconds))
    whole = client.get(YESTERDAY).body
    client.misbehave({"path": YESTERDAY, "kind": "slow", "seconds": 50})
    assert client.get(YESTERDAY).body == whole
    assert waited == [5.0] * 10


def test_a_stall_gives_no_answer_until_it_is_ended(client, server, monkeypatch):
    begun, pause = Event(), misbehaviour.Rule.pause

    def told(rule, seconds):
        begun.set()
        pause(rule, seconds)

    monkeypatch.setattr(misbehaviour.Rule, "pause", told)
    client.misbehave({"path": "/exports/", "kind": "stall", "seconds": 3600})
    with socket.create_connection(("127.0.0.1", server.server_port), timeout=20) as wire:
        wire.sendall(b"GET /exports/ HTTP/1.1\r\nHost: shop\r\n\r\n")
        assert begun.wait(20)
        wire.setblocking(False)
        with pytest.raises(BlockingIOError):
            wire.recv(1)
        wire.settimeout(20)
        client.get("/misbehave", "DELETE")
        assert wire.recv(1) == b""
    assert client.get("/exports/").status == 200


def test_what_is_no_rule_is_told(client):
    answer = client.misbehave({"path": "*", "kind": "explode"})
    assert answer.status == 400
    assert "kind" in answer.json["error"]
    assert client.get("/misbehave").json == []
    assert client.get("/exports/", "POST", "[]").status == 404
    assert client.get("/exports/", "DELETE").status == 404
    assert client.get("/misbehave", "POST", "x" * 70_000).status == 413


@pytest.mark.parametrize(
    ("seconds_per_day", "passed", "expected"),
    [(86400, 60, 60), (20, 10, 43200), (0, 1000, 0), (60, 0.5, 720)],
)
def test_the_clock_runs_as_fast_as_told(seconds_per_day, passed, expected):
    real = [1000.0]
    shown = clock.running(OPENING, seconds_per_day, lambda: real[0])
    assert shown() == OPENING
    real[0] += passed
    assert shown() == OPENING + expected


def test_a_clock_goes_on_where_it_stopped(tmp_path):
    options = Namespace(seconds_per_day=1440, at=None, exports=tmp_path)
    assert command.clock_of(options)() == instant(date(2026, 11, 2), 8 * 3600)
    clock.remember(tmp_path, OPENING)
    assert OPENING <= command.clock_of(options)() < OPENING + 3600
    real = Namespace(seconds_per_day=None, at=None, exports=tmp_path)
    assert command.clock_of(real)() > OPENING + 3600


@pytest.fixture
def opened(monkeypatch):
    """Reads a command line, and gives the site that it asks for without opening it."""
    sites: list[LiveServer] = []

    def keep_open(server):
        sites.append(server)
        return 0

    monkeypatch.setattr(command, "keep_open", keep_open)

    def read(*arguments):
        assert by_hand.main(["live", "--port", "0", *arguments]) == 0
        return sites[-1]

    yield read
    for site in sites:
        site.server_close()


def test_the_command_line_says_when_and_where(opened, tmp_path):
    rules = tmp_path / "rules.json"
    rules.write_text(json.dumps([{"path": "*", "kind": "500"}]))
    options = ["--exports", str(tmp_path / "exports"), "--seconds-per-day", "0"]
    site = opened(*options, "--at", "2025-03-12T08:00", "--misbehave", str(rules))
    assert site.clock() == OPENING
    assert site.server_address[0] == "127.0.0.1"
    assert [rule["kind"] for rule in site.misbehaviour.told()] == ["500"]
    assert opened(*options).clock() == instant(date(2026, 11, 2), 8 * 3600)
    everywhere = opened(*options, "--host", "0.0.0.0")
    assert everywhere.server_address[0] == "0.0.0.0"
    assert everywhere.misbehaviour.told() == []


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["--at", "2023-11-01T08:00"], "must be after"),
        (["--at", "2025-03-30T02:30"], "--at"),
        (["--at", "today"], "--at"),
        (["--seconds-per-day", "-1"], "--seconds-per-day"),
        (["--seconds-per-day", "nan"], "--seconds-per-day"),
        (["--misbehave", "nowhere.json"], "nowhere.json"),
    ],
)
def test_wrong_use_is_told(tmp_path, capsys, arguments, named):
    with pytest.raises(SystemExit) as stopped:
        by_hand.main(["live", "--exports", str(tmp_path / "exports"), "--port", "0", *arguments])
    assert stopped.value.code == 2
    assert named in capsys.readouterr().err


def test_a_folder_of_somebody_else_is_left_alone(tmp_path, capsys):
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(SystemExit):
        by_hand.main(["live", "--exports", str(tmp_path), "--port", "0"])
    assert "not a demo shop" in capsys.readouterr().err
