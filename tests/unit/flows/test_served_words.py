"""What runs show: names, messages and tables, and never a value of a row."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from saleslake.lake import Lake
from saleslake.raw import AddressReport, BatchWriter
from saleslake_flows.crawl import Crawl, Failure
from saleslake_flows.exits import FailedError
from saleslake_flows.served import cadence, discreet, fetched, server, taken
from saleslake_processor import quarantine
from saleslake_processor.keys import KeyCollisionError
from saleslake_processor.publish import ContractBrokenError
from saleslake_processor.staging.refused import QUARANTINE

CUSTOMER = "ada@example.org"


@pytest.mark.parametrize(("text", "seconds"), [("30s", 30), ("15m", 900), ("2h", 7200), ("1d", 86400)])
def test_a_cadence_is_a_time(text, seconds):
    assert cadence.interval(text) == timedelta(seconds=seconds)
    assert cadence.interval("manual") is None


def test_intervals_are_counted_from_the_same_instant_at_each_start_and_sources_are_spread():
    day = timedelta(days=1)
    assert cadence.anchor("shop", day) == cadence.anchor("shop", day)
    assert len({cadence.anchor(f"shop_{number}", day) for number in range(20)}) > 10
    begin = datetime(2024, 1, 1, 2, tzinfo=UTC)
    assert all(begin <= cadence.anchor(f"s{n}", day) < begin + timedelta(minutes=10) for n in range(50))
    assert begin <= cadence.anchor("shop", timedelta(seconds=1)) < begin + timedelta(seconds=1)


@pytest.mark.parametrize(
    ("crawl", "name", "message"),
    [
        (
            Crawl(source="shop", batch="b1", fetched=2, rows={"sales": 1200, "stock": 1}),
            "shop b1",
            "2 fetched, 0 unchanged, 0 failed; 1,201 rows in batch b1",
        ),
        (
            Crawl(source="shop", unchanged=3),
            "shop nothing new",
            "0 fetched, 3 unchanged, 0 failed; nothing new",
        ),
        (
            Crawl(source="shop", failed=2, failures=[Failure(address="a.csv", reason="HTTP 500")] * 2),
            "shop failed",
            "0 fetched, 0 unchanged, 2 failed; nothing committed; a.csv: HTTP 500, and 1 more",
        ),
        (
            Crawl(source="shop", died=-9, failures=[Failure(address="scraper", reason="")]),
            "shop failed",
            "the scraper was killed by signal 9 without a report: it said nothing",
        ),
    ],
)
def test_a_crawl_is_told_in_one_line(crawl, name, message):
    assert fetched.run_name(crawl) == name
    assert fetched.message(crawl) == message


DYING = [
    "2026-01-01 10:00:00 [saleslake_scraper.progress] INFO: shop: 1 of 2 addresses, 7 rows",
    "Traceback (most recent call last):",
    '  File "reading.py", line 7, in read',
    f'    frame = parse("{CUSTOMER}")',
    f"polars.exceptions.ComputeError: could not parse `{CUSTOMER}` as dtype `i64`",
    f"{CUSTOMER},12.50,Paris",
]


def test_the_last_lines_of_a_dead_scraper_do_not_quote_the_data():
    said = fetched.message(Crawl(source="shop", died=1, last_lines=DYING))
    assert CUSTOMER not in said
    assert "1 of 2 addresses" in said
    assert said.endswith('File "reading.py", line 7, in read | polars.exceptions.ComputeError')


def test_the_faults_of_a_wrong_profile_are_told_whole():
    said = fetched.message(Crawl(source="shop", died=2, last_lines=["sources/shop.toml: currency = 'euro'"]))
    assert "sources/shop.toml: currency = 'euro'" in said


def test_addresses_that_failed_come_first_and_the_rest_is_counted(tmp_path: Path):
    lake = Lake(tmp_path)
    reports = [AddressReport(address=f"f{n}", number=n, status="fetched", rows={"t": n}) for n in range(300)]
    reports.append(AddressReport(address="gone", number=300, status="failed", reason="HTTP 404"))
    with BatchWriter(lake, "shop", "hash") as writer:
        writer.commit(reports)
    failures = [Failure(address="gone", reason="HTTP 404"), Failure(address="tables.t", reason="no columns")]
    shown = fetched.addresses(lake, Crawl(source="shop", batch=writer.batch, failures=failures))
    assert [row["address"] for row in shown[:3]] == ["gone", "tables.t", "f0"]
    assert shown[0]["reason"] == "HTTP 404"
    assert shown[-1]["address"] == "and 102 more"
    assert len(shown) == fetched.MOST + 1


def test_the_key_of_an_artifact_is_one_that_prefect_takes():
    assert fetched.key("rows", "Demo_Shop.2") == "rows-demo-shop-2"


def _ledger(*rows: dict[str, object]) -> pl.DataFrame:
    nothing = {name: 0 if dtype == pl.Int64 else "" for name, dtype in taken.LEDGER.items()}
    day = {"fetched_on": datetime(2026, 1, 1, tzinfo=UTC).date()}
    return pl.DataFrame([nothing | day | row for row in rows], schema=taken.LEDGER)


def test_a_microbatch_is_named_by_its_batches():
    assert taken.run_name([("b1", "shop")]) == "shop b1"
    assert taken.run_name([("b1", "shop"), ("b2", "till"), ("b3", "till")]) == "shop b1 and 2 more"
    ledger = _ledger({"seen": 1000, "new": 998, "quarantined": 2})
    assert taken.message([("b1", "shop")], ledger, None).startswith("1 batch, 1,000 rows seen, 2 refused; ")
    held = taken.message([("b1", "shop")], _ledger({"seen": 3, "waiting": 1}), None)
    assert "0 refused, 1 waiting for a date or an exchange rate; " in held


def test_the_ledger_has_the_outcomes_that_were():
    rows = [
        {"source": "till", "batch": "b2", "raw_table": "a|b", "entity": "order", "seen": 2, "updated": 2},
        {"source": "shop", "batch": "b1", "raw_table": "sales", "entity": "order", "seen": 1500, "new": 1498}
        | {"quarantined": 2},
    ]
    assert taken.ledger_markdown(_ledger(*rows)).splitlines() == [
        "**shop b1**",
        "",
        "| raw table | entity | seen | of them |",
        "| --- | --- | ---: | --- |",
        "| sales | order | 1,500 | 1,498 new, 2 quarantined |",
        "",
        "**till b2**",
        "",
        "| raw table | entity | seen | of them |",
        "| --- | --- | ---: | --- |",
        "| a\\|b | order | 2 | 2 updated |",
    ]
    many = taken.ledger_markdown(_ledger(*[{"batch": f"{n:03}", "seen": 1} for n in range(taken.MOST + 7)]))
    assert many.endswith("\n\nand 7 rows more: `batch_ledger` of gold")


def test_refusals_are_counted_by_rule_without_the_values(tmp_path: Path):
    lake = Lake(tmp_path)
    same = {name: CUSTOMER if dtype == pl.String else 1 for name, dtype in QUARANTINE.items()}
    where = {"source": "shop", "raw_table": "sales", "entity": "order", "field": "mail"}
    refused = [same | where | {"rule": rule} for rule in ("unreadable", "unreadable", "missing")]
    quarantine.write(lake, "shop", "b1", pl.DataFrame(refused, schema=QUARANTINE))
    found = taken.refusals(lake, [("b1", "shop"), ("b2", "shop")])
    assert [(row["rule"], row["rows"]) for row in found] == [("unreadable", 2), ("missing", 1)]
    assert CUSTOMER not in str(found)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (FailedError("lake: 3 MB are free"), "lake: 3 MB are free"),
        (PermissionError(13, "Permission denied", "lake/log"), "lake/log: Permission denied"),
        (ContractBrokenError("fact_sales: 2 rows\n broke 'min'"), "fact_sales: 2 rows broke 'min'"),
        (KeyCollisionError(f"customer_key: [(1, '{CUSTOMER}')]"), "two ids have the same customer_key"),
        (ValueError(f"cannot parse {CUSTOMER}"), "ValueError, which was not foreseen"),
    ],
)
def test_an_error_is_told_without_values(error, said):
    told = discreet.told(error)
    assert said in str(told)
    assert CUSTOMER not in str(told)
    assert isinstance(told, discreet.PassingError) == isinstance(error, OSError)


def test_an_error_that_was_not_foreseen_says_where():
    with pytest.raises(ValueError, match="invalid literal") as found:
        int(CUSTOMER)
    assert "ValueError at test_served_words.py:" in str(discreet.told(found.value))


def test_the_settings_of_prefect_turn_off_what_reports_to_others():
    settings = server.settings()
    assert settings["PREFECT_SERVER_ANALYTICS_ENABLED"] == "false"
    assert settings["DO_NOT_TRACK"] == "1"
    assert settings["PREFECT_SERVER_UI_V2_ENABLED"] == "false"
    assert all(name.startswith("PREFECT_") or name == "DO_NOT_TRACK" for name in settings)


def test_a_server_that_is_away_is_asked_ever_more_rarely(monkeypatch):
    answers = iter(["refused"] * 6 + [None])
    monkeypatch.setattr(server, "unwell", lambda _: next(answers))
    said: list[str] = []
    pauses: list[float] = []
    server.wait("http://127.0.0.1:1/api", said.append, pauses.append)
    assert pauses == [1, 2, 4, 8, 10, 10]
    assert said[0].startswith("waiting for Prefect's server at http://127.0.0.1:1/api (refused)")


def test_what_the_environment_says_comes_first(monkeypatch):
    monkeypatch.setattr(os, "environ", {"PREFECT_RUNNER_POLL_FREQUENCY": "1"})
    assert server.set_up() == "http://127.0.0.1:4200/api"
    assert os.environ["PREFECT_RUNNER_POLL_FREQUENCY"] == "1"
    assert os.environ["PREFECT_FLOWS_HEARTBEAT_FREQUENCY"] == "30"
