"""One pass of the processor over raw batches: what it takes in, counts, waits for, and leaves alone."""

from pathlib import Path

import polars as pl
import pytest

from saleslake.lake import Lake
from saleslake_processor import gold_files, log_view, quarantine
from saleslake_processor.ingest import ingest
from saleslake_processor.ledger import taken_in
from tests.integration.processor.shop import (
    ENTITIES,
    SETTINGS,
    bytes_of,
    gold,
    later,
    line,
    net,
    passed,
    source,
    trade,
    write,
)

OUTCOMES = ["new", "updated", "unchanged", "superseded", "duplicate", "deleted", "ignored", "waiting"]


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path / "lake")


def test_a_second_pass_changes_no_byte_of_the_lake(lake: Lake):
    trade(lake)
    assert passed(lake).published
    before = bytes_of(lake.root)
    done = passed(lake)
    assert not done.published
    assert done.manifest is not None
    assert done.ledger.is_empty()
    assert bytes_of(lake.root) == before


def test_a_lake_without_batches_publishes_nothing(lake: Lake):
    done = passed(lake)
    assert (done.published, done.manifest) == (False, None)
    assert not lake.gold.exists()


def test_every_row_is_counted_once(lake: Lake):
    trade(lake)
    passed(lake)
    ledger = gold(lake, "batch_ledger")
    assert ledger["seen"].sum() == 3 + 1 + 1 + 3 + 1 + 1 + 3 + 1
    assert ledger.filter(pl.col("seen") != pl.sum_horizontal(*OUTCOMES, "quarantined")).is_empty()
    totals = {name: ledger[name].sum() for name in [*OUTCOMES, "quarantined"] if ledger[name].sum()}
    assert totals == {"new": 7, "updated": 2, "unchanged": 1, "ignored": 2, "waiting": 1, "quarantined": 1}


def test_of_what_two_mappings_say_of_one_thing_by_one_row_the_last_stays_and_the_other_is_counted(lake: Lake):
    place = [{"from": "stores", "key": "town", "fields": {"city": field}} for field in ("name", "town")]
    profile = source(entities={"place": place})
    write(lake, {"stores": [{"town": "Lyon", "name": "Lyon"}, {"town": "Nice", "name": "Nizza"}]})
    [counts] = passed(lake, profile).ledger.select("seen", "new", "superseded", "duplicate").rows()
    assert counts == (4, 2, 1, 1)
    log = log_view.scan(lake, "place").collect()
    assert sorted(log.select("city", "outcome").rows()) == [("Lyon", "new"), ("Nice", "new")]


def test_a_table_that_means_nothing_is_counted_as_ignored(lake: Lake):
    write(lake, {"extras": [{"id": "1"}, {"id": "2"}]})
    passed(lake)
    [row] = gold(lake, "batch_ledger").to_dicts()
    assert (row["raw_table"], row["entity"], row["seen"], row["ignored"]) == ("extras", "", 2, 2)


def test_a_batch_without_rows_is_taken_in_once(lake: Lake):
    commit = write(lake, {}, lines="fetched")
    assert passed(lake).published
    assert taken_in(lake) == {(commit.batch, "shop"): ""}
    assert not passed(lake).published


def test_a_lake_of_dimensions_alone_has_every_table(lake: Lake):
    write(lake, {"products": [{"id": "p", "name": "Tea", "category": None, "price": None, "cost": None}]})
    manifest = passed(lake).manifest
    assert manifest is not None
    assert sorted(gold(lake, "dim_product")["name"]) == ["Tea", "unknown"]
    assert manifest.tables["fact_sales"].rows == 0
    assert gold(lake, "fact_sales").columns[0] == "company"


def test_a_waiting_line_counts_once_its_order_tells_its_day(lake: Lake):
    entities = {**ENTITIES, "order": {"from": "orders", "key": "id", "fields": {"order_date": "day"}}}
    shop = source(
        entities=entities,
        tables={
            t: {"files": f"{t}.csv"} for t in ("lines", "orders", "returns", "products", "stores", "places")
        },
    )
    write(lake, {"lines": [line("o1-1", day=None)]})
    passed(lake, shop)
    assert net(lake) == {}
    assert gold(lake, "batch_ledger")["waiting"].to_list() == [1]
    write(lake, {"orders": [{"id": "o1", "day": "2026-02-01"}]}, at=later(1))
    passed(lake, shop)
    assert net(lake) == {"o1-1": 20}
    assert gold(lake, "batch_ledger")["waiting"].sum() == 0


def test_a_correction_that_moves_a_line_touches_its_months_alone(lake: Lake):
    lines = [line("o1-1", day="2026-01-30"), line("o2-1", day="2026-02-03"), line("o3-1", day="2026-02-04")]
    write(lake, {"lines": [*lines, line("o4-1", day="2026-04-01")]})
    before = files_by_month(lake)
    write(lake, {"lines": [line("o2-1", day="2026-03-01")]}, at=later(1))
    after = files_by_month(lake)
    assert before.keys() == {"2026-01", "2026-02", "2026-04"}
    assert after.keys() == {"2026-01", "2026-02", "2026-03", "2026-04"}
    assert {month for month in before if before[month] != after[month]} == {"2026-02"}


def test_months_that_nothing_touched_are_not_even_built(lake: Lake, monkeypatch: pytest.MonkeyPatch):
    """The cost follows the change: files named by content would hide that all were written again."""
    write(lake, {"lines": [line("o1-1", day="2026-01-30"), line("o2-1", day="2026-02-03")]})
    passed(lake)
    write(lake, {"lines": [line("o2-1", day="2026-02-04")]}, at=later(1))
    written: list[str | None] = []
    real = gold_files.write

    def write_seen(
        lake: Lake, table: str, rows: pl.DataFrame, part: str | None = None
    ) -> gold_files.GoldFile:
        written.append(part)
        return real(lake, table, rows, part)

    monkeypatch.setattr(gold_files, "write", write_seen)
    passed(lake)
    assert [part for part in written if part is not None] == ["2026-02"]


def test_a_month_that_loses_its_last_line_is_gone(lake: Lake):
    write(lake, {"lines": [line("o1-1", day="2026-01-30"), line("o2-1", day="2026-02-03")]})
    passed(lake)
    write(lake, {"lines": [line("o2-1", day="2026-01-31")]}, at=later(1))
    assert files_by_month(lake).keys() == {"2026-01"}
    assert [file.name for file in (lake.gold_latest / "fact_sales").iterdir()] == ["2026-01.parquet"]


def files_by_month(lake: Lake) -> dict[str | None, str]:
    """The files of `fact_sales` after one more pass."""
    manifest = passed(lake).manifest
    assert manifest is not None
    return {file.part: file.path for file in manifest.tables["fact_sales"].files}


def test_tables_that_did_not_change_keep_their_files(lake: Lake):
    trade(lake)
    first = passed(lake).manifest
    write(lake, {"places": [{"id": "x", "city": "Lyon", "region": "north"}]}, at=later(5))
    second = passed(lake).manifest
    assert first is not None
    assert second is not None
    here, there = files_of(first), files_of(second)
    changed = {name for name in here if here[name] != there[name]}
    assert changed == {"dim_place", "sales_by_region", "batch_ledger"}


@pytest.mark.slow
def test_order_of_arrival_does_not_matter(lake: Lake, tmp_path: Path):
    """Two sources of one company: one is taken in after the other, or both batch after batch."""
    other = Lake(tmp_path / "other")
    shops = [source(), source("till")]
    for target, halfway in ((lake, shops), (other, shops[:1])):
        write(target, {"lines": [line("o1-1"), line("o2-1")]}, "till", at=later(2))
        passed(target, *halfway)
        write(target, {"lines": [line("o1-1", price="12")]}, at=later(1))
        write(target, {"lines": [line("o2-1", price="12")]}, at=later(3))
        passed(target, *halfway)
        passed(target, *shops)
    assert net(lake) == net(other) == {"o1-1": 20, "o2-1": 24}


def test_sources_of_one_company_share_their_members(lake: Lake):
    write(lake, {"products": [{"id": "p", "name": "Tea", "category": None, "price": "12", "cost": "4"}]})
    write(lake, {"lines": [line("o1-1", price=None)]}, "till")
    write(lake, {"lines": [line("o1-1", price=None)]}, "foreign")
    passed(lake, source(), source("till"), source("foreign", company="bolt"))
    rows = gold(lake, "fact_sales").sort("company").select("company", "net_amount").rows()
    assert rows == [("acme", 24), ("bolt", 0)]
    products = gold(lake, "dim_product").sort("company").select("company", "product_id", "is_inferred").rows()
    assert products == [("", "", False), ("acme", "p", False), ("bolt", "p", True)]


def test_batches_of_a_source_without_profile_wait_and_are_named(lake: Lake):
    write(lake, {"lines": [line("o1-1")]})
    write(lake, {"lines": [line("o2-1")]}, "till")
    done = passed(lake)
    assert done.unknown_sources == ["till"]
    assert net(lake) == {"o1-1": 20}
    done = passed(lake, source(), source("till"))
    assert done.unknown_sources == []
    assert net(lake) == {"o1-1": 20, "o2-1": 20}


def test_refused_rows_are_kept_once_whatever_often_their_batch_is_staged(lake: Lake):
    commit = write(lake, {"lines": [line("o1-1", quantity="many"), line("o2-1", quantity="-1")]})
    for _ in range(2):
        ingest(lake, source(), commit)
    assert sorted(quarantine.scan(lake).collect()["rule"]) == ["quantity_positive", "quantity|unreadable"]


def test_a_batch_that_is_staged_again_without_refused_rows_has_no_quarantine(lake: Lake):
    commit = write(lake, {"lines": [line("o1-1", quantity="2,5")]})
    ingest(lake, source(), commit)
    decimal = {
        **ENTITIES["order_line"]["fields"],
        "quantity": {"from": "quantity", "number": {"decimal": ","}},
    }
    entities = {**ENTITIES, "order_line": {**ENTITIES["order_line"], "fields": decimal}}
    ingest(lake, source(entities=entities), commit)
    assert quarantine.scan(lake).collect().is_empty()


def test_state_that_was_lost_is_derived_again_from_the_log(lake: Lake):
    trade(lake)
    first = passed(lake).manifest
    for file in list(lake.state.rglob("*")):
        if file.is_file():
            file.unlink()
    second = passed(lake).manifest
    assert first is not None
    assert second is not None
    assert files_of(first) == files_of(second)


def files_of(manifest: gold_files.Manifest) -> dict[str, list[str]]:
    return {
        name: [file.path for file in table.files]
        for name, table in manifest.tables.items()
        if name not in ("refresh_info", "run_results")
    }


def test_another_fiscal_year_is_published_without_new_batches(lake: Lake):
    trade(lake)
    passed(lake)
    assert passed(lake, settings=SETTINGS.model_copy(update={"fiscal_year_start": 7})).published
    january = gold(lake, "dim_date").row(0, named=True)
    assert (january["month_number"], january["fiscal_month"]) == (1, 7)
